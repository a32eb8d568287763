"""What the board and the lists read about all profiles. Each function says how many queries it is.

The number of queries never depends on how many rows there are.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import replace
from typing import TYPE_CHECKING

from django.db.models import Count, F, FloatField, Max, Sum
from django.db.models.functions import Cast, Coalesce, NullIf
from django.utils import timezone

from clm_plugin.attribution.models import Credit
from clm_plugin.campaigns.models import Receipt
from clm_plugin.insights.data import CampaignNumbers, Reason, Total
from clm_plugin.insights.models import ContactDay
from clm_plugin.insights.periods import bounds
from clm_plugin.insights.rules import add_up

if TYPE_CHECKING:
    from datetime import datetime

    from clm_plugin.insights.periods import Period


def campaign_numbers(period: Period) -> dict[str, CampaignNumbers]:
    """Each campaign's numbers over a period, by key; idle ones are left out. Two queries.

    Decisions, contacts and clicks as counted by day; orders and money from the credits themselves,
    so that a refund shows at once.
    """
    rows = (
        ContactDay.objects.filter(day__gte=period.since, day__lte=period.until)
        .order_by()
        .values("campaign")
        .annotate(**{name: Sum(name) for name in _COUNTED})
    )
    numbers = {row["campaign"]: CampaignNumbers(**row) for row in rows}
    for key, (orders, revenue, margin) in _earned(period).items():
        numbers[key] = replace(
            numbers.get(key, CampaignNumbers(campaign=key)),
            orders=orders,
            revenue=revenue,
            margin=margin,
        )
    return numbers


_COUNTED = ("decided", "eligible", "held_out", "yes", "delivered", "clicked")


def refusals(campaign: str, since: datetime, *, limit: int = 12) -> list[Reason]:
    """The rules that said no to most decisions of a campaign, the commonest first. One query."""
    rows = (
        Receipt.objects.filter(campaign=campaign, decided_at__gte=since, yes=False)
        .order_by()
        .values_list("rule")
        .annotate(n=Count("pk"), latest=Max("decided_at"))
        .order_by("-n", "rule")[:limit]
    )
    return [Reason(rule=rule, count=n, latest_at=latest) for rule, n, latest in rows]


def _earned(period: Period) -> dict[str, tuple[int, tuple[Total, ...], tuple[Total, ...]]]:
    """Orders, revenue and margin by campaign. A refund takes its share of the margin with it."""
    kept = Cast(F("total_minor") - F("refunded_minor"), FloatField()) / NullIf(
        Cast(F("total_minor"), FloatField()), 0.0
    )
    since, until = bounds(period, timezone.get_default_timezone())
    rows = (
        Credit.objects.filter(credited_at__gte=since, credited_at__lt=until, cancelled=False)
        .order_by()
        .values("campaign", "currency")
        .annotate(
            orders=Count("pk"),
            revenue=Sum(F("total_minor") - F("refunded_minor")),
            margin=Sum(Cast(F("margin_minor"), FloatField()) * Coalesce(kept, 1.0)),
        )
    )
    orders: dict[str, int] = defaultdict(int)
    revenue: dict[str, list[Total]] = defaultdict(list)
    margin: dict[str, list[Total]] = defaultdict(list)
    for row in rows:
        orders[row["campaign"]] += row["orders"]
        revenue[row["campaign"]].append(Total(int(row["revenue"]), row["currency"]))
        margin[row["campaign"]].append(Total(round(row["margin"]), row["currency"]))
    return {key: (orders[key], add_up(revenue[key]), add_up(margin[key])) for key in orders}
