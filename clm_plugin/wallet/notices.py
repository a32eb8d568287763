"""When the owner of a lot is told of it. Pure."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from datetime import datetime

    Told = tuple[Literal["opened", "expiring"], int]

DAYS = (7, 1)
"""How many days before the end she is told."""


def next_notice(
    opens_at: datetime, expires_at: datetime | None, *, after: datetime
) -> datetime | None:
    """The first moment after ``after`` at which there is something to tell, or its end."""
    coming = [at for at, _, _ in _notices(opens_at, expires_at) if at > after]
    return min(coming, default=expires_at)


def due_notices(
    opens_at: datetime, expires_at: datetime | None, *, since: datetime, now: datetime
) -> list[Told]:
    """What is to be told of (kind, days before the end), for notices from ``since`` to ``now``.

    After a pause the last warning says it all: one a day before replaces one a week before, and
    of what has expired meanwhile nothing is told.
    """
    if expires_at is not None and expires_at <= now:
        return []
    due: list[Told] = [
        (kind, days) for at, kind, days in _notices(opens_at, expires_at) if since <= at <= now
    ]
    return [told for told in due if told[0] == "opened" or told == due[-1]]


def _notices(
    opens_at: datetime, expires_at: datetime | None
) -> list[tuple[datetime, Literal["opened", "expiring"], int]]:
    found: list[tuple[datetime, Literal["opened", "expiring"], int]] = [(opens_at, "opened", 0)]
    if expires_at is not None:
        for days in DAYS:
            at = expires_at - timedelta(days=days)
            if at > opens_at:  # a lot that opens on its last day says so once
                found.append((at, "expiring", days))
    return found
