"""When a lot opens and when it expires, fixed as it is granted. Pure.

Days are the shop's: credit that is good for ten days is good until midnight at the end of the
tenth day by the shop's clock, summer time or not (reliability, case 36).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

if TYPE_CHECKING:
    from datetime import date

    from clm_plugin.wallet.plan import Programme


@dataclass(frozen=True, slots=True, kw_only=True)
class Terms:
    """``expires_at`` None: never."""

    opens_at: datetime
    expires_at: datetime | None


def terms(programme: Programme, at: datetime) -> Terms | None:
    """The terms of what is earned at a moment; None when it could never be spent."""
    opens_at = at + timedelta(days=programme.pending_days)
    if programme.redeem_from is not None:
        opens_at = max(opens_at, programme.redeem_from)
    ends = [end for end in (programme.redeem_until, _own_end(programme, opens_at)) if end]
    expires_at = min(ends, default=None)
    if expires_at is not None and expires_at <= opens_at:
        return None
    return Terms(opens_at=opens_at, expires_at=expires_at)


def _own_end(programme: Programme, opens_at: datetime) -> datetime | None:
    if programme.expiry.kind != "days":
        return None
    return end_of_day(opens_at, programme.zone, days=programme.expiry.days)


def end_of_day(at: datetime, zone: str, *, days: int = 0) -> datetime:
    """Midnight at the end of the day, ``days`` after the day of a moment, by a zone's clock."""
    local = ZoneInfo(zone)
    day = at.astimezone(local).date() + timedelta(days=days + 1)
    return start_of(day, zone).astimezone(at.tzinfo)


def start_of(day: date, zone: str) -> datetime:
    """The moment at which a day begins by a zone's clock."""
    return datetime(day.year, day.month, day.day, tzinfo=ZoneInfo(zone))


def last_day(end: datetime, zone: str) -> date:
    """The last day on which what ends at a moment is still good, as it is printed."""
    return (end.astimezone(ZoneInfo(zone)) - timedelta(microseconds=1)).date()
