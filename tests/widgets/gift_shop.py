"""A shop of six gifts, to test widgets on: no tables, baskets in the session."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from clm_plugin.money import Money
from clm_plugin.shop.api import Added, Basket, Line, Product, Shop, Variant

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from django.http import HttpRequest

    from clm_plugin.shop.api import Category, Customer, Order, Refund, Wanted


def _gift(id_: str, title: str, pence: int, **more: Any) -> Product:
    price = Money(pence, "GBP")
    return Product(
        id=id_,
        title=title,
        url=f"/gift/{id_}/",
        image_url=f"/picture/{id_}.svg",
        price=price,
        is_available=True,
        **more,
    )


def _form(id_: str, label: str, pence: int, *, available: bool = True) -> Variant:
    return Variant(id=id_, label=label, price=Money(pence, "GBP"), is_available=available)


GIFTS = {
    gift.id: gift
    for gift in (
        _gift("1", "Larkspur tea tin", 850),
        _gift("2", "Hand-drawn <b>mug</b> & saucer", 1_200),
        _gift(
            "3",
            "Bunting of cotton flags for long garden evenings and small parties",
            1_495,
            variants=(
                _form("31", "Red", 1_495, available=False),
                _form("32", "Blue", 1_495),
                _form("33", "Gold", 1_795),
            ),
        ),
        _gift("4", "Beeswax candle", 640),
        Product(id="5", title="Sold-out clock", url="/gift/5/", price=Money(100, "GBP")),
        Product(
            id="6",
            title="Imported lantern",
            url="/gift/6/",
            price=Money(2_000, "EUR"),
            is_available=True,
        ),
    )
}
_PARENTS = {form.id: gift.id for gift in GIFTS.values() for form in gift.variants}


class GiftShop(Shop):
    """Counts how often its catalogue was read in ``reads``."""

    reads = 0

    def connect(self) -> None: ...

    def customers(self, ids: Iterable[str]) -> dict[str, Customer]:
        return {}

    def products(self, ids: Iterable[str]) -> dict[str, Product]:
        type(self).reads += 1
        return {id_: GIFTS[id_] for id_ in ids if id_ in GIFTS}

    def categories(self) -> dict[str, Category]:
        return {}

    def orders(self, *, after: str = "", limit: int = 1000) -> list[Order]:
        return []

    def count_orders(self, *, after: str = "") -> int:
        return 0

    def refunds(self, *, after: str = "", limit: int = 1000) -> list[Refund]:
        return []

    def registrations(self, *, after: str = "", limit: int = 1000) -> list[Customer]:
        return []

    def basket(self, basket_id: str) -> Basket | None:
        return None

    def request_basket(self, request: HttpRequest) -> Basket | None:
        held = request.session.get("basket", {})
        if not held:
            return None
        lines = tuple(
            Line(
                product_id=id_,
                quantity=quantity,
                total=Money(100 * quantity, "GBP"),
                parent_id=_PARENTS.get(id_),
            )
            for id_, quantity in held.items()
        )
        return Basket(id="b", customer_id=None, lines=lines, total=Money(0, "GBP"))

    def add_lines(self, request: HttpRequest, wanted: Sequence[Wanted]) -> Added:
        held = request.session.setdefault("basket", {})
        sold = [w for w in wanted if w.product_id in _PARENTS or w.product_id in {"1", "2", "4"}]
        for each in sold:
            held[each.product_id] = max(held.get(each.product_id, 0), each.quantity)
        request.session.modified = True
        return Added(
            added=tuple(w.product_id for w in sold),
            refused=tuple((w.product_id, "sold out") for w in wanted if w not in sold),
        )

    def basket_url(self) -> str:
        return "/basket/"
