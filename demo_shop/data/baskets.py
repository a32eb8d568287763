"""Cleans the real order lines and groups them into baskets. Used by ``prepare`` only."""

from __future__ import annotations

import math
import re
from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

# Real items have five digits and at most a few letters; POST, DOT, M, BANK CHARGES … have not.
ITEM_CODE = re.compile(r"\d{5}[A-Z]{0,2}")
# The real customers are partly trade buyers. A shopper spends about this much on one thing.
SHOPPER_SPEND = 1200
MOST_OF_ONE = 6


@dataclass(frozen=True)
class RawLine:
    """One row of the source."""

    invoice: str
    code: str
    quantity: int
    at: datetime
    price: float
    customer: int
    country: str


@dataclass
class Basket:
    """One invoice: item code -> [quantity, pence]."""

    customer: int
    country: str
    at: datetime
    lines: dict[str, list[int]] = field(default_factory=dict)


def clean(rows: Iterable[tuple[Any, ...]]) -> list[RawLine]:
    """Drop cancellations, non-items, free or negative rows and rows without a customer."""
    kept = []
    for invoice, code, quantity, at, price, customer, country in rows:
        # A cancellation's number begins with a C.
        if customer is None or not str(invoice).isdigit() or not ITEM_CODE.fullmatch(str(code)):
            continue
        if quantity > 0 and price > 0:
            kept.append(RawLine(invoice, code, quantity, at, price, customer, country))
    return kept


def popularity(lines: list[RawLine]) -> dict[str, int]:
    """The rank (0 is the best seller) of every item by number of order lines."""
    counts = Counter(line.code for line in lines)
    ranked = sorted(counts, key=lambda code: (-counts[code], code))
    return {code: rank for rank, code in enumerate(ranked)}


def usual_prices(lines: list[RawLine]) -> dict[str, int]:
    """The price most often paid for each item, in pence; the higher one on a tie."""
    seen: dict[str, Counter[int]] = defaultdict(Counter)
    for line in lines:
        seen[line.code][round(line.price * 100)] += 1
    return {code: max(c, key=lambda price: (c[price], price)) for code, c in seen.items()}


def retail_quantity(quantity: int, price: int) -> int:
    """Scale a trade quantity to what one household buys: fewer of what costs more."""
    # Trade buyers take packs of 6, 12 or 48. The root keeps who took more, at a household's size.
    cap = max(1, min(MOST_OF_ONE, SHOPPER_SPEND // price))
    return min(math.isqrt(quantity), cap)


def retail_price(paid: int, usual: int) -> int:
    """Keep the price really paid unless it is so far off that it must be a slip or a trade deal."""
    return paid if usual * 7 <= paid * 10 <= usual * 15 else usual


def group(lines: list[RawLine], prices: dict[str, int]) -> dict[str, Basket]:
    """Baskets by invoice, restricted to the items in ``prices``."""
    baskets: dict[str, Basket] = {}
    for line in lines:
        usual = prices.get(line.code)
        if usual is None:
            continue
        basket = baskets.setdefault(line.invoice, Basket(line.customer, line.country, line.at))
        paid = retail_price(round(line.price * 100), usual)
        slot = basket.lines.setdefault(line.code, [0, paid])
        slot[0] += line.quantity
    for basket in baskets.values():
        for code, slot in basket.lines.items():
            slot[0] = retail_quantity(slot[0], prices[code])
    return baskets
