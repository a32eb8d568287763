"""The list of customers: search by name, e-mail or customer id, filter by stage, sort."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.urls import URLPattern, path, reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _
from wagtail.admin.forms.search import SearchForm
from wagtail.admin.ui.tables import BaseColumn, Column, TitleColumn

from clm_plugin import clock
from clm_plugin.conf import settings
from clm_plugin.console.customer import CustomerView
from clm_plugin.console.customers_filters import (
    CustomerFilters,
    alive_known,
    alive_walked,
    in_stage,
    search,
)
from clm_plugin.console.exports import Exports
from clm_plugin.console.guard import SEE_PEOPLE, GuardedViewSet
from clm_plugin.console.listing import Listing
from clm_plugin.console.paging import CAP, CappedPaginator
from clm_plugin.console.wording import money, stage_label, whole
from clm_plugin.profiles.models import Facts

if TYPE_CHECKING:
    from datetime import datetime

    from django.db.models import QuerySet


class PersonColumn(TitleColumn):
    cell_template_name = "clm_plugin/console/cells/person.html"


class FigureColumn(Column):
    """A number, with its label beside it where the table has become a stack of cards."""

    cell_template_name = "clm_plugin/console/cells/number.html"


class StageColumn(Column):
    cell_template_name = "clm_plugin/console/cells/stage.html"


class SeenColumn(Column):
    """A time, and how long ago it was by the plugin's clock."""

    cell_template_name = "clm_plugin/console/cells/moment.html"

    def __init__(self, name: str, *, now: datetime, **kwargs: Any) -> None:
        super().__init__(name, **kwargs)
        self.now = now

    def get_cell_context_data(self, instance: Any, parent_context: Any) -> dict[str, Any]:
        context: dict[str, Any] = super().get_cell_context_data(instance, parent_context)
        return {**context, "now": self.now}


class CustomersView(Exports, Listing):
    permission = SEE_PEOPLE
    exports = "customers"
    page_title = _("Customers")
    header_icon = "group"
    template_name = "clm_plugin/console/customers.html"
    results_template_name = "clm_plugin/console/customers_results.html"
    index_url_name = "clm_customers:index"
    index_results_url_name = "clm_customers:index_results"
    paginate_by = 50
    paginator_class = CappedPaginator
    filterset_class = CustomerFilters
    is_searchable = True
    default_ordering = "-last_seen_at"
    verbose_name_plural = _("customers")

    @cached_property
    def columns(self) -> list[BaseColumn]:
        return [
            PersonColumn(
                "profile", label=_("Customer"), accessor="profile",
                get_url=lambda facts: reverse("clm_customers:customer", args=(facts.pk,)),
            ),
            StageColumn("stage", label=_("Stage"), accessor=stage_of),
            SeenColumn(
                "last_seen_at", label=_("Last seen"), sort_key="last_seen_at", now=clock.now()
            ),
            FigureColumn(
                "orders", label=_("Orders"), sort_key="orders", classname="clm-number",
                accessor=lambda facts: whole(facts.orders),
            ),
            FigureColumn(
                "spend", label=_("Spent"), sort_key="spend_minor", classname="clm-number",
                accessor=lambda facts: money(facts.spend_minor, settings.CURRENCY),
            ),
        ]  # fmt: skip

    def get_base_queryset(self) -> QuerySet[Facts]:
        """Also who was merged: how those are left out best, ``get_queryset`` knows."""
        return Facts.objects.select_related("profile", "profile__standing")

    def order_queryset(self, queryset: QuerySet[Facts]) -> QuerySet[Facts]:
        # The key makes pages stable; the same direction lets one index serve both.
        ordering = str(self.ordering)
        return queryset.order_by(ordering, "-pk" if ordering.startswith("-") else "pk")

    def get_queryset(self) -> QuerySet[Facts]:
        rows: QuerySet[Facts] = super().get_queryset()
        stage = self.filters.form.cleaned_data.get("stage") if self.filters else ""
        are_known = self.is_searching or bool(self.filters and self.filters.is_narrow)
        alive = alive_known(rows) if are_known else alive_walked(rows)
        # Counted by the index of stages, whichever way the page is read.
        self.countable = alive.filter(profile__standing__stage=stage) if stage else alive
        if not stage:
            return alive
        return self.countable if are_known else in_stage(rows, stage)

    def export_rows(self) -> QuerySet[Facts]:
        self.get_queryset()
        return self.countable  # the whole stage, however many

    def paginate_queryset(self, queryset: Any, page_size: int) -> Any:
        """The keys of the page first, then its rows: only those are read in full.

        Of a narrowed list all keys are read, once: to sort them takes as long as to count them.
        """
        keys = queryset.values_list("pk", flat=True)
        if self.filters and self.filters.is_narrow:
            keys = list(keys[: CAP + 1])
        paginator, page, rows, has_others = super().paginate_queryset(keys, page_size)
        keys = list(rows)
        found = {facts.pk: facts for facts in self.get_base_queryset().filter(pk__in=keys)}
        page.object_list = [found[key] for key in keys if key in found]
        return paginator, page, page.object_list, has_others

    def get_paginator(self, *args: Any, **kwargs: Any) -> CappedPaginator:
        paginator: CappedPaginator = super().get_paginator(*args, **kwargs)
        is_narrow = bool(self.filters and self.filters.is_narrow)
        paginator.countable = None if is_narrow else self.countable
        return paginator

    def search_queryset(self, queryset: QuerySet[Facts]) -> QuerySet[Facts]:
        return search(queryset, self.search_query) if self.is_searching else queryset

    def get_search_form(self) -> SearchForm:
        hint = _("Name, e-mail or number")
        data = self.request.GET if self.search_kwarg in self.request.GET else None
        return SearchForm(data, placeholder=hint)


def stage_of(facts: Facts) -> dict[str, str] | None:
    """Key and label of the stage of a profile whose standing was read along."""
    standing = getattr(facts.profile, "standing", None)
    if standing is None:
        return None
    return {"key": standing.stage, "label": stage_label(standing.stage)}


class CustomersViewSet(GuardedViewSet):
    name = "clm_customers"
    url_prefix = "lifecycle/customers"
    permission = SEE_PEOPLE
    icon = "group"
    menu_label = _("Customers")
    menu_name = "clm-customers"

    def get_urlpatterns(self) -> list[URLPattern]:
        return [
            path("", CustomersView.as_view(), name="index"),
            path("results/", CustomersView.as_view(results_only=True), name="index_results"),
            path("<int:pk>/", CustomerView.as_view(), name="customer"),
        ]
