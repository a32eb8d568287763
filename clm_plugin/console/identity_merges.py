"""The log of merges, and undoing one: a page that says what will happen, then the deed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import django_filters
from django import forms
from django.http import Http404
from django.shortcuts import redirect
from django.urls import URLPattern, path, reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.generic import TemplateView
from wagtail.admin import messages
from wagtail.admin.filters import WagtailFilterSet
from wagtail.admin.ui.tables import BaseColumn, Column
from wagtail.admin.views.generic.base import WagtailAdminTemplateMixin
from wagtail.log_actions import log

from clm_plugin import clock
from clm_plugin.console.customer import name_of
from clm_plugin.console.customers import PersonColumn, SeenColumn
from clm_plugin.console.exports import Exports
from clm_plugin.console.guard import CHANGE_PEOPLE, SEE_PEOPLE, Guarded, GuardedViewSet, may
from clm_plugin.console.identity import phrase, told_merge
from clm_plugin.console.listing import Listing
from clm_plugin.console.paging import CappedPaginator
from clm_plugin.events.models import Event
from clm_plugin.merges import unmerge
from clm_plugin.profiles.api import MergeError, plan_split
from clm_plugin.profiles.models import MergeRecord, Profile

if TYPE_CHECKING:
    from django.db.models import QuerySet
    from django.http import HttpRequest, HttpResponse

UNMERGE = "clm_plugin.unmerge"
"""The action of Wagtail's log."""


class MergeFilters(WagtailFilterSet):
    state = django_filters.ChoiceFilter(
        label=_("State"),
        choices=[("joined", _("Joined")), ("undone", _("Undone"))],
        empty_label=_("All"),
        widget=forms.RadioSelect,
        method="only_state",
    )

    class Meta:
        model = MergeRecord
        fields: list[str] = []

    def only_state(
        self, rows: QuerySet[MergeRecord], name: str, value: str
    ) -> QuerySet[MergeRecord]:
        return rows.filter(undone_at__isnull=value == "joined")


class JoinedColumn(Column):
    cell_template_name = "clm_plugin/console/cells/identity_joined.html"

    def get_value(self, instance: MergeRecord) -> Any:
        return told_merge(instance)


class StateColumn(Column):
    cell_template_name = "clm_plugin/console/cells/identity_state.html"

    def get_value(self, instance: MergeRecord) -> MergeRecord:
        return instance

    def get_cell_context_data(self, instance: Any, parent_context: Any) -> dict[str, Any]:
        context: dict[str, Any] = super().get_cell_context_data(instance, parent_context)
        return {**context, "may_undo": may(parent_context["request"], CHANGE_PEOPLE)}


class MergesView(Exports, Listing):
    permission = SEE_PEOPLE
    exports = "merges"
    page_title = _("Merges")
    header_icon = "link"
    template_name = "clm_plugin/console/identity_merges.html"
    results_template_name = "clm_plugin/console/identity_merges_results.html"
    index_url_name = "clm_merges:index"
    index_results_url_name = "clm_merges:index_results"
    paginate_by = 50
    paginator_class = CappedPaginator
    filterset_class = MergeFilters
    is_searchable = False
    default_ordering = "-merged_at"
    verbose_name_plural = _("merges")

    @cached_property
    def columns(self) -> list[BaseColumn]:
        return [
            PersonColumn(
                "survivor", label=_("Customer"), accessor="survivor",
                get_url=lambda record: reverse(
                    "clm_customers:customer", args=(record.survivor_id,)
                ),
            ),
            JoinedColumn("joined", label=_("Joined with")),
            SeenColumn("merged_at", label=_("When"), sort_key="merged_at", now=clock.now()),
            StateColumn("state", label=_("State")),
        ]  # fmt: skip

    def export_rows(self) -> QuerySet[MergeRecord]:
        rows: QuerySet[MergeRecord] = self.get_queryset()
        return rows

    def get_base_queryset(self) -> QuerySet[MergeRecord]:
        return MergeRecord.objects.select_related("survivor", "undone_by")

    def order_queryset(self, queryset: QuerySet[MergeRecord]) -> QuerySet[MergeRecord]:
        ordering = str(self.ordering)
        return queryset.order_by(ordering, "-pk" if ordering.startswith("-") else "pk")


class UndoView(Guarded, WagtailAdminTemplateMixin, TemplateView):
    """What will happen; on POST it does."""

    permission = CHANGE_PEOPLE
    page_title = _("Undo a merge")
    header_icon = "link"
    template_name = "clm_plugin/console/identity_undo.html"

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        record = self._record(kwargs["pk"])
        if record.undone_at is not None:
            return self._undone_before(record)
        return super().get(request, *args, **kwargs)

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        record = self._record(pk)
        try:
            done = unmerge(pk, now=clock.now(), by=request.user.pk)
        except MergeError:
            return self._undone_before(record)
        people = Profile.objects.in_bulk([done.kept, done.freed])
        kept, freed = people[done.kept], people[done.freed]
        # By its numbers: a name or address in the log would outlive her erasure.
        log(record, UNMERGE, data={"kept": done.kept, "freed": done.freed})
        buttons = [
            messages.button(reverse("clm_customers:customer", args=(freed.pk,)), name_of(freed))
        ]
        said = gettext("They are two people again, and will not be joined by the same link.")
        messages.success(request, said, buttons=buttons)
        return redirect("clm_customers:customer", kept.pk)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        plan = plan_split(kwargs["pk"])
        people = Profile.objects.in_bulk([plan.split.kept, plan.split.freed])
        given = plan.split.given
        counts = {table: len(keys) for table, keys in given.items()}
        return super().get_context_data(
            joined=told_merge(plan.record),
            kept=people[plan.split.kept],
            kept_name=name_of(people[plan.split.kept]),
            freed=people[plan.split.freed],
            names=phrase(plan.names, most=12),
            orders=Event.objects.filter(actor__in=plan.names, type="order.placed").count(),
            mails=counts.get("delivery", 0),
            receipts=counts.get("receipt", 0),
            clicks=counts.get("touch", 0),
            journeys=counts.get("enrolment", 0) + counts.get("enrolment.dropped", 0),
            **kwargs,
        )

    def get_breadcrumbs_items(self) -> list[dict[str, Any]]:
        return [
            *self.breadcrumbs_items,
            {"url": reverse("clm_merges:index"), "label": _("Merges")},
            {"url": "", "label": self.page_title},
        ]

    def _record(self, pk: int) -> MergeRecord:
        record = MergeRecord.objects.filter(pk=pk).first()
        if record is None:
            raise Http404
        return record

    def _undone_before(self, record: MergeRecord) -> HttpResponse:
        messages.warning(
            self.request, gettext("Somebody was faster: this merge was undone before.")
        )
        return redirect("clm_customers:customer", record.survivor_id)


class MergesViewSet(GuardedViewSet):
    name = "clm_merges"
    url_prefix = "lifecycle/merges"
    permission = SEE_PEOPLE
    icon = "link"
    menu_label = _("Merges")
    menu_name = "clm-merges"

    def get_urlpatterns(self) -> list[URLPattern]:
        return [
            path("", MergesView.as_view(), name="index"),
            path("results/", MergesView.as_view(results_only=True), name="index_results"),
            path("<int:pk>/undo/", UndoView.as_view(), name="undo"),
        ]
