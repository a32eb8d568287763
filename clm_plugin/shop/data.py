"""What a shop tells us, frozen and free of any framework. Ids are the shop's own, as strings."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from clm_plugin.money import Money


@dataclass(frozen=True, slots=True, kw_only=True)
class Customer:
    """An account of the shop."""

    id: str
    email: str
    first_name: str = ""
    last_name: str = ""
    language: str = ""
    registered_at: datetime | None = None
    is_staff: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Category:
    id: str
    name: str
    url: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Variant:
    """One buyable form of a parent product; ``label`` is what a picker shows ("Red", "Large")."""

    id: str
    label: str
    price: Money | None
    is_available: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Product:
    """A product as a shopper sees it. ``variants`` is empty unless it is a parent."""

    id: str
    title: str
    url: str
    image_url: str = ""
    price: Money | None = None
    is_available: bool = False
    """Can be bought now (a parent: at least one variant can)."""
    stock: int | None = None
    """Units left; None when the shop does not track it."""
    parent_id: str | None = None
    category_ids: tuple[str, ...] = ()
    variants: tuple[Variant, ...] = ()
    is_gift_card: bool = False
    """Money in another form, as in ``Line``."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One line of a basket or order. ``total`` is what the customer pays for it, tax included."""

    product_id: str
    quantity: int
    total: Money
    cost: Money | None = None
    """What the goods of the whole line cost the shop; None when unknown."""
    title: str = ""
    category_ids: tuple[str, ...] = ()
    parent_id: str | None = None
    tax: Money | None = None
    """The tax in ``total``; None when the shop does not tell it."""
    discount: Money | None = None
    """What offers and codes took off this line (``total`` is without it already); None: unknown."""
    discounted_quantity: int | None = None
    """Of how many of its units ``discount`` was taken; None: unknown, and then of all of them."""
    is_gift_card: bool = False
    """Money in another form: programmes leave it out of earning and spending."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Basket:
    """A basket. Only ``Shop.request_purchase`` fills in what comes after ``total``."""

    id: str
    customer_id: str | None
    lines: tuple[Line, ...]
    total: Money
    """What the shopper pays: lines, and shipping where it is known."""
    shipping: Money | None = None
    """With its tax and after its discounts; None as long as none was chosen."""
    shipping_tax: Money | None = None
    discount: Money | None = None
    """All that offers and codes take off, shipping too."""
    codes: tuple[str, ...] = ()
    """Voucher codes in it."""
    paid_by_credit: Money | None = None
    """How much of ``total`` the shopper wishes to pay with store credit."""

    @property
    def is_empty(self) -> bool:
        return not self.lines


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """A committed order. ``id`` is its number, the one that customer and shopkeeper see."""

    id: str
    customer_id: str | None
    email: str
    lines: tuple[Line, ...]
    total: Money
    """All that the customer pays: lines, shipping, tax, less discounts."""
    placed_at: datetime
    is_cancelled: bool = False
    basket_id: str | None = None
    first_name: str = ""
    country: str = ""
    shipping: Money | None = None
    shipping_tax: Money | None = None
    discount: Money | None = None
    """All that offers and codes took off, shipping too (``total`` is without it already)."""
    codes: tuple[str, ...] = ()
    paid_by_credit: Money | None = None
    """How much of ``total`` was paid with store credit; None: nothing, or the shop has none."""
    cursor: str = ""
    """Where this order stands in ``Shop.orders``; pass it on as ``after``."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Tender:
    """One of the means by which an order was paid: a card, store credit, a bank transfer."""

    code: str
    """``CREDIT_TENDER`` for store credit; the shop's own word for the others."""
    label: str
    """As the shopper reads it ("Card ending 4242")."""
    paid: Money
    refunded: Money

    @property
    def left(self) -> Money:
        """What can still be given back by this means."""
        return self.paid - self.refunded


CREDIT_TENDER = "store-credit"


@dataclass(frozen=True, slots=True, kw_only=True)
class Refund:
    id: str
    order_id: str
    amount: Money
    refunded_at: datetime
    customer_id: str | None = None
    """Whose order it was; None for a guest's."""
    tender: str = ""
    """The code of the tender it went back to; "" where the shop does not tell."""
    cursor: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """A product and a quantity to put into a basket."""

    product_id: str
    quantity: int = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Added:
    """What came of adding to a basket: ids that are in now, and ids left out with the reason."""

    added: tuple[str, ...]
    refused: tuple[tuple[str, str], ...] = ()
