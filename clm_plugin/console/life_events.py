"""Kinds of life events: what the shop asks for, and what it reads from orders."""

from __future__ import annotations

from typing import Any

from django import forms
from django.db import transaction
from django.db.models import Count
from django.utils.functional import cached_property
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from wagtail.admin.forms.models import WagtailAdminModelForm
from wagtail.admin.panels import FieldPanel, FieldRowPanel, MultiFieldPanel, ObjectList
from wagtail.admin.ui.tables import Column
from wagtail.admin.views import generic
from wagtail.admin.viewsets.model import ModelViewSet

from clm_plugin import clock
from clm_plugin.console.customers import FigureColumn
from clm_plugin.console.listing import ListingSet
from clm_plugin.console.traits import Telling
from clm_plugin.console.wording import whole
from clm_plugin.profiles.api import clear_life_event, live_life_events
from clm_plugin.profiles.models import LifeEventKind
from clm_plugin.shop.api import ShopError, get_shop


class LifeEventForm(WagtailAdminModelForm):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.instance.pk:
            self.fields["key"].disabled = True
        choices = category_choices(self.instance.category_id)
        if choices:
            field = self.fields["category_id"]
            field.widget = forms.Select(choices=[("", "–"), *choices])
            field.help_text = ""

    def save(self, commit: bool = True) -> LifeEventKind:
        self.instance.is_stale = True
        saved: LifeEventKind = super().save(commit)
        return saved


def category_names() -> dict[str, str]:
    """The shop's categories by id; none where its adapter does not answer."""
    try:
        return {key: category.name for key, category in get_shop().categories().items()}
    except ShopError:
        return {}


def category_choices(chosen: str) -> list[tuple[str, str]]:
    """The shop's categories by name; empty where it cannot name them, and the id is typed."""
    found = sorted(category_names().items(), key=lambda each: each[1].lower())
    if found and chosen and chosen not in dict(found):
        found.append((chosen, chosen))
    return found


class LifeEventIndexView(generic.IndexView):
    @cached_property
    def people(self) -> dict[str, int]:
        rows = live_life_events(clock.now()).values_list("kind")
        return dict(rows.annotate(n=Count("profile", distinct=True)).order_by())

    @cached_property
    def categories(self) -> dict[str, str]:
        return category_names()

    @cached_property
    def columns(self) -> list[Any]:
        return [
            self._get_title_column("label"),
            Column("key", label=_("Key")),
            Column("how", label=_("How we know"), accessor=lambda kind: how(kind, self.categories)),
            Column(
                "sensitive",
                label=_("Sensitive"),
                accessor=lambda kind: gettext("yes") if kind.sensitive else "",
            ),
            FigureColumn(
                "people",
                label=_("People"),
                classname="clm-number",
                accessor=lambda kind: whole(self.people.get(kind.key, 0)),
            ),
        ]


def how(kind: LifeEventKind, categories: dict[str, str]) -> str:
    """Where a kind comes from, in a few words."""
    if kind.source != LifeEventKind.Source.INFERRED:
        said = str(kind.get_source_display())
        return gettext("%(how)s, every year") % {"how": said} if kind.yearly else said
    return gettext("%(n)s orders of “%(category)s” within %(days)s days") % {
        "n": kind.at_least,
        "category": categories.get(kind.category_id, kind.category_id),
        "days": kind.within_days,
    }


class LifeEventCreateView(Telling, generic.CreateView):
    pass


class LifeEventEditView(Telling, generic.EditView):
    pass


class LifeEventDeleteView(generic.DeleteView):
    confirmation_message = _(
        "Nobody has this life event any more then. What was said stays in the log: declared again,"
        " it comes back."
    )

    def delete_action(self) -> None:
        with transaction.atomic():
            clear_life_event(self.object.key)
            super().delete_action()


class LifeEventViewSet(ListingSet, ModelViewSet):
    model = LifeEventKind
    name = "clm_life_events"
    url_namespace = "clm_life_events"
    url_prefix = "lifecycle/life-events"
    icon = "calendar-alt"
    menu_label = _("Life events")
    menu_name = "clm-life-events"
    edit_handler = ObjectList(
        [
            FieldPanel("label"),
            FieldPanel("key"),
            FieldPanel("source"),
            FieldPanel("yearly"),
            FieldPanel("sensitive"),
            MultiFieldPanel(
                [
                    FieldPanel("category_id"),
                    FieldRowPanel([FieldPanel("at_least"), FieldPanel("within_days")]),
                ],
                heading=_("Read from orders"),
                help_text=_("Only for those read from orders."),
            ),
        ],
        base_form_class=LifeEventForm,
    )
    index_view_class = LifeEventIndexView
    add_view_class = LifeEventCreateView
    edit_view_class = LifeEventEditView
    delete_view_class = LifeEventDeleteView
    copy_view_enabled = False
    inspect_view_enabled = False
    search_fields = ["label", "key"]
    search_backend_name = None
    index_template_name = "clm_plugin/console/life_index.html"
    index_results_template_name = "clm_plugin/console/life_index_results.html"
