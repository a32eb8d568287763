"""Lifecycle models: the list with the one in use, one-click starts, and the editor."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib.admin.utils import quote
from django.core.exceptions import PermissionDenied
from django.shortcuts import redirect
from django.urls import URLPattern, path, reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.generic import TemplateView, View
from wagtail.admin import messages
from wagtail.admin.ui.tables import Column, StatusTagColumn
from wagtail.admin.views.generic.base import WagtailAdminTemplateMixin
from wagtail.admin.widgets.button import Button, HeaderButton
from wagtail.snippets.views.snippets import (
    CreateView,
    EditView,
    IndexView,
    SnippetViewSet,
    UnpublishView,
)

from clm_plugin.console.guard import ADD_MODELS, Guarded, may
from clm_plugin.console.lifecycle_models_moves import (
    MovesView,
    PublishView,
    draft_of,
    moves_url,
    stranded_by,
)
from clm_plugin.console.lifecycle_models_preview import yardsticks
from clm_plugin.console.lifecycle_models_words import told_stages
from clm_plugin.console.listing import ListingSet
from clm_plugin.lifecycle.api import (
    DEFAULT,
    TEMPLATES,
    current_model,
    label_in,
    last_run,
    start_from,
)
from clm_plugin.lifecycle.models import LifecycleModel

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponseBase


def status_of(authored: Any) -> str:
    """Exactly one is in use; the rest are drafts or were in use before."""
    if authored.live:
        return str(_("in use + draft") if authored.has_unpublished_changes else _("in use"))
    return str(_("not in use") if authored.first_published_at else _("draft"))


class ModelIndexView(IndexView):
    template_name = "clm_plugin/console/lifecycle_models.html"

    @cached_property
    def columns(self) -> list[Any]:
        return [
            self._get_title_column("__str__"),
            StatusTagColumn(
                "status",
                label=_("Status"),
                accessor=status_of,
                sort_key="live",
                primary=lambda authored: authored.live,
            ),
            Column("stages", label=_("Stages"), accessor=stage_names),
        ]

    def get_list_more_buttons(self, instance: LifecycleModel) -> list[Any]:
        return [
            *super().get_list_more_buttons(instance),
            Button(
                _("Who would move"), url=moves_url(instance), icon_name="clm-lifecycle", priority=5
            ),
        ]

    def get_context_data(self, *args: Any, **kwargs: Any) -> dict[str, Any]:
        context: dict[str, Any] = super().get_context_data(*args, **kwargs)
        if self.results_only:
            return context
        model = current_model()
        return {
            **context,
            "in_use": label_in(model, model.name),
            "is_default": model.key == DEFAULT.key,
            "in_use_stages": told_stages(model),
            "since": model.since,
            "yardsticks": yardsticks(),
            "run": last_run(),
        }


def stage_names(authored: LifecycleModel) -> str:
    return " · ".join(block.value.get("label") or "…" for block in authored.stages)


class _WarnsBeforePublishing:
    """A publish that would leave running campaigns without their stages is shown first."""

    def publish_action(self) -> Any:
        view: Any = self
        draft = draft_of(view.object)
        if draft.stages and stranded_by(draft):
            messages.warning(
                view.request,
                gettext(
                    "Saved, not published yet: running campaigns speak of stages that go away."
                ),
            )
            return redirect(moves_url(view.object))
        parent: Any = super()
        return parent.publish_action()


class ModelCreateView(_WarnsBeforePublishing, CreateView):
    """Asks what to start from, unless a blank page was asked for."""

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        asks = request.method == "GET" and "blank" not in request.GET
        if asks and may(request, ADD_MODELS):
            return redirect("clm_lifecycle_models:start")
        response: HttpResponseBase = super().dispatch(request, *args, **kwargs)
        return response


class ModelEditView(_WarnsBeforePublishing, EditView):
    def get_header_more_buttons(self) -> list[Any]:
        return [
            *super().get_header_more_buttons(),
            HeaderButton(
                label=_("Who would move"),
                url=moves_url(self.object),
                icon_name="clm-lifecycle",
                priority=5,
            ),
        ]


class ModelUnpublishView(UnpublishView):
    template_name = "clm_plugin/console/lifecycle_unpublish.html"


class StartView(Guarded, WagtailAdminTemplateMixin, TemplateView):
    permission = ADD_MODELS
    header_icon = "clm-lifecycle"
    page_title = _("Add a lifecycle model")
    template_name = "clm_plugin/console/lifecycle_start.html"

    def get_breadcrumbs_items(self) -> list[dict[str, Any]]:
        return [
            *self.breadcrumbs_items,
            {"url": reverse("clm_lifecycle_models:list"), "label": _("Lifecycle models")},
            {"url": "", "label": self.page_title},
        ]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(
            templates=[
                {
                    "key": template.model.key,
                    "name": gettext(template.model.name),
                    "about": gettext(template.about),
                    "stages": [
                        (gettext(stage.label), stage.loss) for stage in template.model.stages
                    ],
                }
                for template in TEMPLATES
            ],
            blank_url=reverse("clm_lifecycle_models:add") + "?blank=1",
            **kwargs,
        )


class StartFromView(Guarded, View):
    """One click: a draft that begins as a template. POST only."""

    permission = ADD_MODELS
    http_method_names = ["post"]

    def post(self, request: HttpRequest, key: str) -> HttpResponseBase:
        template = next((one for one in TEMPLATES if one.model.key == key), None)
        if template is None:
            raise PermissionDenied
        draft = LifecycleModel(live=False, **start_from(template))
        draft.save()
        draft.save_revision(user=request.user, log_action=True)
        messages.success(
            request, gettext("A draft to change as you like. Nothing happens until you publish it.")
        )
        return redirect("clm_lifecycle_models:edit", quote(draft.pk))


class LifecycleModelViewSet(ListingSet, SnippetViewSet):
    namespace = "clm_lifecycle_models"
    model = LifecycleModel
    icon = "clm-lifecycle"
    menu_label = _("Lifecycle models")
    menu_name = "clm-lifecycle-models"
    menu_item_is_registered = True
    admin_url_namespace = namespace
    base_url_path = "lifecycle/models"
    index_view_class = ModelIndexView
    add_view_class = ModelCreateView
    edit_view_class = ModelEditView
    unpublish_view_class = ModelUnpublishView
    index_template_name = "clm_plugin/console/lifecycle_models.html"
    index_results_template_name = "clm_plugin/console/lifecycle_models_results.html"
    search_fields = ["name"]
    search_backend_name = None
    copy_view_enabled = True
    inspect_view_enabled = False
    list_per_page = 50

    def get_urlpatterns(self) -> list[URLPattern]:
        return [
            *super().get_urlpatterns(),
            path("start/", StartView.as_view(), name="start"),
            path("start/<slug:key>/", StartFromView.as_view(), name="start_from"),
            path("moves/<int:pk>/", MovesView.as_view(), name="moves"),
            path("moves/<int:pk>/publish/", PublishView.as_view(), name="publish"),
        ]
