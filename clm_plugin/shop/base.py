"""The seam to the shop: an abstract class, one adapter per kind of shop."""

from __future__ import annotations

from abc import ABC, abstractmethod
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from clm_plugin.exceptions import ClmError

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from django.core.checks import CheckMessage
    from django.http import HttpRequest

    from clm_plugin.shop.data import (
        Added,
        Basket,
        Category,
        Customer,
        Order,
        Product,
        Refund,
        Tender,
        Wanted,
    )


class ShopError(ClmError):
    """The shop cannot do what was asked, or ``CLM["SHOP"]`` names no usable adapter."""


class Shop(ABC):
    """What the plugin needs from a shop. Reads are batched; none may be called in a loop."""

    supports_baskets: bool = True
    """``basket``, ``request_basket`` and ``add_lines`` work; else basket campaigns are refused."""
    supports_refunds: bool = True
    supports_catalogue: bool = True
    supports_search: bool = False
    """``find_products`` works; else products are chosen by id."""
    supports_store_credit: bool = False
    """``request_purchase`` and ``tenders`` work, and the shop's checkout holds, captures, releases
    and restores through ``clm_plugin.adapters.tender``; else store credit cannot be spent."""
    decimal_places: int | None = None
    """How many decimals of an amount the shop's own books keep (2: of 1.234 dinars they know 1.23);
    None: as many as its currency has. Store credit pays and comes back in what both can hold."""
    supports_offers: bool = False
    """``apply_code`` works, and the shop prices baskets by ``offers.stacking``, reserves what it
    takes off before payment and confirms it with the order; else offers change no price."""

    @abstractmethod
    def connect(self) -> None:
        """Connect receivers to the shop's signals, once, at start-up. Receivers never raise."""

    @abstractmethod
    def customers(self, ids: Iterable[str]) -> dict[str, Customer]:
        """Accounts by id; unknown ids are left out."""

    @abstractmethod
    def products(self, ids: Iterable[str]) -> dict[str, Product]:
        """Products with price, stock, picture and variants by id; unknown ids are left out."""

    def find_products(self, text: str, *, limit: int = 20) -> list[Product]:
        """Products that the text names by title or article number, best first; for choosers.

        Parents stand for their variants. Empty text: a few to begin with.
        """
        return []

    @abstractmethod
    def categories(self) -> dict[str, Category]:
        """All categories by id."""

    @abstractmethod
    def orders(self, *, after: str = "", limit: int = 1000) -> list[Order]:
        """Orders in a fixed order of placing, from behind the cursor ``after``; [] at the end."""

    def cursor_at(self, moment: datetime) -> str:
        """The cursor that stands before all orders and refunds of ``moment`` and later.

        Cursors start with the UTC time by convention; an adapter with other cursors overrides it.
        """
        return f"{moment.astimezone(UTC):%Y-%m-%dT%H:%M:%S.%f}"

    @abstractmethod
    def count_orders(self, *, after: str = "") -> int:
        """How many orders ``orders`` would still give behind a cursor (for progress bars)."""

    @abstractmethod
    def refunds(self, *, after: str = "", limit: int = 1000) -> list[Refund]:
        """Refunds, likewise."""

    @abstractmethod
    def registrations(self, *, after: str = "", limit: int = 1000) -> list[Customer]:
        """Accounts in order of id (the cursor is the id), for the back-fill."""

    @abstractmethod
    def basket(self, basket_id: str) -> Basket | None:
        """A basket that is still open; None when it became an order, was merged or is gone."""

    def baskets(self, ids: Iterable[str]) -> dict[str, Basket]:
        """Likewise for many, those that are not open left out. Adapters make it a few queries."""
        found = ((basket_id, self.basket(basket_id)) for basket_id in ids)
        return {basket_id: basket for basket_id, basket in found if basket is not None}

    @abstractmethod
    def request_basket(self, request: HttpRequest) -> Basket | None:
        """The shopper's own basket of this request; None without one. Never creates one."""

    @abstractmethod
    def add_lines(self, request: HttpRequest, wanted: Sequence[Wanted]) -> Added:
        """Put products into the request's basket; never lowers or removes what is there.

        ``Wanted.quantity`` is the least quantity there should be afterwards, so that doing it
        twice changes nothing. Price, stock and permissions are the shop's own rules.
        """

    def request_purchase(self, request: HttpRequest) -> Basket | None:
        """The request's basket priced as the shopper would pay it: offers and codes taken off,
        taxes, discounts and gift cards by line, shipping as far as it is chosen.

        None without a basket or with an empty one. Never creates or changes one.
        """
        return None

    def apply_code(self, request: HttpRequest, code: str) -> bool:
        """Put one of our codes on the request's basket, as if the shopper had typed it.

        Without a basket it is kept for the one she will have. Returns whether it is on a basket
        now; False also for a code that this person may not use. Never raises.
        """
        return False

    def has_own_code(self, code: str) -> bool:
        """Whether the shop has a code of this spelling that is none of ours: a voucher of its own,
        say, which would go before a public code that is written alike."""
        return False

    def tenders(self, order_ids: Iterable[str]) -> dict[str, tuple[Tender, ...]]:
        """By what means orders were paid and how much of it was given back, by order id.

        Unknown orders are left out. The code of store credit is ``CREDIT_TENDER``.
        """
        return {}

    def order(self, order_id: str) -> Order | None:
        """A committed order by its number; None when unknown, or when the shop does not tell."""
        return None

    def order_urls(self, order_ids: Iterable[str], *, customer_id: str) -> dict[str, str]:
        """Paths of the pages on which a customer may look at her orders, by order id.

        Orders that are not hers are left out, and all of them where the shop has no such page.
        """
        return {}

    def staff_order_url(self, order_id: str) -> str:
        """Path of the page on which staff looks at an order; empty where the shop has none."""
        return ""

    @abstractmethod
    def basket_url(self) -> str:
        """Path of the basket page."""

    def check(self) -> list[CheckMessage]:
        """System checks of the adapter: what is missing, with id and hint."""
        return []
