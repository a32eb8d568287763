"""What the board and the lists read about all profiles. Each function says how many queries it is.

Windows begin at ``since``. The number of queries never depends on how many rows there are.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import replace
from typing import TYPE_CHECKING

from django.db.models import Count, F, FloatField, Max, Q, Sum
from django.db.models.functions import Cast, Coalesce, NullIf

from clm_plugin.attribution.models import Credit, Touch
from clm_plugin.campaigns.models import Impression, Receipt
from clm_plugin.insights.data import CampaignNumbers, Flow, Reason, Total
from clm_plugin.insights.rules import HELD_OUT, NOT_ELIGIBLE, add_up
from clm_plugin.lifecycle.models import StageChange, Standing
from clm_plugin.messages.models import Delivery

if TYPE_CHECKING:
    from datetime import datetime

    from django.db.models import QuerySet


def stage_counts() -> dict[str, int]:
    """Profiles in each stage now; stages without anybody are left out. One query."""
    return dict(Standing.objects.order_by().values_list("stage").annotate(Count("pk")))


def stage_flows(since: datetime) -> list[Flow]:
    """Moves between stages from ``since`` on, the largest first. One query."""
    rows = (
        StageChange.objects.filter(changed_at__gte=since)
        .exclude(from_stage=F("to_stage"))
        .order_by()
        .values_list("from_stage", "to_stage")
        .annotate(moves=Count("pk"))
    )
    flows = [Flow(source=source, target=target, moves=moves) for source, target, moves in rows]
    return sorted(flows, key=lambda flow: (-flow.moves, flow.source, flow.target))


def campaign_numbers(since: datetime) -> dict[str, CampaignNumbers]:
    """Each campaign's numbers from ``since`` on, by key; idle ones are left out. Five queries."""
    numbers = {
        row["campaign"]: CampaignNumbers(**row)
        for row in _by_campaign(Receipt.objects.filter(decided_at__gte=since)).annotate(
            decided=Count("pk"),
            eligible=Count("pk", filter=Q(yes=True) | ~Q(rule__in=NOT_ELIGIBLE)),
            held_out=Count("pk", filter=Q(yes=False, rule__in=HELD_OUT)),
            yes=Count("pk", filter=Q(yes=True)),
        )
    }
    delivered = _counts(
        _by_campaign(Delivery.objects.filter(created_at__gte=since, state=Delivery.State.SENT))
    )
    shown = _counts(
        Impression.objects.filter(receipt__decided_at__gte=since, shown_at__isnull=False)
        .order_by()
        .values(campaign=F("receipt__campaign"))
    )
    clicked = _counts(_by_campaign(Touch.objects.filter(touched_at__gte=since)))
    earned = _earned(since)
    for key in {*delivered, *shown, *clicked, *earned}:
        orders, revenue, margin = earned.get(key, (0, (), ()))
        numbers[key] = replace(
            numbers.get(key, CampaignNumbers(campaign=key)),
            delivered=delivered.get(key, 0) + shown.get(key, 0),
            clicked=clicked.get(key, 0),
            orders=orders,
            revenue=revenue,
            margin=margin,
        )
    return numbers


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


def _by_campaign(rows: QuerySet) -> QuerySet:
    return rows.order_by().values("campaign")


def _counts(rows: QuerySet) -> dict[str, int]:
    return {row["campaign"]: row["n"] for row in rows.annotate(n=Count("pk"))}


def _earned(since: datetime) -> dict[str, tuple[int, tuple[Total, ...], tuple[Total, ...]]]:
    """Orders, revenue and margin by campaign. A refund takes its share of the margin with it."""
    kept = Cast(F("total_minor") - F("refunded_minor"), FloatField()) / NullIf(
        Cast(F("total_minor"), FloatField()), 0.0
    )
    rows = (
        Credit.objects.filter(credited_at__gte=since, cancelled=False)
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
