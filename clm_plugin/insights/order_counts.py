"""Numbers of a day that come from orders, and what customers have earned so far.

Keys of ``MetricDay``, sums of the day: ``orders``, ``order_margin`` (minor units, before refunds),
``first_orders``, ``second_orders``, ``second_after_<days>`` (by ``GAP_BUCKETS``). States at the end
of the day: ``buyers``, ``repeaters``. Measured once a night: ``curve_people_<days>`` and
``curve_margin_<days>`` (by ``CURVE``), ``went_on_people:<stage>``, ``went_on_margin:<stage>``.
"""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Any

from django.db import connection, transaction
from django.db.models import Count, F, OuterRef, Q, Subquery, Sum
from django.db.models.functions import Coalesce

from clm_plugin.conf import settings
from clm_plugin.insights.metrics import CURVE, GAP_BUCKETS, goes_on
from clm_plugin.insights.models import MetricDay
from clm_plugin.lifecycle.api import current_model
from clm_plugin.lifecycle.models import StageChange
from clm_plugin.profiles.models import Facts, OrderFact

if TYPE_CHECKING:
    from collections.abc import Mapping

    from django.db.models import QuerySet

LEVELS = ("buyers", "repeaters")
EARNING_YEAR = timedelta(days=365)
SAMPLE = 50_000
"""Moves of a stage above which the average margin of those who made them is sampled."""
CURVE_YEARS = timedelta(days=730)
"""Customers whose first order is longer ago say little about those won today."""


def count_orders(day: date, start: datetime, end: datetime) -> None:
    """The orders of a day: all, first ones, second ones and how long those took."""
    rows = with_rank(placed().filter(placed_at__gte=start, placed_at__lt=end))
    own = Q(currency=settings.CURRENCY)
    sums = rows.aggregate(
        orders=Count("pk"),
        order_margin=Coalesce(Sum("margin_minor", filter=own), 0),
        first_orders=Count("pk", filter=Q(earlier=0)),
        second_orders=Count("pk", filter=Q(earlier=1)),
    )
    gaps: Counter[int] = Counter()
    if sums["second_orders"]:
        seconds = rows.filter(earlier=1).values_list("placed_at", "profile__facts__first_order_at")
        for at, first in seconds:
            if first is not None:
                gaps[bucket((at - first).total_seconds() / 86_400)] += 1
    numbers = {**sums, **{f"second_after_{days}": count for days, count in gaps.items()}}
    write_numbers(day, numbers, of=("order", "first_orders", "second_"))


def bucket(days: float) -> int:
    """The upper end of the bucket that a gap falls into."""
    return GAP_BUCKETS[min(bisect_left(GAP_BUCKETS, days), len(GAP_BUCKETS) - 1)]


def count_levels(day: date) -> None:
    """How many have bought, and how many twice, as of now."""
    buyers = Facts.objects.filter(orders__gt=0).count()  # who was merged has no facts any more
    repeaters = Facts.objects.filter(orders__gt=1).count()
    write_numbers(day, {"buyers": buyers, "repeaters": repeaters}, of=LEVELS)


def measure_earnings(*, now: datetime, day: date) -> None:
    """What those who went on from each stage have earned, and new customers' margin over time."""
    numbers = _curve(now)
    stages = current_model().stages
    for stage in stages:
        onward = [other.key for other in stages if other is not stage and goes_on(stage, other)]
        if onward:
            them = Facts.objects.filter(profile__in=_went_on(stage.key, onward, now))
        else:  # the last one: nobody can go on from it, so those who stay are the measure
            them = Facts.objects.filter(profile__standing__stage=stage.key)
        earned = them.aggregate(people=Count("pk"), margin=Coalesce(Sum("margin_minor"), 0))
        numbers[f"went_on_people:{stage.key}"] = earned["people"]
        numbers[f"went_on_margin:{stage.key}"] = earned["margin"]
    earlier = Q(key__startswith="went_on_") | Q(key__startswith="curve_")
    with transaction.atomic():
        MetricDay.objects.filter(earlier).delete()
        write_numbers(day, numbers, of=())


