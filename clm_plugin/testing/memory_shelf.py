"""The catalogue of the in-memory shop: what it sells, at what price."""

from __future__ import annotations

from dataclasses import replace
from itertools import count
from typing import TYPE_CHECKING
from urllib.parse import quote

from clm_plugin.money import Money
from clm_plugin.shop.api import Category, Line, Product, ShopError, Variant

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from clm_plugin.shop.api import Wanted

CURRENCY = "GBP"
MOST = 500


class MemoryShelf:
    """Products and categories, in dictionaries."""

    def clear(self) -> None:
        """Nothing on it."""
        self._ids = count(1)
        self._products: dict[str, Product] = {}
        self._costs: dict[str, Money] = {}
        self._categories: dict[str, Category] = {}
        self._gift_cards: set[str] = set()
        self._free: dict[str, int] = {}

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
        is_gift_card: bool = False,
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
        if is_gift_card:
            self._gift_cards.add(found.id)
        return found

    def give_free(self, product_id: str, units: int = 1) -> None:
        """An offer of the shop's own: so many units of a product cost nothing."""
        self._free[product_id] = units

    def products(self, ids: Iterable[str]) -> dict[str, Product]:
        return {key: self._shown(key) for key in ids if key in self._products}

    def categories(self) -> dict[str, Category]:
        return dict(self._categories)

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
        cost, currency = self._costs.get(product_id), product.price.currency
        free = min(self._free.get(product_id, 0), quantity)
        return Line(
            product_id=product_id,
            quantity=quantity,
            total=Money(product.price.minor * (quantity - free), currency),
            discount=Money(product.price.minor * free, currency),
            discounted_quantity=free,
            cost=Money(cost.minor * quantity, cost.currency) if cost else None,
            title=product.title,
            category_ids=product.category_ids,
            parent_id=product.parent_id,
            is_gift_card=product_id in self._gift_cards,
        )

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
