"""Loads the order history: orders, lines, prices, addresses and payments."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from oscar.core.loading import get_model

from demo_shop.loading.calendar import Calendar
from demo_shop.loading.catalogue import CURRENCY, PARTNER_NAME, Catalogue, pounds
from demo_shop.loading.customers import address_fields, email_of
from demo_shop.loading.history import Bought, Buyer, Placed
from demo_shop.loading.progress import Progress

Line = get_model("order", "Line")
LinePrice = get_model("order", "LinePrice")
Order = get_model("order", "Order")
ShippingAddress = get_model("order", "ShippingAddress")
Source = get_model("payment", "Source")
SourceType = get_model("payment", "SourceType")

# Oscar numbers new orders 100000 + basket; the letters keep the history out of their way.
NUMBER_PREFIX = "LH"
DONE = "Complete"
CHUNK = 1500
BATCH = 5000


@dataclass(frozen=True)
class Sale:
    """An order with its buyer."""

    order: Placed
    buyer: Buyer


@dataclass(frozen=True)
class Books:
    """What every order refers to."""

    catalogue: Catalogue
    users: dict[int, Any]
    countries: dict[str, Any]
    shopper: Buyer
    calendar: Calendar
    card: Any


def load_orders(
    buyers: list[Buyer],
    *,
    catalogue: Catalogue,
    users: dict[int, Any],
    countries: dict[str, Any],
    shopper: Buyer,
    calendar: Calendar,
    progress: Progress,
) -> tuple[int, int]:
    """Write all orders in chunks; returns the numbers of orders and lines."""
    card = SourceType.objects.get_or_create(code="card", defaults={"name": "Card"})[0]
    books = Books(catalogue, users, countries, shopper, calendar, card)
    sales = sorted(
        (Sale(order, buyer) for buyer in buyers for order in buyer.orders),
        key=lambda sale: (sale.order.minute, sale.order.invoice),
    )
    lines = 0
    for start in range(0, len(sales), CHUNK):
        lines += _write(sales[start : start + CHUNK], books)
        progress.advance(min(start + CHUNK, len(sales)), len(sales))
    return len(sales), lines


def _write(sales: list[Sale], books: Books) -> int:
    addresses = ShippingAddress.objects.bulk_create(
        [ShippingAddress(**address_fields(sale.buyer, books.countries)) for sale in sales],
        batch_size=BATCH,
    )
    orders = Order.objects.bulk_create(
        [_order(sale, address, books) for sale, address in zip(sales, addresses, strict=True)],
        batch_size=BATCH,
    )
    lines = Line.objects.bulk_create(
        [
            _line(order, bought, books)
            for order, sale in zip(orders, sales, strict=True)
            for bought in sale.order.lines
        ],
        batch_size=BATCH,
    )
    LinePrice.objects.bulk_create(map(_price, lines), batch_size=BATCH)
    Source.objects.bulk_create([_source(order, books) for order in orders], batch_size=BATCH)
    return len(lines)


def _order(sale: Sale, address: Any, books: Books) -> Any:
    placed = sale.order
    total, shipping = pounds(placed.goods + placed.shipping), pounds(placed.shipping)
    return Order(
        number=f"{NUMBER_PREFIX}{placed.invoice}",
        user=books.users.get(sale.buyer.person.customer),
        guest_email=email_of(sale.buyer, books.shopper) if sale.buyer.guest else "",
        currency=CURRENCY,
        total_incl_tax=total,
        total_excl_tax=total,
        shipping_incl_tax=shipping,
        shipping_excl_tax=shipping,
        shipping_address=address,
        shipping_method="Standard delivery" if placed.shipping else "Free delivery",
        shipping_code="standard" if placed.shipping else "free",
        status=DONE,
        date_placed=books.calendar.moment(placed.minute),
    )


def _line(order: Any, bought: Bought, books: Books) -> Any:
    product, stock = books.catalogue.products[bought.item], books.catalogue.stock[bought.item]
    unit, total = pounds(bought.price), pounds(bought.price * bought.quantity)
    return Line(
        order=order,
        partner=books.catalogue.partner,
        partner_name=PARTNER_NAME,
        partner_sku=stock.partner_sku,
        stockrecord=stock,
        product=product,
        title=product.title,
        upc=product.upc,
        quantity=bought.quantity,
        line_price_incl_tax=total,
        line_price_excl_tax=total,
        line_price_before_discounts_incl_tax=total,
        line_price_before_discounts_excl_tax=total,
        unit_price_incl_tax=unit,
        unit_price_excl_tax=unit,
        status=DONE,
        num_allocated=0,
    )


def _price(line: Any) -> Any:
    return LinePrice(
        order_id=line.order_id,
        line=line,
        quantity=line.quantity,
        price_incl_tax=line.unit_price_incl_tax,
        price_excl_tax=line.unit_price_excl_tax,
    )


def _source(order: Any, books: Books) -> Any:
    return Source(
        order=order,
        source_type=books.card,
        currency=CURRENCY,
        amount_allocated=order.total_incl_tax,
        amount_debited=order.total_incl_tax,
        reference=f"card-{order.number}",
        label="Card",
    )


def sold(buyers: list[Buyer]) -> Iterator[tuple[int, Placed, Bought]]:
    """Every line sold, for counting: index of the item, order, line."""
    for buyer in buyers:
        for order in buyer.orders:
            for line in order.lines:
                yield line.item, order, line
