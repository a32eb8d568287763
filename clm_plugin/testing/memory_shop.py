"""A whole shop in memory, for tests of hosts and as the second implementation of the port.

    shop = MemoryShop()
    mug = shop.add_product("Mug", price=Money(950, "GBP"), stock=3)
    ann = shop.register("ann@example.com")
    shop.place_order(ann.id, [(mug.id, 2)])

After ``connect()`` it tells its orders, refunds and registrations as events, as a live shop does.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from clm_plugin import clock
from clm_plugin.adapters import history
from clm_plugin.adapters.guard import tell
from clm_plugin.money import Money
from clm_plugin.offers.api import remember_code, remembered_codes
from clm_plugin.shop.api import (
    Added,
    Basket,
    Customer,
    Order,
    Refund,
    Shop,
)
from clm_plugin.testing import memory_offers
from clm_plugin.testing.memory_basket import (
    COOKIE,
    MemoryBasket,
    cursor_of,
    customer_id_of,
    page_of,
    paid_by_credit,
)
from clm_plugin.testing.memory_shelf import CURRENCY, MemoryShelf

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import datetime

    from django.http import HttpRequest

    from clm_plugin.offers.api import Stack
    from clm_plugin.shop.api import Tender, Wanted


class MemoryShop(MemoryShelf, Shop):
    """Everything the port asks for, in dictionaries. Not for more than one process.

    ``clm_plugin.testing.memory_till`` sells: a checkout that takes store credit and a card.
    """

    supports_store_credit = True
    supports_offers = True

    def __init__(self) -> None:
        self.clear()

    def clear(self) -> None:
        """An empty shop that tells nothing until it is connected."""
        super().clear()
        self._customers: dict[str, Customer] = {}
        self._orders: list[Order] = []
        self._refunds: list[Refund] = []
        self._baskets: dict[str, MemoryBasket] = {}
        self._tenders: dict[str, tuple[Tender, ...]] = {}
        self._tells = False

    # What a test puts in

    def register(self, email: str, **known: Any) -> Customer:
        """A new account."""
        known.setdefault("registered_at", clock.now())
        customer = Customer(id=self._next(), email=email, **known)
        self._customers[customer.id] = customer
        if self._tells:
            tell([history.customer_registered(customer, at=clock.now())])
        return customer

    def open_basket(self, customer_id: str | None = None) -> str:
        """The id of a new open basket."""
        basket = MemoryBasket(id=self._next(), customer_id=customer_id)
        self._baskets[basket.id] = basket
        return basket.id

    def place_order(
        self,
        customer_id: str | None,
        lines: Sequence[tuple[str, int]],
        *,
        at: datetime | None = None,
        email: str = "",
        shipping: int = 0,
        basket_id: str | None = None,
        is_cancelled: bool = False,
        tenders: Sequence[Tender] = (),
        priced: Basket | None = None,
    ) -> Order:
        """A committed order of (product id, quantity) pairs; a guest's without a customer.

        ``priced``: the purchase, where offers were taken off.
        """
        moment, key = at or clock.now(), self._next()
        bought = tuple(self._line(product_id, quantity) for product_id, quantity in lines)
        bought = priced.lines if priced else bought
        account = self._customers.get(customer_id or "")
        order = Order(
            id=f"M{key}",
            customer_id=customer_id,
            email=account.email if account else email,
            first_name=account.first_name if account else "",
            lines=bought,
            total=Money(sum(line.total.minor for line in bought) + shipping, CURRENCY),
            placed_at=moment,
            basket_id=basket_id,
            is_cancelled=is_cancelled,
            shipping=Money(shipping, CURRENCY),
            discount=priced.discount if priced else None,
            codes=priced.codes if priced else (),
            paid_by_credit=paid_by_credit(tenders),
            cursor=cursor_of(moment, key),
        )
        self._orders.append(order)
        self._tenders[order.id] = tuple(tenders)
        if basket_id in self._baskets:
            self._baskets[basket_id].is_open = False
        if self._tells:
            tell([history.order_placed(order)])
        return order

    def cancel(self, order_id: str) -> None:
        """Cancel an order."""
        place = next(i for i, order in enumerate(self._orders) if order.id == order_id)
        order = self._orders[place] = replace(self._orders[place], is_cancelled=True)
        if self._tells:
            tell([history.order_cancelled(order.id, order.customer_id, at=clock.now())])

    def refund(
        self, order_id: str, amount: Money, *, at: datetime | None = None, tender: str = ""
    ) -> Refund:
        """Give money back, the whole or a part, by one means; ``memory_till.refund`` splits."""
        order = next(order for order in self._orders if order.id == order_id)
        moment, key = at or clock.now(), self._next()
        refund = Refund(
            id=key,
            order_id=order_id,
            customer_id=order.customer_id,
            amount=amount,
            refunded_at=moment,
            tender=tender,
            cursor=cursor_of(moment, key),
        )
        self._refunds.append(refund)
        if self._tells:
            tell([history.order_refunded(refund)])
        return refund

    # What the plugin asks

    def connect(self) -> None:
        self._tells = True

    def customers(self, ids: Iterable[str]) -> dict[str, Customer]:
        return {key: self._customers[key] for key in ids if key in self._customers}

    def orders(self, *, after: str = "", limit: int = 1000) -> list[Order]:
        return page_of(self._orders, after)[:limit]

    def order(self, order_id: str) -> Order | None:
        return next((order for order in self._orders if order.id == order_id), None)

    def count_orders(self, *, after: str = "") -> int:
        return len(page_of(self._orders, after))

    def refunds(self, *, after: str = "", limit: int = 1000) -> list[Refund]:
        return page_of(self._refunds, after)[:limit]

    def registrations(self, *, after: str = "", limit: int = 1000) -> list[Customer]:
        rows = sorted(self._customers.values(), key=lambda customer: int(customer.id))
        return [row for row in rows if int(row.id) > int(after or 0)][:limit]

    def basket(self, basket_id: str) -> Basket | None:
        found = self._baskets.get(basket_id)
        return self._seen(found) if found and found.is_open else None

    def request_basket(self, request: HttpRequest) -> Basket | None:
        found = self._of(request)
        return self._seen(found) if found else None

    def request_purchase(self, request: HttpRequest) -> Basket | None:
        found = self.request_basket(request)
        if found is None or found.is_empty:
            return None
        return memory_offers.taken_off(self.undiscounted(found), self.stack(request, found))

    def undiscounted(self, found: Basket) -> Basket:
        """With delivery, before offers."""
        shipping = self._baskets[found.id].shipping
        if shipping is None:
            return found
        charge = Money(shipping, CURRENCY)
        return replace(found, shipping=charge, total=found.total + charge)

    def stack(self, request: HttpRequest, found: Basket) -> Stack:
        """What offers take off a basket."""
        codes = (*self._baskets[found.id].codes, *remembered_codes(request))
        return memory_offers.stack_of(request, self.undiscounted(found), codes)

    def apply_code(self, request: HttpRequest, code: str) -> bool:
        basket, text = self._of(request), memory_offers.usable_code(request, code)
        if basket is None:
            remember_code(request, code)
        if basket is None or not text:
            return False
        basket.codes = [*(one for one in basket.codes if one != text), text]
        return True

    def tenders(self, order_ids: Iterable[str]) -> dict[str, tuple[Tender, ...]]:
        return {key: self._tenders[key] for key in order_ids if key in self._tenders}

    def set_tenders(self, order_id: str, tenders: Sequence[Tender]) -> None:
        """What an order was paid with, after a refund say."""
        self._tenders[order_id] = tuple(tenders)

    def ship(self, request: HttpRequest, charge: int) -> None:
        """Choose delivery for so many pence."""
        basket = self._of(request) or self._open_for(request)
        basket.shipping = charge

    def add_lines(self, request: HttpRequest, wanted: Sequence[Wanted]) -> Added:
        basket = self._of(request) or self._open_for(request)
        added, refused = [], []
        for want in wanted:
            reason = self._refusal(want)
            if reason:
                refused.append((want.product_id, reason))
                continue
            has = basket.quantities.get(want.product_id, 0)
            basket.quantities[want.product_id] = max(has, want.quantity)
            added.append(want.product_id)
        return Added(added=tuple(added), refused=tuple(refused))

    def basket_url(self) -> str:
        return "/basket/"

    # How it is kept

    def _seen(self, basket: MemoryBasket) -> Basket:
        lines = tuple(self._line(key, quantity) for key, quantity in basket.quantities.items())
        total = Money(sum(line.total.minor for line in lines), CURRENCY)
        return Basket(id=basket.id, customer_id=basket.customer_id, lines=lines, total=total)

    def _of(self, request: HttpRequest) -> MemoryBasket | None:
        customer = customer_id_of(request)
        if customer:
            mine = (b for b in self._baskets.values() if b.customer_id == customer and b.is_open)
            return next(mine, None)
        found = self._baskets.get(request.COOKIES.get(COOKIE, ""))
        return found if found and found.is_open else None

    def _open_for(self, request: HttpRequest) -> MemoryBasket:
        basket = self._baskets[self.open_basket(customer_id_of(request) or None)]
        request.COOKIES[COOKIE] = basket.id
        return basket
