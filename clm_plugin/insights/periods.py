"""Periods of whole days, and the one before to compare with. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta, tzinfo

LONGEST = 1_100
"""Days a period may have: three years, so that no address can ask for more rows than that."""


@dataclass(frozen=True, slots=True)
class Period:
    """Days from ``since`` to ``until``, both included."""

    since: date
    until: date

    def __post_init__(self) -> None:
        if self.until < self.since:
            raise ValueError(f"a period cannot end ({self.until}) before it begins ({self.since})")

    @property
    def days(self) -> int:
        return (self.until - self.since).days + 1

    @property
    def eve(self) -> date:
        """The day before it begins: its end is the state that the period starts from."""
        return self.since - timedelta(days=1)

    @property
    def previous(self) -> Period:
        """As many days, right before."""
        return Period(self.since - timedelta(days=self.days), self.eve)

    def each(self) -> list[date]:
        """Its days, the first one first."""
        return [self.since + timedelta(days=n) for n in range(self.days)]


def last_days(days: int, today: date) -> Period:
    """Today and the days before it, ``days`` in all."""
    return Period(today - timedelta(days=days - 1), today)


def between(since: date, until: date, today: date) -> Period:
    """The period between two dates, in whichever order, cut off at today and at ``LONGEST``."""
    first, last = sorted((since, until))
    last = min(last, today)
    first = min(first, last)
    return Period(max(first, last - timedelta(days=LONGEST - 1)), last)


def starts(day: date, zone: tzinfo) -> datetime:
    """When a day begins in a time zone (a missing midnight: the first moment there is)."""
    return datetime.combine(day, time.min, tzinfo=zone)


def bounds(period: Period, zone: tzinfo) -> tuple[datetime, datetime]:
    """First moment of a period, and the first one behind it."""
    return starts(period.since, zone), starts(period.until + timedelta(days=1), zone)
