"""Bringing the counters up to date: by day, from the floors below.

``refresh`` is called every few seconds and counts what today's rows and late news changed; it
keeps itself to a hundredth of the time (but waits ten minutes at most), so a store of millions is
counted every minute or so and a small one at once. ``recount`` goes over many days: in the night,
and after a back-fill. Every day is counted as a whole and replaces what was there, so doing it
twice changes nothing.
"""

from __future__ import annotations

import time
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING

from django.db import transaction
from django.db.models import Count, F, Max, Min, Q
from django.utils import timezone

from clm_plugin.insights.contact_counts import campaign_keys, count_contacts
from clm_plugin.insights.data import Flow
from clm_plugin.insights.models import StageDay, StageFlow, Tally
from clm_plugin.insights.order_counts import count_levels, count_orders, measure_earnings
from clm_plugin.insights.periods import LONGEST, Period, bounds
from clm_plugin.insights.rules import People, net, set_right
from clm_plugin.insights.segment_counts import count_memberships
from clm_plugin.lifecycle.models import StageChange, Standing
from clm_plugin.profiles.models import OrderFact

if TYPE_CHECKING:
    from collections.abc import Iterable

OUR_CAUSES = ("model", "gap", "rebuild", "merge", "unmerge")
"""Causes of moves that are not the people's own doing."""
LEAST_WAIT, MOST_WAIT = timedelta(seconds=10), timedelta(minutes=10)
_SHARE = 100
"""Counting rests at least so many times as long as it took."""
_OVERLAP = 5_000
"""Moves read again behind the newest known one: their transactions may have ended later."""
_READ = 20_000
"""Moves up to which each one's day is looked at."""
NIGHTS = 35
"""Days that the night counts anew: what was told late, cancelled or sent meanwhile."""


def refresh(*, now: datetime) -> bool:
    """Count today, and the days of moves that were told since; False where it is too early."""
    tally = Tally.objects.filter(id=1).first()
    today = local_day(now)
    if tally is None:
        recount(now=now)
        return True
    wait = min(max(LEAST_WAIT, timedelta(milliseconds=tally.cost_ms * _SHARE)), MOST_WAIT)
    if timedelta(0) <= now - tally.counted_at < wait:
        return False
    newest = _newest_change()
    days = {today} | _days_since(local_day(tally.counted_at), today)
    moved = {today} | days
    if newest != tally.last_change:
        moved |= _days_told(tally.last_change - _OVERLAP, today)
    _count(moved_days=moved, other_days=days, now=now, newest=newest)
    return True


def recount(*, now: datetime, days: int | None = None) -> None:
    """Count the last ``days`` days anew; None: from the first day that anything is known of."""
    today = local_day(now)
    whole = days is None or not Tally.objects.exists()
    if days is None or whole:
        days = min((today - _first_day(today)).days + 1, LONGEST)
    if whole:  # what was counted before the history came in says nothing about the past
        StageDay.objects.all().delete()
    newest = _newest_change()
    every = set(Period(today - timedelta(days=days - 1), today).each())
    _count(moved_days=every, other_days=every, now=now, newest=newest)
    measure_earnings(now=now, day=today)
    Tally.objects.update(cost_ms=0)  # what a night costs says nothing about counting a day


def local_day(at: datetime) -> date:
    """The day of a moment in the shop's time zone."""
    return at.astimezone(timezone.get_default_timezone()).date()


def _count(
    *, moved_days: Iterable[date], other_days: Iterable[date], now: datetime, newest: int
) -> None:
    began = time.monotonic()
    today = local_day(now)
    zone = timezone.get_default_timezone()
    keys = campaign_keys()
    news = {day: count_flows(day, *bounds(Period(day, day), zone)) for day in sorted(moved_days)}
    for day in sorted(other_days):
        start, end = bounds(Period(day, day), zone)
        count_orders(day, start, end)
        count_contacts(day, start, end, keys)
        count_memberships(day, start, end, is_today=day == today)
    count_people(today)
    count_levels(today)
    _set_past_right({day: late for day, late in news.items() if late and day < today}, today)
    cost = round((time.monotonic() - began) * 1000)
    Tally.objects.update_or_create(
        id=1, defaults={"counted_at": now, "last_change": newest, "cost_ms": cost}
    )


