"""Programmes of store credit: the list with what is outstanding, and the editor."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib.contenttypes.models import ContentType
from django.db.models import CharField, Exists, OuterRef
from django.db.models.functions import Cast
from django.urls import URLPattern, path
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _
from wagtail.admin.ui.tables import StatusTagColumn
from wagtail.admin.widgets.button import Button, HeaderButton
from wagtail.models import Revision, WorkflowState
from wagtail.snippets.views.snippets import EditView, IndexView, SnippetViewSet

from clm_plugin.console.campaigns import status_of
from clm_plugin.console.customers import FigureColumn
from clm_plugin.console.listing import ListingSet
from clm_plugin.console.offers_used import ProgrammeUnpublishView
from clm_plugin.console.programmes_effects import EffectsView, effects_url
from clm_plugin.console.wording import money
from clm_plugin.wallet import api as wallet
from clm_plugin.wallet.api import AuthoredProgramme as Programme

if TYPE_CHECKING:
    from django.db.models import QuerySet


class ProgrammeIndexView(IndexView):
    """One query more for the books of all programmes, however many there are."""

    template_name = "clm_plugin/console/programmes.html"

    def get_base_queryset(self) -> QuerySet[Programme]:
        rows: QuerySet[Programme] = super().get_base_queryset()
        of = {
            "base_content_type": ContentType.objects.get_for_model(Programme),
            "object_id": Cast(OuterRef("pk"), CharField()),
        }
        return rows.annotate(
            is_scheduled=Exists(Revision.objects.filter(approved_go_live_at__isnull=False, **of)),
            is_in_workflow=Exists(
                WorkflowState.objects.filter(status=WorkflowState.STATUS_IN_PROGRESS, **of)
            ),
        ).select_related("latest_revision")

    @cached_property
    def books(self) -> dict[str, wallet.Total]:
        return {total.programme: total for total in wallet.totals()}

    def _books(self, programme: Programme, name: str) -> str:
        total = self.books.get(programme.key)
        return "–" if total is None else money(getattr(total, name), total.currency)

    @cached_property
    def columns(self) -> list[Any]:
        return [
            self._get_title_column("__str__"),
            StatusTagColumn(
                "status",
                label=_("Status"),
                accessor=status_of,
                sort_key="live",
                primary=lambda programme: programme.live,
            ),
            FigureColumn(
                "issued",
                label=_("Issued"),
                classname="clm-number",
                accessor=lambda programme: self._books(programme, "issued_minor"),
            ),
            FigureColumn(
                "redeemed",
                label=_("Spent"),
                classname="clm-number",
                accessor=lambda programme: self._books(programme, "redeemed_minor"),
            ),
            FigureColumn(
                "outstanding",
                label=_("Outstanding"),
                classname="clm-number",
                accessor=lambda programme: self._books(programme, "liability_minor"),
            ),
        ]

    def get_context_data(self, *args: Any, **kwargs: Any) -> dict[str, Any]:
        context: dict[str, Any] = super().get_context_data(*args, **kwargs)
        return {**context, "broken_programmes": sorted(wallet.live_programmes().broken)}

    def get_list_more_buttons(self, instance: Programme) -> list[Any]:
        return [
            *super().get_list_more_buttons(instance),
            Button(
                _("What would change"),
                url=effects_url(instance),
                icon_name="clm-credit",
                priority=5,
            ),
        ]


class ProgrammeEditView(EditView):
    def get_header_more_buttons(self) -> list[Any]:
        return [
            *super().get_header_more_buttons(),
            HeaderButton(
                label=_("What would change"),
                url=effects_url(self.object),
                icon_name="clm-credit",
                priority=5,
            ),
        ]


class ProgrammeViewSet(ListingSet, SnippetViewSet):
    namespace = "clm_programmes"
    model = Programme
    icon = "clm-credit"
    menu_label = _("Programmes")
    menu_name = "clm-programmes"
    menu_item_is_registered = True
    admin_url_namespace = namespace
    base_url_path = "lifecycle/programmes"
    index_view_class = ProgrammeIndexView
    edit_view_class = ProgrammeEditView
    unpublish_view_class = ProgrammeUnpublishView
    index_template_name = "clm_plugin/console/programmes.html"
    index_results_template_name = "clm_plugin/console/programmes_results.html"
    search_fields = ["name", "key"]
    search_backend_name = None
    copy_view_enabled = True
    inspect_view_enabled = False
    list_per_page = 50

    def get_urlpatterns(self) -> list[URLPattern]:
        return [
            *super().get_urlpatterns(),
            path("effects/<int:pk>/", EffectsView.as_view(), name="effects"),
        ]
