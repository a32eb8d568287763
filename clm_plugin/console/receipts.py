"""The list of decisions: who got what or not, and by which rule."""

from __future__ import annotations

from typing import TYPE_CHECKING

import django_filters
from django import forms
from django.urls import URLPattern, path, reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _
from wagtail.admin.filters import WagtailFilterSet
from wagtail.admin.ui.tables import BaseColumn, Column

from clm_plugin import clock
from clm_plugin.campaigns.models import Receipt
from clm_plugin.console.customer import campaign_names
from clm_plugin.console.customers import PersonColumn, SeenColumn
from clm_plugin.console.explain import WORDS, explain
from clm_plugin.console.exports import Exports
from clm_plugin.console.guard import SEE_RECEIPTS, GuardedViewSet
from clm_plugin.console.listing import Listing
from clm_plugin.console.paging import CappedPaginator

if TYPE_CHECKING:
    from django.db.models import QuerySet

    from clm_plugin.console.explain import Explanation


def campaign_choices() -> list[tuple[str, str]]:
    return sorted(campaign_names().items(), key=lambda each: each[1].lower())


class ReceiptFilters(WagtailFilterSet):
    campaign = django_filters.ChoiceFilter(
        label=_("Campaign"),
        choices=campaign_choices,
        empty_label=_("All"),
        widget=forms.RadioSelect,
    )
    yes = django_filters.ChoiceFilter(
        label=_("Decision"),
        choices=[("true", _("Yes")), ("false", _("No"))],
        empty_label=_("All"),
        widget=forms.RadioSelect,
        method="only_decision",
    )
    rule = django_filters.ChoiceFilter(
        label=_("Rule"), choices=[(rule, words[0]) for rule, words in WORDS.items()],
        empty_label=_("All"), widget=forms.RadioSelect,
    )  # fmt: skip

    class Meta:
        model = Receipt
        fields: list[str] = []

    def only_decision(self, rows: QuerySet[Receipt], name: str, value: str) -> QuerySet[Receipt]:
        return rows.filter(yes=value == "true")


class DecisionColumn(Column):
    cell_template_name = "clm_plugin/console/cells/decision.html"

    def get_value(self, instance: Receipt) -> Explanation:
        return explain(instance.rule, instance.inputs)


class ReceiptsView(Exports, Listing):
    permission = SEE_RECEIPTS
    exports = "receipts"
    page_title = _("Receipts")
    header_icon = "clm-receipt"
    template_name = "clm_plugin/console/receipts.html"
    results_template_name = "clm_plugin/console/receipts_results.html"
    index_url_name = "clm_receipts:index"
    index_results_url_name = "clm_receipts:index_results"
    paginate_by = 50
    paginator_class = CappedPaginator
    filterset_class = ReceiptFilters
    is_searchable = False
    default_ordering = "-decided_at"
    verbose_name_plural = _("receipts")

    @cached_property
    def columns(self) -> list[BaseColumn]:
        names = campaign_names()
        return [
            PersonColumn(
                "profile", label=_("Customer"), accessor="profile",
                get_url=lambda receipt: reverse(
                    "clm_customers:customer", args=(receipt.profile_id,)
                ),
            ),
            DecisionColumn("decision", label=_("Decision")),
            Column(
                "campaign", label=_("Campaign"),
                accessor=lambda receipt: names.get(receipt.campaign, receipt.campaign),
            ),
            Column("channel", label=_("Channel"), accessor=channel_of),
            SeenColumn("decided_at", label=_("When"), sort_key="decided_at", now=clock.now()),
        ]  # fmt: skip

    def get_base_queryset(self) -> QuerySet[Receipt]:
        return Receipt.objects.select_related("profile")

    def export_rows(self) -> QuerySet[Receipt]:
        rows: QuerySet[Receipt] = self.get_queryset()
        return rows


_CHANNELS = {"mail": _("Mail"), "overlay": _("Popup"), "inline": _("On the page")}


def channel_of(receipt: Receipt) -> str:
    return str(_CHANNELS.get(receipt.channel, receipt.channel))


class ReceiptsViewSet(GuardedViewSet):
    name = "clm_receipts"
    url_prefix = "lifecycle/receipts"
    permission = SEE_RECEIPTS
    icon = "clm-receipt"
    menu_label = _("Receipts")
    menu_name = "clm-receipts"

    def get_urlpatterns(self) -> list[URLPattern]:
        return [
            path("", ReceiptsView.as_view(), name="index"),
            path("results/", ReceiptsView.as_view(results_only=True), name="index_results"),
        ]