def count_flows(day: date, start: datetime, end: datetime) -> People:
    """The moves of a day, by pair of stages; returns what they add to what was known of the day."""
    rows = (
        StageChange.objects.filter(changed_at__gte=start, changed_at__lt=end)
        .exclude(from_stage=F("to_stage"))
        .order_by()
        .annotate(ours=Q(cause__in=OUR_CAUSES))
        .values_list("from_stage", "to_stage", "ours")
        .annotate(moves=Count("*"))
    )
    with transaction.atomic():
        made = [
            StageFlow(day=day, source=source, target=target, ours=ours, moves=moves)
            for source, target, ours, moves in rows
        ]
        known = StageFlow.objects.filter(day=day)
        before = [_undone(row) for row in known]
        known.delete()
        StageFlow.objects.bulk_create(made, ignore_conflicts=True)
    return net([*(_flow(row) for row in made), *before])


def _flow(row: StageFlow) -> Flow:
    return Flow(source=row.source, target=row.target, moves=row.moves)


def _undone(row: StageFlow) -> Flow:
    return Flow(source=row.source, target=row.target, moves=-row.moves)


def count_people(day: date) -> None:
    """Who stands where, as of now, in the day's row."""
    # Of whole rows and not of a column: so the narrow index of stages is all that is read.
    rows = list(Standing.objects.order_by().values_list("stage").annotate(n=Count("*")))
    with transaction.atomic():
        StageDay.objects.filter(day=day).delete()
        StageDay.objects.bulk_create(
            [StageDay(day=day, stage=stage, people=people) for stage, people in rows],
            ignore_conflicts=True,
        )


def _set_past_right(news: dict[date, People], today: date) -> None:
    """The ends of past days: those that nobody counted, and those whose moves were told late."""
    eve = today - timedelta(days=1)
    first = min([eve, *(day - timedelta(days=1) for day in news)])
    if not news and StageDay.objects.filter(day=eve).exists():
        return
    if not StageDay.objects.filter(day__lt=today).exists():
        oldest = StageFlow.objects.aggregate(day=Min("day"))["day"] or today
        first = min(first, oldest - timedelta(days=1))
    days = Period(first, today).each()
    counted: dict[date, People] = {}
    for row in StageDay.objects.filter(day__in=days):
        counted.setdefault(row.day, {})[row.stage] = row.people
    flows: dict[date, list[Flow]] = {}
    for move in StageFlow.objects.filter(day__in=days):
        flows.setdefault(move.day, []).append(_flow(move))
    moves = {day: net(some) for day, some in flows.items()}
    found = set_right(counted, news, moves, days)
    with transaction.atomic():
        StageDay.objects.filter(day__in=list(found)).delete()
        StageDay.objects.bulk_create(
            [
                StageDay(day=day, stage=stage, people=count)
                for day, people in found.items()
                for stage, count in people.items()
            ],
            ignore_conflicts=True,
            batch_size=2_000,
        )


def _newest_change() -> int:
    return StageChange.objects.aggregate(newest=Max("pk"))["newest"] or 0


def _days_told(after: int, today: date) -> set[date]:
    """The days of the moves behind a key."""
    rows = StageChange.objects.filter(pk__gt=max(after, 0))
    told = rows.aggregate(first=Min("changed_at"), last=Max("changed_at"), moves=Count("pk"))
    if not told["moves"]:
        return set()
    if told["moves"] > _READ:  # a million at once: every day they may be of
        first, last = local_day(told["first"]), local_day(told["last"])
        found = set(Period(max(first, today - timedelta(days=LONGEST)), max(last, first)).each())
    else:
        found = {local_day(at) for at in rows.values_list("changed_at", flat=True)}
    return {day for day in found if timedelta(0) <= today - day < timedelta(days=LONGEST)}


def _days_since(last: date, today: date) -> set[date]:
    """Days that ended since the counters were brought up to date, the unfinished one included."""
    if last >= today:
        return set()
    return set(Period(max(last, today - timedelta(days=NIGHTS)), today).each())


def _first_day(today: date) -> date:
    moments = [
        StageChange.objects.aggregate(at=Min("changed_at"))["at"],
        OrderFact.objects.aggregate(at=Min("placed_at"))["at"],
    ]
    return min((local_day(at) for at in moments if at is not None), default=today)
