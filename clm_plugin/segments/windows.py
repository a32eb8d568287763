"""The arithmetic of time in segments. Pure.

A window of n days holds what happened after ``now - n days``, however far in the future; what
happened at a moment leaves the window exactly n days later. Days are 24 hours, dates are UTC.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import UTC, date, datetime, time, timedelta

LEAP_DAY = 229


def start(now: datetime, days: int | None) -> datetime | None:
    """The moment after which the window holds things; None: it holds everything."""
    return None if days is None else now - timedelta(days=days)


def inside(at: datetime, now: datetime, days: int | None) -> bool:
    return days is None or at > now - timedelta(days=days)


def later(at: datetime, days: int) -> datetime:
    return at + timedelta(days=days)


def soonest(times: Iterable[datetime | None], now: datetime) -> datetime | None:
    """The first of the moments that is still to come."""
    return min((at for at in times if at is not None and at > now), default=None)


def today(now: datetime) -> date:
    return now.astimezone(UTC).date()


def midnight(day: date) -> datetime:
    """The moment at which a day begins."""
    return datetime.combine(day, time.min, tzinfo=UTC)


def month_day(day: date) -> int:
    """A day of any year: month x 100 + day."""
    return day.month * 100 + day.day


def month_days(first: date, last: date) -> list[tuple[int, int]]:
    """The days of the year in a window of dates, as ranges with both ends in them.

    A leap day is kept on 28 February in the years that have none.
    """
    if (last - first).days >= 365:
        return [(101, 1231)]
    low, high = month_day(first), month_day(last)
    ranges = [(low, high)] if first.year == last.year else [(low, 1231), (101, high)]
    years = (year for year in (first.year, last.year) if not _is_leap(year))
    if any(first <= date(year, 2, 28) <= last for year in years):
        ranges.append((LEAP_DAY, LEAP_DAY))
    return ranges


def occurrences(on: date, years: Iterable[int]) -> Iterator[date]:
    """When a yearly day falls in these years, never before its first time."""
    for year in years:
        leap = on.month == 2 and on.day == 29 and not _is_leap(year)
        day = date(year, 2, 28) if leap else on.replace(year=year)
        if day >= on:
            yield day


def _is_leap(year: int) -> bool:
    return year % 4 == 0 and (year % 100 != 0 or year % 400 == 0)
