"""What every basket asks for, kept in memory for some seconds: a shop with offers costs a visitor
without any no query at all.

What may be late by these seconds decides nothing for good: limits are counted, and codes and
grants reserved, in the database before a card is charged.
"""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from datetime import datetime
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from clm_plugin.adapters.oscar.catalogue import gift_cards
from clm_plugin.adapters.oscar.offers_basket import categories_above
from clm_plugin.adapters.oscar.offers_rows import conditional_offers
from clm_plugin.offers import api as offers

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

FRESH_SECONDS = 5.0


@dataclass(slots=True, kw_only=True)
class Memory:
    """The offers of one process, at most ``FRESH_SECONDS`` old."""

    plans: Mapping[str, offers.Offer]
    """Published offers, by key."""
    rows: dict[str, Any]
    """Their ConditionalOffers, by key."""
    spent: frozenset[str]
    """Offers that nobody can use at present: a limit or the budget is reached."""
    has_passes: bool
    read_at: float
    _cards: dict[Any, bool] = field(default_factory=dict)
    _kinds: dict[Any, tuple[str, ...]] = field(default_factory=dict)

    def at_checkout(self, *given: str, now: datetime) -> dict[str, offers.Offer]:
        """Open offers that change an order and are given in one of these ways, by key."""
        return {
            key: plan
            for key, plan in self.plans.items()
            if plan.given in given and key in self.rows and self.is_usable(plan, now)
        }

    def is_usable(self, plan: offers.Offer, now: datetime) -> bool:
        kind = plan.effect.kind
        return kind in offers.AT_CHECKOUT and plan.is_open(now) and plan.key not in self.spent

    def gift_cards(self, products: Iterable[Any]) -> set[Any]:
        """Which of these top-level products are gift cards; asked once for each."""
        asked = set(products)
        if unknown := asked - self._cards.keys():
            found = gift_cards(unknown)
            self._cards |= {pk: pk in found for pk in unknown}
        return {pk for pk in asked if self._cards[pk]}

    def categories(self, products: Iterable[Any]) -> Mapping[Any, tuple[str, ...]]:
        """Categories of these top-level products and all above them; asked once for each."""
        if unknown := set(products) - self._kinds.keys():
            found = categories_above(unknown)
            self._kinds |= {pk: found.get(pk, ()) for pk in unknown}
        return MappingProxyType(self._kinds)


_held: Memory | None = None


def memory(now: datetime) -> Memory:
    """What is known of offers; a few queries when it is not fresh. Raises database errors."""
    global _held
    held = _held
    if held is None or time.monotonic() - held.read_at > FRESH_SECONDS:
        plans = offers.live_offers()
        found = [plan for plan in plans.values() if plan.effect.kind in offers.AT_CHECKOUT]
        has_passes = offers.has_passes(now)
        held = _held = Memory(
            plans=plans,
            rows=conditional_offers(found, with_pass=has_passes) if found or has_passes else {},
            spent=offers.used_up({plan.key: plan for plan in found}, now=now),
            has_passes=has_passes,
            read_at=time.monotonic(),
        )
    return held


def forget() -> None:
    """Read everything anew at the next basket (a limit was reached; tests)."""
    global _held
    _held = None
