"""What the board reads: counters of some thousand rows, whatever the number of people.

Each function says how many queries it is.
"""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, Any

from django.db.models import Max, Min, Q, Sum

from clm_plugin.attribution.api import spend_between
from clm_plugin.conf import settings
from clm_plugin.insights.benchmarks import SHIPPED
from clm_plugin.insights.board_data import Contacts, Earnings, Mark, Sums, Tallied
from clm_plugin.insights.data import Flow
from clm_plugin.insights.models import (
    Benchmark,
    ContactDay,
    MetricDay,
    StageDay,
    StageFlow,
    Tally,
)
from clm_plugin.insights.order_counts import LEVELS
from clm_plugin.lifecycle.models import Standing

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date, datetime

    from django.db.models import Model

    from clm_plugin.insights.periods import Period


def anybody() -> bool:
    """Whether anybody stands in a stage yet. One query."""
    return Standing.objects.exists()


def tallied() -> Tallied | None:
    """When the counters were brought up to date; None: never. One query."""
    row = Tally.objects.filter(id=1).first()
    return Tallied(at=row.counted_at, cost_ms=row.cost_ms) if row else None


def sums_of(*periods: Period) -> tuple[Sums, ...]:
    """What was counted over each period. Eight queries, and one for each period's spend."""
    edges = {day for period in periods for day in (period.eve, period.until)}
    people, levels = _people(edges), _levels(edges)
    flows = _by_period(StageFlow, ("source", "target", "ours"), ("moves",), periods)
    numbers = _by_period(MetricDay, ("key",), ("number",), periods)
    contacts = _by_period(ContactDay, ("stage",), ("delivered", "clicked"), periods)
    first: date | None = StageFlow.objects.aggregate(day=Min("day"))["day"]
    return tuple(
        Sums(
            days=period.days,
            is_whole=first is not None and first <= period.since,
            before=people.get(period.eve, {}),
            after=people.get(period.until, {}),
            flows=_flows(flows[at]),
            our_moves=sum(moves for (*_, ours), (moves,) in flows[at].items() if ours),
            numbers={key: number for (key,), (number,) in numbers[at].items()},
            levels_before=levels[period.eve],
            levels_after=levels[period.until],
            spend_minor=spend_between(period.since, period.until, currency=settings.CURRENCY),
            contacts={
                stage: Contacts(delivered=delivered, clicked=clicked)
                for (stage,), (delivered, clicked) in contacts[at].items()
                if stage
            },
        )
        for at, period in enumerate(periods)
    )


STATES = Q(key__in=LEVELS) | Q(key__startswith="curve_")
"""Numbers that are a state of the day, and not a sum."""
_Rows = dict[tuple[Any, ...], tuple[int, ...]]


def _by_period(
    model: type[Model], by: tuple[str, ...], columns: tuple[str, ...], periods: Sequence[Period]
) -> list[_Rows]:
    """Sums of columns, grouped, for each period; one query."""
    first, last = min(p.since for p in periods), max(p.until for p in periods)
    sums = {
        f"{column}_in_{at}": Sum(column, filter=Q(day__gte=p.since, day__lte=p.until))
        for at, p in enumerate(periods)
        for column in columns
    }
    rows = (
        model._default_manager.filter(day__gte=first, day__lte=last)
        .order_by()
        .values(*by)
        .annotate(**sums)
    )
    found: list[_Rows] = [{} for _ in periods]
    for row in rows:
        for at in range(len(periods)):
            numbers = tuple(row[f"{column}_in_{at}"] or 0 for column in columns)
            if any(numbers):
                found[at][tuple(row[name] for name in by)] = numbers
    return found


def _flows(rows: _Rows) -> tuple[Flow, ...]:
    """The largest first."""
    made = [
        Flow(source=source, target=target, moves=moves)
        for (source, target, ours), (moves,) in rows.items()
        if not ours
    ]
    return tuple(sorted(made, key=lambda flow: (-flow.moves, flow.source, flow.target)))


def _people(days: set[date]) -> dict[date, dict[str, int]]:
    """Heads by stage at the end of days, or of the last counted one before. Two queries."""
    names = {day: f"d{at}" for at, day in enumerate(sorted(days))}
    counted: dict[str, date | None] = StageDay.objects.aggregate(
        **{name: Max("day", filter=Q(day__lte=day)) for day, name in names.items()}
    )
    told: dict[date, dict[str, int]] = defaultdict(dict)
    for row in StageDay.objects.filter(day__in={day for day in counted.values() if day}):
        told[row.day][row.stage] = row.people
    found = {day: counted[name] for day, name in names.items()}
    return {day: told[row_day] for day, row_day in found.items() if row_day is not None}


def _levels(days: set[date]) -> dict[date, dict[str, int]]:
    """States at the end of days: today's less what was added since. Two queries."""
    rows = MetricDay.objects.filter(STATES).order_by("day").values_list("key", "number")
    now = dict(rows)  # the latest day of each key stays
    ordered = sorted(days)
    since = MetricDay.objects.aggregate(
        **{
            f"{key}_{at}": Sum("number", filter=Q(key=f"{added}_orders", day__gt=day))
            for at, day in enumerate(ordered)
            for key, added in zip(LEVELS, ("first", "second"), strict=True)
        }
    )
    return {
        day: now | {key: max(now.get(key, 0) - (since[f"{key}_{at}"] or 0), 0) for key in LEVELS}
        for at, day in enumerate(ordered)
    }


def earned() -> dict[str, Earnings]:
    """What those who went on from each stage earned, as measured last. One query."""
    rows = dict(MetricDay.objects.filter(key__startswith="went_on_").values_list("key", "number"))
    return {
        key.partition(":")[2]: Earnings(
            people=people, margin_minor=rows.get(key.replace("_people:", "_margin:"), 0)
        )
        for key, people in rows.items()
        if key.startswith("went_on_people:")
    }


def marks() -> dict[str, Mark]:
    """The benchmark of each stage that has one: the shop's own, else the shipped one. One query."""
    own = {
        row.stage: Mark(share=row.share, source=row.source, own=True)
        if row.share is not None
        else None
        for row in Benchmark.objects.all()
    }
    return {stage: mark for stage, mark in {**SHIPPED, **own}.items() if mark is not None}


def set_mark(stage: str, *, share: float | None, source: str, now: datetime) -> Benchmark:
    """Store the shop's own benchmark of a stage; without a share it has none."""
    mark, _made = Benchmark.objects.update_or_create(
        stage=stage, defaults={"share": share, "source": source, "changed_at": now}
    )
    return mark


def flag_counts() -> dict[str, int]:
    """People with each flag beside the stages; each by its own narrow index. Two queries."""
    return {
        "advocate": Standing.objects.filter(advocate=True).count(),
        "churn_risk": Standing.objects.filter(churn_risk=True).count(),
    }


def daily_heads(period: Period) -> dict[str, list[int]]:
    """Heads by stage at the end of each day of a period, for the line of a trend. One query."""
    rows: dict[date, dict[str, int]] = defaultdict(dict)
    for day, stage, people in StageDay.objects.filter(
        day__gte=period.eve, day__lte=period.until
    ).values_list("day", "stage", "people"):
        rows[day][stage] = people
    days = sorted(rows)
    stages = {stage for counts in rows.values() for stage in counts}
    return {stage: [rows[day].get(stage, 0) for day in days] for stage in stages}
