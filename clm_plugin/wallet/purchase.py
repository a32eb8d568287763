"""What is bought, as the rules of a programme look at it. Pure; money in minor units."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from clm_plugin.money import Money
    from clm_plugin.shop.api import Basket, Order


@dataclass(frozen=True, slots=True, kw_only=True)
class PricedLine:
    """One line. ``total_minor`` is what is paid for it: tax included, discounts taken off."""

    product_id: str
    quantity: int = 1
    total_minor: int
    tax_minor: int = 0
    """The tax in ``total_minor``."""
    parent_id: str | None = None
    category_ids: tuple[str, ...] = ()
    discount_minor: int = 0
    """What was taken off: ``total_minor`` is without it already."""
    discounted_quantity: int | None = None
    """Of how many units it was taken off; None: unknown, and then of all."""
    is_gift_card: bool = False
    title: str = ""

    @property
    def is_discounted(self) -> bool:
        """Whether any of it is reduced."""
        return self.discount_minor > 0

    @property
    def reduced_quantity(self) -> int:
        """How many of its units something was taken off."""
        if not self.is_discounted:
            return 0
        return min(self.discounted_quantity or self.quantity, self.quantity)

    @property
    def full_price_minor(self) -> int:
        """What of ``total_minor`` is for units at their full price: one free ornament of 38 makes
        37 of them no cheaper."""
        if not self.is_discounted or self.quantity <= 0:
            return self.total_minor
        full = self.quantity - self.reduced_quantity
        return min(
            (self.total_minor + self.discount_minor) * full // self.quantity, self.total_minor
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Purchase:
    """A basket before payment, or an order. One currency."""

    currency: str
    lines: tuple[PricedLine, ...] = ()
    shipping_minor: int = 0
    """Tax included."""
    shipping_tax_minor: int = 0
    paid_by_credit_minor: int = 0
    discount_minor: int = 0
    """What was taken off the lines, for display: their totals are without it already."""
    codes: tuple[str, ...] = ()
    """Voucher codes that were used."""

    @property
    def total_minor(self) -> int:
        """All that is paid, by credit or otherwise."""
        return sum(line.total_minor for line in self.lines) + self.shipping_minor


def purchase_of(basket: Basket | Order) -> Purchase:
    """What the shop tells of a priced basket or an order, for the rules."""
    return Purchase(
        currency=basket.total.currency,
        lines=tuple(
            PricedLine(
                product_id=line.product_id,
                parent_id=line.parent_id,
                category_ids=line.category_ids,
                quantity=line.quantity,
                total_minor=line.total.minor,
                tax_minor=_minor(line.tax),
                discount_minor=_minor(line.discount),
                discounted_quantity=line.discounted_quantity,
                is_gift_card=line.is_gift_card,
                title=line.title,
            )
            for line in basket.lines
        ),
        shipping_minor=_minor(basket.shipping),
        shipping_tax_minor=_minor(basket.shipping_tax),
        paid_by_credit_minor=_minor(basket.paid_by_credit),
        discount_minor=_minor(basket.discount),
        codes=basket.codes,
    )


def _minor(money: Money | None) -> int:
    return 0 if money is None else money.minor
