"""What time alone makes due here: reservations that ran out, and codes that were asked for."""

from __future__ import annotations

from typing import TYPE_CHECKING

from clm_plugin.offers.codes import make_due, next_making
from clm_plugin.offers.settling import free_due
from clm_plugin.offers.settling import next_due as next_free

if TYPE_CHECKING:
    from datetime import datetime


def sweep_due(*, now: datetime) -> int:
    """All reservations that ran out, and one part of a batch of codes; how many of both.

    Each part is a transaction of its own; two statements where nothing is due.
    """
    total = 0
    while freed := free_due(now=now):
        total += freed
    return total + make_due(now=now)


def next_due() -> datetime | None:
    """The next moment at which there is something to do; None: nothing waits."""
    return min((at for at in (next_free(), next_making()) if at is not None), default=None)
