"""A basket as its shopper would pay it, priced by Oscar's own offers, shipping and calculators."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Any

from oscar.core.loading import get_class

from clm_plugin.adapters.oscar.baskets import loaded_basket, read_request_basket
from clm_plugin.adapters.oscar.catalogue import category_ids, gift_cards
from clm_plugin.money import Money
from clm_plugin.shop.api import Basket, Line

if TYPE_CHECKING:
    from django.http import HttpRequest


def read_request_purchase(request: HttpRequest) -> Basket | None:
    """The request's basket with offers applied, and shipping if the checkout has come so far.

    Oscar's middleware evaluates the basket, once a request, as each of its pages does; it is not
    asked to for a request that has none, because it would make one.
    """
    if not hasattr(request, "basket"):
        return None
    if loaded_basket(request) is None and read_request_basket(request) is None:
        return None
    basket = request.basket
    if not basket.pk or basket.is_empty:
        return None
    if not hasattr(request, "session"):
        return purchase_of(basket)
    step = get_class("checkout.session", "CheckoutSessionMixin")()
    step.request = request
    step.checkout_session = get_class("checkout.utils", "CheckoutSessionData")(request)
    submission = step.build_submission()
    return purchase_of(basket, submission["shipping_charge"], submission["order_total"])


def purchase_of(basket: Any, shipping_charge: Any = None, total: Any = None) -> Basket:
    """An evaluated Oscar basket (its strategy set, offers applied) as the port's.

    ``shipping_charge`` and ``total`` are Oscar's prices as in a submission; without them shipping
    is unknown. Amounts whose tax is not known count without it. Two queries.
    """
    currency = (total or basket).currency or ""
    known = basket.is_tax_known
    lines = tuple(_lines(basket, currency, known))
    goods = sum(line.total.minor for line in lines)
    charge = None if shipping_charge is None else _of(shipping_charge, currency)
    off = sum(line.discount.minor for line in lines if line.discount)
    off += sum(Money.of(each["discount"], currency).minor for each in basket.shipping_discounts)
    return Basket(
        id=str(basket.pk),
        customer_id=None if basket.owner_id is None else str(basket.owner_id),
        lines=lines,
        total=_total(goods, charge, total, currency),
        shipping=charge,
        shipping_tax=None if charge is None else _tax(shipping_charge, currency),
        discount=Money(off, currency),
        codes=tuple(voucher.code for voucher in basket.vouchers.all()),
    )


def _lines(basket: Any, currency: str, known: bool) -> list[Line]:
    rows = [line for line in basket.all_lines() if line.quantity > 0]
    tops = {line.product.parent_id or line.product_id for line in rows}
    categories, cards = category_ids(tops), gift_cards(tops)
    found = []
    for line in rows:
        top = line.product.parent_id or line.product_id
        net = line.line_price_excl_tax_incl_discounts or Decimal(0)
        paid = line.line_price_incl_tax_incl_discounts if known else net
        before = line.line_price_incl_tax if known else line.line_price_excl_tax
        total = Money.of(paid, currency)
        found.append(
            Line(
                product_id=str(line.product_id),
                quantity=line.quantity,
                total=total,
                title=line.product.get_title(),
                category_ids=categories.get(top, ()),
                parent_id=str(line.product.parent_id) if line.product.parent_id else None,
                tax=total - Money.of(net, currency),
                discount=Money.of(before, currency) - total,
                discounted_quantity=line.quantity_with_discount,
                is_gift_card=top in cards,
            )
        )
    return found


def _total(goods: int, charge: Money | None, total: Any, currency: str) -> Money:
    if total is not None:
        return _of(total, currency)  # surcharges too
    return Money(goods + (charge.minor if charge else 0), currency)


def _of(price: Any, currency: str) -> Money:
    return Money.of(price.incl_tax if price.is_tax_known else price.excl_tax, currency)


def _tax(price: Any, currency: str) -> Money:
    return Money.of(price.tax if price.is_tax_known else Decimal(0), currency)
