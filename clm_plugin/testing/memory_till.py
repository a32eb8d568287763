"""The till of the in-memory shop: the sequence of ``docs/howto/store-credit.md`` at its shortest.

order = pay(shop, request, card=lambda amount: None)
refund(shop, order.id, Money(500, "GBP"))
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from django.db import transaction

from clm_plugin import clock
from clm_plugin.adapters.tender import api as tender
from clm_plugin.money import Money
from clm_plugin.shop.api import CREDIT_TENDER, Order, ShopError, Tender
from clm_plugin.testing import memory_offers
from clm_plugin.testing.memory_basket import customer_id_of

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.http import HttpRequest

    from clm_plugin.testing.memory_shop import MemoryShop


def pay(shop: MemoryShop, request: HttpRequest, *, card: Callable[[Money], None]) -> Order:
    """Buy the request's basket, with as much credit as she wishes and a card for the rest.

    ``card`` is called with what is to be charged, and raises when it cannot. Then, and whenever
    else no order comes of it, the credit is free again.
    """
    purchase = shop.request_purchase(request)
    if purchase is None:
        raise ShopError("There is nothing in the basket.")
    use, number = tender.credit_use(request), f"basket-{purchase.id}"
    amount = use.amount if use is not None else Money(0, purchase.total.currency)
    key = tender.hold_key(number) if amount.minor else ""
    if key:
        tender.begin(
            profile_id=tender.profile_of(request),
            purchase=purchase,
            amount=amount,
            order_id=number,
            key=key,
            now=clock.now(),
        )
    stack = shop.stack(request, shop.request_basket(request) or purchase)
    try:
        rest = purchase.total - amount
        with memory_offers.reserved(request, number, stack):
            if rest.minor:
                card(rest)
        with transaction.atomic():
            order = _place(shop, request, amount, rest)
            memory_offers.confirmed(request, number, order.id, stack)
            if key:
                tender.complete(key=key, order_id=order.id, now=clock.now())
    except Exception:
        if key:
            tender.abandon(key=key, reason="not paid", now=clock.now())
        raise
    tender.forget_wish(request)
    return order


def _place(shop: MemoryShop, request: HttpRequest, credit: Money, rest: Money) -> Order:
    basket = shop.request_purchase(request)
    assert basket is not None
    nothing = Money(0, credit.currency)
    tenders = (
        Tender(code=CREDIT_TENDER, label="Store credit", paid=credit, refunded=nothing),
        Tender(code="card", label="Card", paid=rest, refunded=nothing),
    )
    return shop.place_order(
        customer_id_of(request) or None,
        [(line.product_id, line.quantity) for line in basket.lines],
        shipping=basket.shipping.minor if basket.shipping else 0,
        basket_id=basket.id,
        tenders=[each for each in tenders if each.paid.minor],
        priced=basket,
    )


def refund(shop: MemoryShop, order_id: str, amount: Money) -> None:
    """Give back a part of an order, by every means it was paid with."""
    tenders = shop.tenders([order_id])[order_id]
    shares = tender.split(amount.minor, [each.left.minor for each in tenders])
    with transaction.atomic():
        for each, share in zip(tenders, shares, strict=True):
            if not share:
                continue
            part = Money(share, amount.currency)
            told = shop.refund(order_id, part, tender=each.code)
            if each.code == CREDIT_TENDER:
                tender.give_back(order_id=order_id, amount=part, refund_id=told.id, now=clock.now())
    shop.set_tenders(
        order_id,
        [
            replace(each, refunded=each.refunded + Money(share, amount.currency))
            for each, share in zip(tenders, shares, strict=True)
        ],
    )
