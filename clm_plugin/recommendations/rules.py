"""How strongly products belong together. Pure: plain numbers in, plain numbers out.

One setting for every shop. It was chosen on orders before the test part of two data sets (a gift
shop and a grocer) and is measured by benchmark F13; see docs/reference/benchmarks.md.
"""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

from clm_plugin.money import Money, MoneyError

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Sequence

    from clm_plugin.recommendations.data import Neighbour
    from clm_plugin.shop.api import Product

PER_PRODUCT = 20
"""Neighbours kept for each product."""
SHRINK = 20
"""Orders without the other product that are added to each product's own.

score = together / (orders + SHRINK) * ln(lift): confidence x log(lift), with the confidence of
seldom-sold products drawn towards zero (few orders prove little).
"""
VOTERS = 10
"""In a basket each product votes for its best so many neighbours …"""
SHARPNESS = 1.5
"""… with its score to this power, so that one close relation outweighs several loose ones."""


def vote(
    lists: Iterable[Sequence[Neighbour]], *, exclude: Collection[str] = ()
) -> list[tuple[str, float]]:
    """Product ids and weights, best first, for a basket: ``lists`` holds each product's neighbours.

    Neighbours must be in order of rank. Ties go to the smaller id, so equal input gives equal
    output.
    """
    weights: defaultdict[str, float] = defaultdict(float)
    for neighbours in lists:
        for neighbour in neighbours[:VOTERS]:
            weights[neighbour.product_id] += neighbour.score**SHARPNESS
    ranked = [(key, weight) for key, weight in weights.items() if key not in exclude]
    return sorted(ranked, key=lambda pair: (-pair[1], pair[0]))


def total_price(products: Iterable[Product]) -> Money | None:
    """What the products cost together; None when one has no price or currencies differ."""
    prices = [product.price for product in products]
    try:
        first, *rest = prices
        if first is None:
            return None
        for price in rest:
            if price is None:
                return None
            first = first + price
    except (ValueError, MoneyError):
        return None
    return first
