"""The way of one person through the stages inside a batch.

A batch may hold a year of orders. Between two of them time went by and moved her; so each turning
point is taken in its turn: first the moves that time owed, then the placement after it.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from clm_plugin.conf import settings
from clm_plugin.lifecycle.data import Move

if TYPE_CHECKING:
    from clm_plugin.events.api import Event
    from clm_plugin.lifecycle.rules import PlaceFn
    from clm_plugin.profiles.api import FactRow

TIME = "time"
MODEL = "model"
ORDER = "order.placed"
TURNING = frozenset({ORDER, "customer.registered"})
"""Types of events that move people between stages whatever else is in the batch."""

_INSTANT = timedelta(microseconds=1)
GapAfter = Callable[[int, float | None], int]
"""(orders, own gap in days) -> the purchase gap that applies, in microseconds."""


@dataclass(frozen=True, slots=True, order=True)
class Turn:
    """A turning point: when, the type of the event, and what an order came to (minor units)."""

    at: datetime
    type: str
    minor: int = 0


def turn_of(event: Event) -> Turn:
    """The turning point that an event is; an order in another currency counts as no money."""
    data = event.payload
    own = event.type == ORDER and data.get("currency") == settings.CURRENCY
    return Turn(event.occurred_at, event.type, data.get("total_minor", 0) if own else 0)


class Way:
    """Somebody's way: the facts and the stage as they are at each point of it."""

    def __init__(
        self,
        start: FactRow,
        standing: tuple[str, datetime, datetime | None] | None,
        place: PlaceFn,
        gap_after: GapAfter,
    ) -> None:
        self.stage = standing[0] if standing else ""
        self.since = standing[1] if standing else None
        self.due = standing[2] if standing else None
        self.moves: list[Move] = []
        self.profile_id = start.profile_id
        self._start, self._place, self._gap_after = start, place, gap_after
        self._known, self._orders, self._spend = start.known, start.orders, start.spend_minor
        self._first, self._last = start.first_order_at, start.last_order_at

    def walk(self, turns: Sequence[Turn], until: datetime) -> None:
        """Take each turn, and all that time owes before each one and until ``until``.

        A turn from before her last known order is skipped: it changes sums, not the way she went.
        """
        for turn in sorted(turns):
            if self._last is not None and turn.at < self._last:
                continue
            # An event at the very moment wins over time: who comes back when due is not late.
            self.age(turn.at - _INSTANT)
            self._known = True
            if turn.type == ORDER:
                self._orders, self._spend = self._orders + 1, self._spend + turn.minor
                self._first, self._last = self._first or turn.at, turn.at
            self.place(turn.at, turn.type)
        self.age(until - _INSTANT)

    def place(self, at: datetime, cause: str) -> None:
        """Where the facts of this point put her at ``at``."""
        stage, self.due = self._placed(at)
        self.go(stage, at, cause)

    def age(self, to: datetime) -> None:
        """The moves that time owes until ``to``, each at its moment."""
        while self.due is not None and self.due <= to:
            at = self.due
            self.place(at, TIME)
            if self.due is not None and self.due <= at:
                break  # a due time must move on, or the loop would not end

    def go(self, stage: str, at: datetime, cause: str) -> None:
        if stage != self.stage:
            self.moves.append(
                Move(
                    profile_id=self._start.profile_id,
                    from_stage=self.stage,
                    to_stage=stage,
                    moved_at=at,
                    cause=cause,
                )
            )
            self.stage, self.since = stage, at

    def _placed(self, at: datetime) -> tuple[str, datetime | None]:
        orders, first, last, start = self._orders, self._first, self._last, self._start
        gap = None
        if orders > 1 and first is not None and last is not None:
            gap = (last - first).total_seconds() / 86_400 / (orders - 1)
        has_basket = start.basket_items and orders <= start.orders
        return self._place(
            self._known,
            start.product_views,
            orders,
            self._spend,
            last if orders else None,
            start.basket_at if has_basket else None,
            self._gap_after(orders, gap),
            at,
        )
