"""A whole shop in memory, for tests of hosts and as the second implementation of the port.

    shop = MemoryShop()
    mug = shop.add_product("Mug", price=Money(950, "GBP"), stock=3)
    ann = shop.register("ann@example.com")
    shop.place_order(ann.id, [(mug.id, 2)])

After ``connect()`` it tells its orders, refunds and registrations as events, as a live shop does.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from itertools import count
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from clm_plugin import clock
from clm_plugin.adapters import history
from clm_plugin.adapters.guard import tell
from clm_plugin.money import Money
from clm_plugin.shop.api import (
    Added,
    Basket,
    Category,
    Customer,
    Line,
    Order,
    Product,
    Refund,
    Shop,
    ShopError,
    Variant,
)
from clm_plugin.testing.memory_basket import COOKIE, MemoryBasket, customer_id_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from django.http import HttpRequest

    from clm_plugin.shop.api import Wanted

CURRENCY = "GBP"
MOST = 500


class MemoryShop(Shop):
    """Everything the port asks for, in dictionaries. Not for more than one process."""

    def __init__(self) -> None:
        self.clear()

    def clear(self) -> None:
        """An empty shop that tells nothing until it is connected."""
        self._ids = count(1)
        self._customers: dict[str, Customer] = {}
        self._products: dict[str, Product] = {}
        self._costs: dict[str, Money] = {}
        self._categories: dict[str, Category] = {}
        self._orders: list[Order] = []
        self._refunds: list[Refund] = []
        self._baskets: dict[str, MemoryBasket] = {}
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

    def add_category(self, name: str) -> Category:
        category = Category(id=self._next(), name=name, url=f"/category/{name.lower()}/")
        self._categories[category.id] = category
        return category

    def add_product(
        self,
        title: str,
        *,
        price: Money | None = None,
        stock: int | None = None,
        cost: Money | None = None,
        categories: Sequence[Category] = (),
        parent: Product | None = None,
    ) -> Product:
        """A product, or with ``parent`` a variant of one."""
        found = Product(
            id=self._next(),
            title=title,
            url=f"/product/{quote(title)}/",
            image_url=f"/media/{quote(title)}.png",
            price=price,
            stock=stock,
            is_available=price is not None and stock != 0,
            parent_id=parent.id if parent else None,
            category_ids=parent.category_ids if parent else tuple(c.id for c in categories),
        )
        self._products[found.id] = found
        if cost is not None:
            self._costs[found.id] = cost
        return found

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
    ) -> Order:
        """A committed order of (product id, quantity) pairs; a guest's without a customer."""
        moment, key = at or clock.now(), self._next()
        bought = tuple(self._line(product_id, quantity) for product_id, quantity in lines)
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
            cursor=_cursor(moment, key),
        )
        self._orders.append(order)
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

    def refund(self, order_id: str, amount: Money, *, at: datetime | None = None) -> Refund:
        """Give money back, the whole or a part."""
        order = next(order for order in self._orders if order.id == order_id)
        moment, key = at or clock.now(), self._next()
        refund = Refund(
            id=key,
            order_id=order_id,
            customer_id=order.customer_id,
            amount=amount,
            refunded_at=moment,
            cursor=_cursor(moment, key),
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

    def products(self, ids: Iterable[str]) -> dict[str, Product]:
        return {key: self._shown(key) for key in ids if key in self._products}

    def categories(self) -> dict[str, Category]:
        return dict(self._categories)

    def orders(self, *, after: str = "", limit: int = 1000) -> list[Order]:
        return _page(self._orders, after)[:limit]

    def count_orders(self, *, after: str = "") -> int:
        return len(_page(self._orders, after))

    def refunds(self, *, after: str = "", limit: int = 1000) -> list[Refund]:
        return _page(self._refunds, after)[:limit]

    def registrations(self, *, after: str = "", limit: int = 1000) -> list[Customer]:
        rows = sorted(self._customers.values(), key=lambda customer: int(customer.id))
        return [row for row in rows if int(row.id) > int(after or 0)][:limit]

    def basket(self, basket_id: str) -> Basket | None:
        found = self._baskets.get(basket_id)
        return self._seen(found) if found and found.is_open else None

    def request_basket(self, request: HttpRequest) -> Basket | None:
        found = self._of(request)
        return self._seen(found) if found else None

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

    def _next(self) -> str:
        return str(next(self._ids))

    def _shown(self, key: str) -> Product:
        product = self._products[key]
        children = [p for p in self._products.values() if p.parent_id == key]
        if not children:
            return product
        variants = tuple(
            Variant(id=p.id, label=p.title, price=p.price, is_available=p.is_available)
            for p in children
        )
        prices = [v.price for v in variants if v.price]
        return replace(
            product,
            variants=variants,
            is_available=any(v.is_available for v in variants),
            price=min(prices, key=lambda money: money.minor, default=None),
        )

    def _line(self, product_id: str, quantity: int) -> Line:
        product = self._products[product_id]
        if product.price is None:
            raise ShopError(f"{product.title} has no price")
        cost = self._costs.get(product_id)
        return Line(
            product_id=product_id,
            quantity=quantity,
            total=Money(product.price.minor * quantity, product.price.currency),
            cost=Money(cost.minor * quantity, cost.currency) if cost else None,
            title=product.title,
            category_ids=product.category_ids,
            parent_id=product.parent_id,
        )

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

    def _refusal(self, want: Wanted) -> str:
        product = self._products.get(want.product_id)
        if product is None:
            return "This product is not sold any more."
        if self._shown(want.product_id).variants:
            return "Please choose one of the variants."
        if product.price is None or not product.is_available or want.quantity > MOST:
            return "This product cannot be bought at present."
        if product.stock is not None and want.quantity > product.stock:
            return f"Only {product.stock} are left."
        return ""


def _cursor(moment: datetime, key: str) -> str:
    return f"{moment.astimezone(UTC):%Y-%m-%dT%H:%M:%S.%f}|{int(key):012d}"


def _page(rows: Sequence[Any], after: str) -> list[Any]:
    return sorted((row for row in rows if row.cursor > after), key=lambda row: row.cursor)