def _went_on(stage: str, onward: list[str], now: datetime) -> QuerySet[Any, Any]:
    """The profiles that went on in the last year; an even sample of them where they are many."""
    moves = StageChange.objects.filter(
        from_stage=stage, to_stage__in=onward, changed_at__gte=now - EARNING_YEAR
    )
    every = moves.count() // SAMPLE
    if every > 1:
        moves = moves.annotate(turn=F("profile_id") % every).filter(turn=0)
    return moves.values("profile")


def _curve(now: datetime) -> dict[str, int]:
    """Margin of the first days, for each of ``CURVE``, of customers who were won so long ago.

    By hand: Django reckons with durations by a Python function a row on SQLite.
    """
    facts, orders = Facts._meta.db_table, OrderFact._meta.db_table
    postgres = connection.vendor == "postgresql"
    age = (
        "EXTRACT(EPOCH FROM o.placed_at - f.first_order_at) / 86400.0"
        if postgres
        else "julianday(o.placed_at) - julianday(f.first_order_at)"
    )
    moments = [connection.ops.adapt_datetimefield_value(now - timedelta(days=d)) for d in CURVE]
    people = ", ".join(["COUNT(CASE WHEN first_order_at <= %s THEN 1 END)"] * len(CURVE))
    # A second's grace: the first order itself must be younger than nothing.
    margins = ", ".join(
        f"SUM(CASE WHEN f.first_order_at <= %s AND {age} <= {days + 0.00002} "
        "THEN o.margin_minor ELSE 0 END)"
        for days in CURVE
    )
    oldest = connection.ops.adapt_datetimefield_value(now - CURVE_YEARS)
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT {people} FROM {facts} WHERE first_order_at >= %s AND orders > 0",
            [*moments, oldest],
        )
        counted = cursor.fetchone()
        cursor.execute(
            f"SELECT {margins} FROM {orders} o JOIN {facts} f ON f.profile_id = o.profile_id"
            " WHERE f.first_order_at >= %s AND f.orders > 0 AND o.cancelled_at IS NULL"
            " AND o.placed_at >= %s AND o.currency = %s",
            [*moments, oldest, oldest, settings.CURRENCY],
        )
        earned = cursor.fetchone()
    return {
        **{f"curve_people_{days}": n or 0 for days, n in zip(CURVE, counted, strict=True)},
        **{f"curve_margin_{days}": int(n or 0) for days, n in zip(CURVE, earned, strict=True)},
    }


def placed() -> QuerySet[OrderFact]:
    """Orders that count: placed, and not cancelled."""
    return OrderFact.objects.filter(
        placed_at__isnull=False, cancelled_at__isnull=True, profile__isnull=False
    )


def with_rank(rows: QuerySet[OrderFact]) -> QuerySet[Any]:
    """Each order with ``earlier``: how many of the same person came before it."""
    before = (
        placed()
        .filter(profile=OuterRef("profile"))
        .filter(
            Q(placed_at__lt=OuterRef("placed_at"))
            | Q(placed_at=OuterRef("placed_at"), pk__lt=OuterRef("pk"))
        )
        .order_by()
        .values("profile")
        .annotate(n=Count("pk"))
        .values("n")
    )
    return rows.annotate(earlier=Coalesce(Subquery(before), 0))


def write_numbers(day: date, numbers: Mapping[str, int], *, of: tuple[str, ...]) -> None:
    """Replace the day's numbers whose keys begin with one of ``of``."""
    old = Q(pk__in=[])
    for beginning in of:
        old |= Q(key__startswith=beginning)
    with transaction.atomic():
        MetricDay.objects.filter(old, day=day).delete()
        MetricDay.objects.bulk_create(
            [MetricDay(day=day, key=key, number=n) for key, n in numbers.items() if n],
            ignore_conflicts=True,
        )
