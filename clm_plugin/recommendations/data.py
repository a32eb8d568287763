"""What fits together, as it crosses the door: frozen, no Django, no numpy."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from clm_plugin.money import Money
    from clm_plugin.shop.api import Product


@dataclass(frozen=True, slots=True, kw_only=True)
class Floors:
    """What a pair must reach to be suggested at all; the same for every shop.

    ``together`` orders with both, so that chance is not taken for taste; ``lift`` above which
    the pair is bought together more often than two strangers would be; ``confidence``, the share
    of the product's orders that hold the other.
    """

    together: int = 3
    lift: float = 1.2
    confidence: float = 0.01


@dataclass(frozen=True, slots=True, kw_only=True)
class Neighbour:
    """``product_id`` is often in the same order as some other product.

    together: orders with both; support: their share of all orders; confidence: P(this | other);
    lift: confidence / P(this); score: what neighbours are ranked by (higher is better).
    """

    product_id: str
    together: int
    support: float
    confidence: float
    lift: float
    score: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Suggestion:
    """A product to show now: it can be bought, and ``reason`` says truthfully why it is here."""

    product: Product
    neighbour: Neighbour
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Bundle:
    """A product and what goes with it. ``total`` is None when a price is unknown or mixed."""

    product: Product
    suggestions: tuple[Suggestion, ...] = ()
    total: Money | None = None
