"""Gifts: free once they are in the basket.

Nothing is put into a basket unasked: the shopper adds the gift by a button, with the shop's own
rules of stock and quantity, and its line costs nothing. A gift that is out of stock is not shown.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

from clm_plugin.adapters.oscar.catalogue import read_products
from clm_plugin.adapters.oscar.offers_basket import can_be_discounted, left_minor, lines_of
from clm_plugin.adapters.oscar.offers_shown import OpenGift, open_gift
from clm_plugin.offers import api as offers

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from clm_plugin.adapters.oscar.offers_candidates import Found


@dataclass(frozen=True, slots=True)
class Gift:
    """Units of a line that are free, and what they would cost."""

    candidate: offers.Candidate
    line: Any
    units: int
    minor: int


@dataclass(frozen=True)
class Gifts:
    """The gifts that are in the basket."""

    gifts: tuple[Gift, ...] = ()

    @classmethod
    def of(cls, basket: Any, candidates: Iterable[offers.Candidate]) -> Gifts:
        lines = [line for line in lines_of(basket) if can_be_discounted(line)]
        found, taken = [], set()
        for each in candidates:
            effect = each.offer.effect
            if effect.kind != "gift":
                continue
            for line in lines:
                ids = {str(line.product_id), str(line.product.parent_id)}
                if effect.product_id in ids and line.pk not in taken:
                    taken.add(line.pk)
                    units = min(effect.quantity, line.quantity)
                    minor = left_minor(line, 0) - left_minor(line, units)
                    found.append(Gift(each, line, units, minor))
                    break
        return cls(tuple(gift for gift in found if gift.minor > 0))

    @property
    def candidates(self) -> list[offers.Candidate]:
        return [gift.candidate for gift in self.gifts]

    @cached_property
    def units(self) -> dict[Any, int]:
        return {gift.line.pk: gift.units for gift in self.gifts}

    @cached_property
    def prices(self) -> dict[str, int]:
        """What one gift is worth by product, for it to be weighed against discounts."""
        return {
            gift.candidate.offer.effect.product_id: gift.minor
            // max(gift.candidate.offer.effect.quantity, 1)
            for gift in self.gifts
        }

    def of_candidate(self, candidate: offers.Candidate) -> list[Gift]:
        return [gift for gift in self.gifts if gift.candidate is candidate]

    def without(self, lost: Sequence[offers.Candidate]) -> Gifts:
        return Gifts(tuple(gift for gift in self.gifts if gift.candidate not in lost))


def waiting(
    candidates: Iterable[offers.Candidate],
    gifts: Gifts,
    basket: offers.Basket,
    stack: offers.Stack,
    found: Found,
) -> tuple[list[offers.Offer], list[offers.Refused]]:
    """Gifts that are not in the basket: those that would be free in it, and why others are not."""
    used = [each.candidate.offer for each in stack.applied]
    inside = {line.product_id for line in basket.lines} | {line.parent_id for line in basket.lines}
    open_: list[offers.Offer] = []
    refused: list[offers.Refused] = []
    for each in candidates:
        effect = each.offer.effect
        if effect.kind != "gift" or effect.product_id in inside:
            continue
        basket.gift_minor[effect.product_id] = 1
        alone = offers.stacking([each], basket, now=found.now)
        refused += alone.refused
        against = [plan.title for plan in used if not offers.combine(each.offer, plan)]
        if alone.applied and against:
            inputs = {"others": against}
            refused.append(offers.Refused(candidate=each, reason="not_with", inputs=inputs))
        elif alone.applied:
            open_.append(each.offer)
    return open_, refused


def open_gifts(plans: Sequence[offers.Offer]) -> tuple[OpenGift, ...]:
    """Those of them that can be put into the basket now; eight queries, none without a gift."""
    if not plans:
        return ()
    products = read_products([plan.effect.product_id for plan in plans])
    found = []
    for plan in plans:
        product = products.get(plan.effect.product_id)
        if product is None or not product.is_available:
            continue
        if product.stock is not None and product.stock < plan.effect.quantity:
            continue
        gift = open_gift(plan, product)
        if gift is not None:
            found.append(gift)
    return tuple(found)
