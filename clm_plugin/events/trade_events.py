"""What is bought and sold: baskets, checkouts, orders, stock and prices."""

from __future__ import annotations

from dataclasses import dataclass

from clm_plugin.events.payload import Payload


@dataclass(frozen=True, kw_only=True)
class BasketChanged(Payload):
    """The basket as it is now: parallel tuples, a line each."""

    type = "basket.changed"
    basket_id: str
    product_ids: tuple[str, ...] = ()
    category_ids: tuple[str, ...] = ()
    quantities: tuple[int, ...] = ()
    total_minor: int = 0
    currency: str = ""


@dataclass(frozen=True, kw_only=True)
class BasketMerged(Payload):
    type = "basket.merged"
    basket_id: str
    into: str


@dataclass(frozen=True, kw_only=True)
class VoucherApplied(Payload):
    type = "voucher.applied"
    basket_id: str
    code: str


@dataclass(frozen=True, kw_only=True)
class VoucherRemoved(Payload):
    type = "voucher.removed"
    basket_id: str
    code: str


@dataclass(frozen=True, kw_only=True)
class CheckoutStarted(Payload):
    type = "checkout.started"
    basket_id: str = ""


@dataclass(frozen=True, kw_only=True)
class PaymentReached(Payload):
    type = "payment.reached"
    basket_id: str = ""


@dataclass(frozen=True, kw_only=True)
class OrderPlaced(Payload):
    """Line data are parallel tuples; ``costs_minor`` is -1 where the shop knows no cost.

    ``taxes_minor`` (the tax in each total), ``discounts_minor`` (what was taken off each line),
    ``discounted_quantities`` (of how many of its units, 0: of all) and ``gift_cards`` (1 or 0) are
    empty when they would be all zero, and in events of older versions.
    """

    type = "order.placed"
    order_id: str
    basket_id: str = ""
    email: str = ""
    first_name: str = ""
    country: str = ""
    currency: str
    total_minor: int
    product_ids: tuple[str, ...] = ()
    category_ids: tuple[str, ...] = ()
    quantities: tuple[int, ...] = ()
    totals_minor: tuple[int, ...] = ()
    costs_minor: tuple[int, ...] = ()
    taxes_minor: tuple[int, ...] = ()
    discounts_minor: tuple[int, ...] = ()
    discounted_quantities: tuple[int, ...] = ()
    gift_cards: tuple[int, ...] = ()
    shipping_minor: int = 0
    shipping_tax_minor: int = 0
    credit_minor: int = 0
    """How much of ``total_minor`` was paid with store credit."""
    codes: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class OrderStatusChanged(Payload):
    type = "order.status_changed"
    order_id: str
    old: str = ""
    new: str = ""


@dataclass(frozen=True, kw_only=True)
class OrderLineStatusChanged(Payload):
    type = "order.line_status_changed"
    order_id: str
    product_id: str = ""
    old: str = ""
    new: str = ""


@dataclass(frozen=True, kw_only=True)
class OrderCancelled(Payload):
    type = "order.cancelled"
    order_id: str


@dataclass(frozen=True, kw_only=True)
class OrderRefunded(Payload):
    type = "order.refunded"
    order_id: str
    refund_id: str
    amount_minor: int
    currency: str
    tender: str = ""
    """What it went back to; ``store-credit``: to the credit of the order, and no money moved."""


@dataclass(frozen=True, kw_only=True)
class ReviewAdded(Payload):
    type = "review.added"
    product_id: str
    score: int = 0


@dataclass(frozen=True, kw_only=True)
class WishListChanged(Payload):
    type = "wishlist.changed"
    product_id: str
    added: bool = True


@dataclass(frozen=True, kw_only=True)
class StockChanged(Payload):
    type = "stock.changed"
    product_id: str
    stock: int = 0


@dataclass(frozen=True, kw_only=True)
class PriceChanged(Payload):
    type = "price.changed"
    product_id: str
    price_minor: int = 0
    currency: str = ""
