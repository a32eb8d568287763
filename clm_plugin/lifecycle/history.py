"""The way of one person through the stages inside a batch. Pure.

A batch may hold a year of orders. Between two of them time went by and moved her; so each turning
point is taken in its turn: first the moves that time owed, then the placement after it.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from clm_plugin.lifecycle.data import Cutoffs, Move
from clm_plugin.lifecycle.rules import Situation, place

if TYPE_CHECKING:
    from clm_plugin.profiles.api import FactRow

TIME = "time"
ORDER = "order.placed"
TURNING = frozenset({ORDER, "customer.registered"})
"""Types of events that move people between stages whatever else is in the batch."""

_INSTANT = timedelta(microseconds=1)
CutoffsOf = Callable[[int, float | None], Cutoffs]
"""(orders, own gap in days) -> the cut-offs that apply."""


@dataclass(frozen=True, slots=True, order=True)
class Turn:
    """A turning point: when, and the type of the event."""

    at: datetime
    type: str


def walk(
    profile_id: int,
    start: FactRow,
    standing: tuple[str, datetime, datetime | None] | None,
    turns: Sequence[Turn],
    cutoffs_of: CutoffsOf,
    until: datetime,
) -> tuple[list[Move], str, datetime | None]:
    """The moves up to and with each turn, and those time owed until ``until``.

    ``start`` are the facts before the batch, ``standing`` is (stage, since, due). Returns the moves
    and the last stage with its beginning. A turn from before her last known order is skipped: it
    changes sums, not the way she went.
    """
    stage, since, due = standing or ("", None, None)
    orders, first, last = start.orders, start.first_order_at, start.last_order_at
    known, moves = start.known, []

    def here(at: datetime) -> tuple[str, datetime | None]:
        gap = None
        if orders > 1 and first is not None and last is not None:
            gap = (last - first).total_seconds() / 86_400 / (orders - 1)
        situation = Situation(
            known=known,
            product_views=start.product_views,
            orders=orders,
            last_order_at=last,
            basket_items=0 if orders > start.orders else start.basket_items,
            basket_at=start.basket_at,
        )
        placement = place(situation, cutoffs_of(orders, gap), at)
        return placement.stage, placement.due_at

    def go(to: str, at: datetime, cause: str) -> None:
        nonlocal stage, since
        if to != stage:
            moves.append(
                Move(profile_id=profile_id, from_stage=stage, to_stage=to, moved_at=at, cause=cause)
            )
            stage, since = to, at

    def age(to: datetime) -> None:
        nonlocal due
        while due is not None and due <= to:
            at = due
            next_stage, due = here(at)
            go(next_stage, at, TIME)
            if due is not None and due <= at:
                break  # a due time must move on, or the loop would not end

    for turn in sorted(turns):
        if last is not None and turn.at < last:
            continue
        # An event at the very moment wins over time: whoever comes back when due is not late.
        age(turn.at - _INSTANT)
        known = True
        if turn.type == ORDER:
            orders, first, last = orders + 1, first or turn.at, turn.at
        next_stage, due = here(turn.at)
        go(next_stage, turn.at, turn.type)
    age(until - _INSTANT)
    return moves, stage, since
