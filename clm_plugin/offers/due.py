"""What time alone makes due here: reservations that ran out, grants whose end comes near, and codes
that were asked for."""

from __future__ import annotations

from typing import TYPE_CHECKING

from clm_plugin.offers.codes import make_due, next_making
from clm_plugin.offers.expiring import next_notice, notice_due
from clm_plugin.offers.settling import free_due
from clm_plugin.offers.settling import next_due as next_free

if TYPE_CHECKING:
    from datetime import datetime


def sweep_due(*, now: datetime) -> int:
    """All reservations that ran out, all grants that are to be told of, and one part of a batch of
    codes; how many of these.

    Each part is a transaction of its own; three statements where nothing is due.
    """
    total = 0
    while freed := free_due(now=now):
        total += freed
    while looked := notice_due(now=now):
        total += looked
    return total + make_due(now=now)


def next_due() -> datetime | None:
    """The next moment at which there is something to do; None: nothing waits."""
    times = (next_free(), next_notice(), next_making())
    return min((at for at in times if at is not None), default=None)
