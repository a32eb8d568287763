"""When the owner of a granted offer is told that it ends. Pure."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import datetime

    from clm_plugin.offers.plan import Offer

DAYS = (7, 1)
"""How many days before the end."""


def ends_at(expires_at: datetime | None, offer: Offer | None) -> datetime | None:
    """When a grant really ends: with itself or with its offer, whichever is sooner."""
    ends = (expires_at, offer.closes_at if offer is not None else None)
    return min((at for at in ends if at is not None), default=None)


def next_mark(granted_at: datetime, end: datetime | None, *, after: datetime) -> datetime | None:
    """The first moment after ``after`` at which there is something to tell; None: none is left."""
    return min((at for at, _ in _marks(granted_at, end) if at > after), default=None)


def due_mark(
    granted_at: datetime, end: datetime | None, *, since: datetime, now: datetime
) -> int | None:
    """How many days before the end she is to be told of now, for marks from ``since`` to ``now``.

    After a pause the last mark says it all; of what has ended meanwhile nothing is told.
    """
    if end is None or end <= now:
        return None
    return min((days for at, days in _marks(granted_at, end) if since <= at <= now), default=None)


def _marks(granted_at: datetime, end: datetime | None) -> list[tuple[datetime, int]]:
    """Those that lie inside its life: what is given for three days is not told of a week before."""
    if end is None:
        return []
    marks = [(end - timedelta(days=days), days) for days in DAYS]
    return [(at, days) for at, days in marks if at > granted_at]
