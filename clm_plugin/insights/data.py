"""Numbers as they cross the door; no Django. Money in minor units of its currency."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID


@dataclass(frozen=True, slots=True)
class Total:
    """A sum of money, without the upper bound of ``Money``: a month of rupiah is a long number."""

    minor: int
    currency: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Flow:
    """How many moves there were from a stage to another; ``source`` is empty for newcomers."""

    source: str
    target: str
    moves: int


@dataclass(frozen=True, slots=True, kw_only=True)
class StageFigure:
    """One stage on the board: who is there now, and how that came about in the window."""

    stage: str
    now: int
    before: int
    """Head-count at the start of the window, reckoned back from the moves."""
    share: float
    """Of all profiles, 0 to 1."""
    entered: int
    left: int

    @property
    def change(self) -> int:
        return self.now - self.before


@dataclass(frozen=True, slots=True, kw_only=True)
class CampaignNumbers:
    """What a campaign did in a window, from decisions to credited orders.

    ``decided`` counts every decision; ``eligible`` those that the audience and the trigger let
    through; ``held_out`` the eligible ones kept back to measure by; ``yes`` those of the rest that
    no guardrail stopped. ``delivered``: mails sent and widgets seen. ``margin`` is net of refunds
    and cancelled orders, one amount a currency.
    """

    campaign: str
    decided: int = 0
    eligible: int = 0
    held_out: int = 0
    yes: int = 0
    delivered: int = 0
    clicked: int = 0
    orders: int = 0
    revenue: tuple[Total, ...] = ()
    margin: tuple[Total, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Reason:
    """A rule that said no, how often, and when last."""

    rule: str
    count: int
    latest_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Happening:
    """An event of a profile, as its timeline shows it."""

    id: UUID
    type: str
    occurred_at: datetime
    source: str
    payload: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Cursor:
    """Where a page of the timeline ended; the next one starts behind it."""

    at: datetime
    id: UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class TimelinePage:
    """Events, newest first; ``older`` is None on the last page.

    ``before`` is the happening just behind the page, so that a change on its last row can be told.
    """

    happenings: tuple[Happening, ...]
    older: Cursor | None = None
    before: Happening | None = None
