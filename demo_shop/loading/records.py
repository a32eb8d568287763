"""Counts what Oscar's dashboard shows: purchases per product and per customer."""

from __future__ import annotations

from collections import Counter
from datetime import timedelta
from typing import Any

from oscar.core.loading import get_model

from demo_shop.data.packed import Shop
from demo_shop.loading.calendar import Calendar
from demo_shop.loading.catalogue import Catalogue, pounds
from demo_shop.loading.history import Buyer
from demo_shop.loading.orders import sold
from demo_shop.loading.people import Dice

Product = get_model("catalogue", "Product")
ProductRecord = get_model("analytics", "ProductRecord")
UserRecord = get_model("analytics", "UserRecord")
BATCH = 2000


def load_product_records(buyers: list[Buyer], *, catalogue: Catalogue) -> None:
    """Purchases are counted; views and basket additions are a likely multiple of them."""
    bought: Counter[int] = Counter()
    for item, _, line in sold(buyers):
        bought[item] += line.quantity
    top = max(bought.values(), default=1)
    rows = []
    for item, product in enumerate(catalogue.products):
        dice = Dice("seen", product.upc)
        additions = bought[item] * (120 + dice.below(60)) // 100
        rows.append(
            ProductRecord(
                product=product,
                num_purchases=bought[item],
                num_basket_additions=additions,
                num_views=additions * (3 + dice.below(5)),
                score=bought[item] / top,
            )
        )
    ProductRecord.objects.bulk_create(rows, batch_size=BATCH)


def load_user_records(buyers: list[Buyer], *, users: dict[int, Any], calendar: Calendar) -> None:
    """Totals per account, as Oscar's own receivers would have counted them."""
    UserRecord.objects.bulk_create(
        [
            UserRecord(
                user=users[buyer.person.customer],
                num_orders=len(buyer.orders),
                num_order_lines=sum(len(order.lines) for order in buyer.orders),
                num_order_items=sum(
                    line.quantity for order in buyer.orders for line in order.lines
                ),
                total_spent=pounds(sum(order.goods + order.shipping for order in buyer.orders)),
                date_last_order=calendar.moment(buyer.orders[-1].minute),
            )
            for buyer in buyers
            if not buyer.guest
        ],
        batch_size=BATCH,
    )


def date_products(shop: Shop, *, catalogue: Catalogue, calendar: Calendar) -> None:
    """A product is as old as its first real sale, so "newest first" means something."""
    history = shop.history
    first: dict[int, int] = {}
    start = 0
    for minute, size in zip(history.order_minutes, history.order_sizes, strict=True):
        for item in history.line_items[start : start + size]:
            first.setdefault(item, minute)
        start += size
    oldest: dict[int, Any] = {}
    for item, minute in sorted(first.items(), key=lambda pair: pair[1]):
        moment = calendar.moment(minute) - timedelta(days=1)
        page = catalogue.pages[shop.items[item].product]
        for product in (page, catalogue.products[item]):
            if oldest.setdefault(product.pk, product) is product:
                product.date_created = min(product.date_created, moment)
    Product.objects.bulk_update(oldest.values(), ["date_created"], batch_size=BATCH)
