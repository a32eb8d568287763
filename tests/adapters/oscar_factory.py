"""Rows of an Oscar shop for tests, and shoppers' requests as Oscar's middleware hands them on."""

from __future__ import annotations

from decimal import Decimal
from itertools import count
from typing import TYPE_CHECKING, Any

import pytest
from django.contrib.auth import get_user_model
from django.contrib.auth.models import AnonymousUser
from django.contrib.messages.middleware import MessageMiddleware
from django.contrib.sessions.middleware import SessionMiddleware
from django.http import HttpResponse
from django.test import RequestFactory
from oscar.apps.basket.middleware import BasketMiddleware
from oscar.core.loading import get_class, get_model

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from django.http import HttpRequest

_numbers = count(1)
GUEST_AGENT = "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 Chrome/130 Safari/537.36"


VISITOR = "0123456789abcdef0123456789abcdef"
SILENT = [
    pytest.param({"HTTP_USER_AGENT": "Googlebot/2.1 (+http://www.google.com/bot.html)"}, id="bot"),
    pytest.param({"HTTP_SEC_GPC": "1"}, id="global privacy control"),
    pytest.param({"cookies": {"clm_c": "0"}}, id="refused"),
]
"""Requests, as arguments of ``visit``, of whom nothing may be known."""


def pounds(pence: int) -> Decimal:
    return Decimal(pence).scaleb(-2)


def make_user(email: str = "", first_name: str = "", **more: Any) -> Any:
    number = next(_numbers)
    return get_user_model().objects.create_user(
        username=f"user{number}",
        email=email or f"user{number}@example.com",
        password="secret-enough-9",
        first_name=first_name,
        **more,
    )


def make_category(name: str) -> Any:
    return get_model("catalogue", "Category").add_root(name=name)


def make_product(
    title: str = "Mug",
    *,
    price: int | None = 1000,
    stock: int = 10,
    cost: int | None = None,
    category: Any = None,
    parent: Any = None,
    **more: Any,
) -> Any:
    """A product with a stock record; with ``parent`` a variant whose colour is its title."""
    model = get_model("catalogue", "Product")
    kind, _ = get_model("catalogue", "ProductClass").objects.get_or_create(
        name="Gift", defaults={"track_stock": True}
    )
    more.setdefault("slug", f"product-{next(_numbers)}")
    if parent is None:
        product = model.objects.create(title=title, product_class=kind, **more)
    else:
        if parent.structure != model.PARENT:
            parent.structure = model.PARENT
            parent.save()
            parent.stockrecords.all().delete()
        product = model.objects.create(
            title=f"{parent.title} {title}", structure=model.CHILD, parent=parent, **more
        )
        _give(kind, product, "colour", "text", value_text=title)
    if category is not None:
        product.productcategory_set.create(category=category)
    if cost is not None:
        _give(kind, product, "cost_price", "float", value_float=cost / 100)
    partner, _ = get_model("partner", "Partner").objects.get_or_create(name="Larkhouse")
    get_model("partner", "StockRecord").objects.create(
        product=product,
        partner=partner,
        partner_sku=str(product.pk),
        price=None if price is None else pounds(price),
        price_currency="GBP",
        num_in_stock=stock,
    )
    return product


def _give(kind: Any, product: Any, code: str, type_: str, **value: Any) -> None:
    attribute, _ = get_model("catalogue", "ProductAttribute").objects.get_or_create(
        product_class=kind, code=code, defaults={"name": code, "type": type_}
    )
    get_model("catalogue", "ProductAttributeValue").objects.create(
        product=product, attribute=attribute, **value
    )


def make_free_unit(product_id: Any) -> Any:
    """An offer of the shop's own: one unit of a product is free."""
    goods = get_model("offer", "Range").objects.create(name=f"Range of {product_id}")
    goods.add_product(get_model("catalogue", "Product").objects.get(pk=product_id))
    condition = get_model("offer", "Condition").objects.create(range=goods, type="Count", value=1)
    benefit = get_model("offer", "Benefit").objects.create(
        range=goods, type="Percentage", value=100, max_affected_items=1
    )
    return get_model("offer", "ConditionalOffer").objects.create(
        name=f"One of {product_id} free",
        condition=condition,
        benefit=benefit,
        max_basket_applications=1,
    )


