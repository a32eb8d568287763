"""Statements as templates show them: amounts and days are finished words. Frozen; no framework."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class LotWords:
    """A part of somebody's credit. ``until`` is empty when it does not expire, ``opens`` when it
    is open already (then ``since`` is the day), ``held`` when none of it waits for an order."""

    amount: str
    programme: str
    source: str
    opens: str
    since: str
    until: str
    held: str
    opens_at: datetime
    expires_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Terms:
    """What the credit of a programme can buy, sentence by sentence."""

    programme: str
    sentences: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Purse:
    """What somebody holds in one currency. Empty amounts are none."""

    currency: str
    available: str
    available_minor: int
    pending: str
    next_opening: str
    """How much of ``pending`` opens next; empty when that is all of it. So ``next_expiry``."""
    opens: str
    held: str
    debt: str
    next_expiry: str
    next_until: str
    lots: tuple[LotWords, ...] = ()
    more: int = 0
    """Lots that are left out of ``lots``."""
    terms: tuple[Terms, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """A line of somebody's history. ``sentence`` may hold a link; ``plain`` is without."""

    at: datetime
    day: str
    sentence: str
    plain: str
    note: str
    """The shop's own words, where it corrected something."""
    amount: str
    amount_minor: int
    currency: str
    programme: str
    order_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Way:
    """How credit of a programme is earned, and what becomes of it, sentence by sentence."""

    programme: str
    earn: tuple[str, ...]
    small_print: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Statement:
    """The account page. ``older``: where the next page of the history begins; None at its end."""

    purses: tuple[Purse, ...] = ()
    history: tuple[Line, ...] = ()
    older: int | None = None
    ways: tuple[Way, ...] = ()
    zone: str = ""

    @property
    def is_empty(self) -> bool:
        return not self.purses and not self.history


@dataclass(frozen=True, slots=True, kw_only=True)
class Chip:
    """A few words for any page: what can be spent, and until when the first of it."""

    amount: str
    """Empty: nothing can be spent yet."""
    until: str
    """A short day; empty when nothing of it expires."""
    is_part: bool = False
    """Only a part of ``amount`` ends then."""
    parts: tuple[tuple[str, str], ...] = ()
    """Amount and its last day in full, soonest first."""
    rest: str = ""
    """What is good for longer than all of these; empty when nothing is."""
    pending: str = ""
    opens: str = ""
    opens_day: str = ""
    """A short day; the others say it in full."""


@dataclass(frozen=True, slots=True, kw_only=True)
class NotCounted:
    """A line of a basket (or, without title, all of it) that earns nothing, and why."""

    title: str
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Earns:
    """What a purchase earns of one programme.

    ``amount`` is empty when that is nothing yet; ``missing`` and ``gain`` say what more would earn
    how much more. ``opens`` is empty when it can be spent at once.
    """

    programme: str
    amount: str
    amount_minor: int
    opens: str = ""
    until: str = ""
    missing: str = ""
    gain: str = ""
    not_counted: tuple[NotCounted, ...] = field(default=())


@dataclass(frozen=True, slots=True, kw_only=True)
class Hint:
    """What one product earns. ``at_least``: its variants differ, and others earn more. Where it
    earns nothing by itself, ``amount`` is empty and ``rule`` says how the programme counts."""

    programme: str
    amount: str
    at_least: bool
    rule: str
