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


@dataclass(frozen=True, slots=True, kw_only=True)
class Basket:
    id: str
    customer_id: str | None
    lines: tuple[Line, ...]
    total: Money

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
    cursor: str = ""
    """Where this order stands in ``Shop.orders``; pass it on as ``after``."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Refund:
    id: str
    order_id: str
    amount: Money
    refunded_at: datetime
    customer_id: str | None = None
    """Whose order it was; None for a guest's."""
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