def make_order(
    user: Any,
    lines: Sequence[tuple[Any, int]],
    *,
    at: datetime | None = None,
    shipping: int = 0,
    email: str = "",
    status: str = "Pending",
) -> Any:
    """An order straight into the tables, as an import would: no signal of Oscar's is sent."""
    goods = sum(_price(product) * quantity for product, quantity in lines)
    order = get_model("order", "Order").objects.create(
        number=f"T{next(_numbers)}",
        user=user,
        guest_email=email,
        currency="GBP",
        total_incl_tax=pounds(goods + shipping),
        total_excl_tax=pounds(goods + shipping),
        shipping_incl_tax=pounds(shipping),
        shipping_excl_tax=pounds(shipping),
        status=status,
        date_placed=at,
    )
    partner = get_model("partner", "Partner").objects.get()
    for product, quantity in lines:
        worth, unit = pounds(_price(product) * quantity), pounds(_price(product))
        order.lines.create(
            partner=partner,
            partner_name=partner.name,
            partner_sku=str(product.pk),
            stockrecord=product.stockrecords.first(),
            product=product,
            title=product.get_title(),
            quantity=quantity,
            line_price_incl_tax=worth,
            line_price_excl_tax=worth,
            line_price_before_discounts_incl_tax=worth,
            line_price_before_discounts_excl_tax=worth,
            unit_price_incl_tax=unit,
            unit_price_excl_tax=unit,
            num_allocated=0,
        )
    return order


def _price(product: Any) -> int:
    return int(product.stockrecords.first().price * 100)


def make_source(order: Any) -> Any:
    """What an order was paid with; ``source.refund(amount)`` gives back."""
    card, _ = get_model("payment", "SourceType").objects.get_or_create(
        code="card", defaults={"name": "Card"}
    )
    return get_model("payment", "Source").objects.create(
        order=order,
        source_type=card,
        currency=order.currency,
        amount_allocated=order.total_incl_tax,
        amount_debited=order.total_incl_tax,
    )


def make_request(user: Any = None, *, path: str = "/", cookies: Any = None, **meta: Any) -> Any:
    """A request behind Oscar's, the session's and the messages' middleware."""
    meta.setdefault("HTTP_USER_AGENT", GUEST_AGENT)
    request = RequestFactory().get(path, **meta)
    request.COOKIES.update(cookies or {})
    request.user = user or AnonymousUser()

    def view(request: HttpRequest) -> HttpResponse:
        return HttpResponse()

    SessionMiddleware(view)(request)
    MessageMiddleware(view)(request)
    BasketMiddleware(view)(request)
    return request


def fill_basket(request: Any, lines: Sequence[tuple[Any, int]]) -> Any:
    for product, quantity in lines:
        request.basket.add_product(product, quantity)
    return request.basket


def checkout(basket: Any, user: Any = None, *, number: str = "") -> Any:
    """An order by Oscar's own OrderCreator, which sends ``order_placed``."""
    shipping = get_class("shipping.methods", "Free")()
    total = get_class("checkout.calculators", "OrderTotalCalculator")().calculate(
        basket, shipping.calculate(basket)
    )
    order = get_class("order.utils", "OrderCreator")().place_order(
        basket=basket,
        total=total,
        shipping_method=shipping,
        shipping_charge=shipping.calculate(basket),
        user=user,
        order_number=number or f"C{next(_numbers)}",
    )
    basket.submit()
    return order


def visit(user: Any = None, **more: Any) -> Any:
    """A request of the device ``VISITOR``."""
    cookies = {"clm_v": VISITOR, **more.pop("cookies", {})}
    return make_request(user, cookies=cookies, **more)
