"""Life events in time: what a date says, when it comes back, what orders point to. Pure."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import datetime

_EARLIEST, _LATEST = 1900, 2200
_LEAP_DAY = 29


def read_date(text: str) -> date | None:
    """A day as ISO 8601 (``2026-05-01``; a time behind it is left out); None when it is none."""
    try:
        found = date.fromisoformat(text.strip()[:10])
    except ValueError:
        return None
    return found if _EARLIEST <= found.year <= _LATEST else None


def month_day(on: date | None) -> int | None:
    """A day without its year as a number that sorts: month x 100 + day."""
    return None if on is None else on.month * 100 + on.day


def in_year(on: date, year: int) -> date:
    """The day in another year. 29 February is 28 February where there is none: still her month."""
    if on.month == 2 and on.day == _LEAP_DAY:
        return date(year, 3, 1) - timedelta(days=1)
    return on.replace(year=year)


def next_occurrence(on: date, today: date, *, yearly: bool) -> date | None:
    """When a dated event comes next, today included; None for one that is over for good."""
    if on >= today:
        return on
    if not yearly:
        return None
    this_year = in_year(on, today.year)
    return this_year if this_year >= today else in_year(on, today.year + 1)


def inferred_until(newest: datetime, nth: datetime, within: timedelta) -> datetime | None:
    """Until when orders point to a life event; None when they never stood close enough.

    ``newest`` is the latest order, ``nth`` the earliest of as many as are needed.
    """
    return nth + within if newest - nth <= within else None
