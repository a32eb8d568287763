"""An Oscar basket as offers see it, after what the shop itself has taken off.

Prices are those in which Oscar computes its own offers: with tax where ``OSCAR_OFFERS_INCL_TAX``
says so, else without.
"""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from typing import TYPE_CHECKING, Any, Protocol

from django.conf import settings as shop_settings
from oscar.core.loading import get_class, get_model

from clm_plugin.adapters.oscar.catalogue import category_ids
from clm_plugin.money import Money
from clm_plugin.offers import api as offers

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence


class Goods(Protocol):
    """What is asked about top-level products."""

    def gift_cards(self, products: Iterable[Any]) -> set[Any]: ...

    def categories(self, products: Iterable[Any]) -> Mapping[Any, tuple[str, ...]]: ...


def with_tax(line: Any) -> bool:
    """Whether discounts of a line are counted on its price with tax."""
    return bool(getattr(shop_settings, "OSCAR_OFFERS_INCL_TAX", False) and line.is_tax_known)


def line_price(line: Any) -> Decimal:
    """What all units of a line come to, less what was taken off so far."""
    price = line.line_price_incl_tax if with_tax(line) else line.line_price_excl_tax
    left: Decimal = (price or Decimal(0)) - line.discounts.total
    return max(left, Decimal(0))


def can_be_discounted(line: Any) -> bool:
    return bool(line.stockrecord_id and line.product.is_discountable and line_price(line))


def lines_of(basket: Any) -> list[Any]:
    return [line for line in basket.all_lines() if line.quantity > 0]


def seen(
    basket: Any,
    goods: Goods,
    plans: Iterable[offers.Offer],
    shopper: offers.Shopper,
    *,
    shipping_minor: int,
    free: dict[Any, int] | None = None,
) -> offers.Basket:
    """The basket for ``offers.stacking``. ``free``: units of a line (by key) that are gifts, and
    so no part of what else is counted."""
    lines, currency, given = lines_of(basket), basket.currency or "", free or {}
    tops = {line.product.parent_id or line.product_id for line in lines}
    cards = goods.gift_cards(tops)
    kinds = goods.categories(tops) if _ask_categories(plans) else {}
    return offers.Basket(
        currency=currency,
        shopper=shopper,
        shipping_minor=shipping_minor,
        lines=tuple(
            offers.BasketLine(
                id=str(line.pk),
                product_id=str(line.product_id),
                parent_id=str(line.product.parent_id) if line.product.parent_id else None,
                total_minor=left_minor(line, given.get(line.pk, 0)),
                quantity=line.quantity,
                category_ids=kinds.get(line.product.parent_id or line.product_id, ()),
                is_discounted=line.discounts.total > 0,
                is_gift_card=(line.product.parent_id or line.product_id) in cards,
            )
            for line in lines
        ),
    )


def left_minor(line: Any, units: int) -> int:
    """What a line comes to without so many of its units, in the currency's minor units."""
    price = line_price(line)
    rest = price - price * units / line.quantity if units else price
    return Money.of(rest, line.price_currency).minor


def _ask_categories(plans: Iterable[offers.Offer]) -> bool:
    return any(plan.conditions.categories or plan.conditions.not_categories for plan in plans)


def categories_above(tops: Iterable[Any]) -> dict[Any, tuple[str, ...]]:
    """Categories of products with all above them, as the shop's pages list them; two queries."""
    own = category_ids(tops)
    model = get_model("catalogue", "Category")
    wanted = {pk for kept in own.values() for pk in kept}
    paths = {
        str(pk): path for pk, path in model.objects.filter(pk__in=wanted).values_list("pk", "path")
    }
    above = {
        path[:end]
        for path in paths.values()
        for end in range(model.steplen, len(path), model.steplen)
    }
    names = {path: pk for pk, path in paths.items()}
    if above - set(names):
        rows = model.objects.filter(path__in=above).values_list("path", "pk")
        names |= {path: str(pk) for path, pk in rows}
    return {
        top: tuple(
            dict.fromkeys(name for pk in kept for name in _up(paths.get(pk, ""), names, model))
        )
        for top, kept in own.items()
    }


def _up(path: str, names: dict[str, str], model: Any) -> list[str]:
    steps = range(len(path), 0, -model.steplen)
    return [names[path[:end]] for end in steps if path[:end] in names]


def beside_the_shops(candidates: Sequence[offers.Candidate], basket: Any) -> list[offers.Candidate]:
    """Candidates without the goods that Oscar's own rules keep from them.

    "Exclusive offers cannot be combined on the same items": what the shop's exclusive offer took
    down is left to it, and one of ours that combines with nothing leaves all discounted goods.
    """
    lines = lines_of(basket)
    never = [str(line.product_id) for line in lines if not can_be_discounted(line)]
    taken = [str(line.product_id) for line in lines if line.discounts.total > 0]
    exclusive = [
        str(line.product_id)
        for line in lines
        if any(each.offer is not None and each.offer.exclusive for each in line.discounts.all())
    ]
    found = []
    for each in candidates:
        out = (*never, *(taken if each.offer.combines == "alone" else exclusive))
        told = each.offer.conditions
        if out and each.offer.effect.kind in ("percent", "amount"):
            told = replace(told, not_products=(*told.not_products, *dict.fromkeys(out)))
        found.append(replace(each, offer=replace(each.offer, conditions=told)))
    return found


def shipping_charge(basket: Any, user: Any, request: Any) -> int:
    """What sending the basket costs before our offers: by the way that the shopper chose, else by
    the first one. 0 where it is not known, or where an offer of the shop's takes it off."""
    if basket.has_shipping_discounts or not basket.is_shipping_required():
        return 0
    repository = get_class("shipping.repository", "Repository")()
    methods = repository.get_shipping_methods(basket=basket, user=user, request=request)
    chosen = _chosen(request)
    method = next((m for m in methods if m.code == chosen), methods[0] if methods else None)
    if method is None:
        return 0
    charge = method.calculate(basket)
    amount = charge.incl_tax if charge.is_tax_known else charge.excl_tax
    return Money.of(amount, basket.currency).minor


def _chosen(request: Any) -> str:
    kept = checkout_data(request).get("shipping", {})
    return str(kept.get("method_code") or "") if isinstance(kept, dict) else ""


def checkout_data(request: Any) -> dict[str, Any]:
    """What Oscar keeps of a checkout, read without making a session."""
    session = getattr(request, "session", None)
    found = session.get("checkout_data", {}) if session is not None else {}
    return found if isinstance(found, dict) else {}


def order_number(request: Any) -> str:
    """The number of the order that this session is about to place; "" before it has one."""
    kept = checkout_data(request).get("submission", {})
    return str(kept.get("order_number") or "") if isinstance(kept, dict) else ""
