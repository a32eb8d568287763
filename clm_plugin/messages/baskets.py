"""The lines of a basket against the shop of now."""

from __future__ import annotations

from typing import TYPE_CHECKING

from clm_plugin.messages.data import Frozen, Lines, ShownLine

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from clm_plugin.money import Money
    from clm_plugin.shop.api import Basket, Product


def wanted_of(basket: Basket) -> list[Frozen]:
    """What is in a basket, a product once."""
    found: dict[str, Frozen] = {}
    for line in basket.lines:
        before = found.get(line.product_id)
        found[line.product_id] = Frozen(
            product_id=line.product_id,
            quantity=line.quantity + (before.quantity if before else 0),
            title=line.title,
        )
    return list(found.values())


def lines_of(wanted: Iterable[Frozen], products: Mapping[str, Product]) -> Lines:
    """What of it can be bought now, at the shop's present price, and what cannot."""
    shown, sold_out, gone, frozen = [], [], [], []
    for each in wanted:
        product = products.get(each.product_id)
        title = (product.title if product else "") or each.title
        frozen.append(Frozen(product_id=each.product_id, quantity=each.quantity, title=title))
        if product is None:
            gone.append(title)
        elif not product.is_available or product.price is None or product.stock == 0:
            sold_out.append(title)
        else:
            shown.append(_shown(product, product.price, each.quantity, title))
    return Lines(
        shown=tuple(shown), sold_out=tuple(sold_out), gone=tuple(gone), frozen=tuple(frozen)
    )


def _shown(product: Product, unit: Money, quantity: int, title: str) -> ShownLine:
    stock = product.stock
    return ShownLine(
        product_id=product.id,
        title=title,
        quantity=quantity if stock is None else min(quantity, stock),
        url=product.url,
        image_url=product.image_url,
        unit=unit,
        only_left=stock if stock is not None and stock < quantity else None,
    )
