"""The whole load, from an empty database to a shop with a history."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.contrib.auth import get_user_model
from django.db import transaction
from oscar.core.loading import get_model

from demo_shop.data import packed
from demo_shop.loading.calendar import Calendar
from demo_shop.loading.catalogue import PARTNER_CODE, Catalogue, load_catalogue
from demo_shop.loading.countries import load_countries
from demo_shop.loading.customers import load_customers
from demo_shop.loading.history import best_known, buyers
from demo_shop.loading.orders import load_orders
from demo_shop.loading.people import EMAIL_DOMAIN
from demo_shop.loading.pictures import load_pictures
from demo_shop.loading.progress import Progress, Silent
from demo_shop.loading.records import date_products, load_product_records, load_user_records

Partner = get_model("partner", "Partner")


@dataclass(frozen=True, kw_only=True)
class Report:
    """What a load did; ``loaded`` is False when there was nothing to do."""

    loaded: bool
    products: int = 0
    customers: int = 0
    orders: int = 0
    lines: int = 0
    pictures: int = 0


def is_loaded() -> bool:
    """Whether the shop is there. The load is one transaction, so the partner stands for all."""
    return bool(Partner.objects.filter(code=PARTNER_CODE).exists())


def load(
    *,
    now: datetime,
    progress: Progress | None = None,
    limit_customers: int | None = None,
    pictures: bool = True,
) -> Report:
    """Load everything unless it is already there. ``now`` decides where the dates end."""
    if is_loaded():
        return Report(loaded=False)
    told = progress or Silent()
    shop = packed.read()
    calendar = Calendar(now=now, last_minute=shop.history.order_minutes[-1])
    with transaction.atomic():
        with told.step("Catalogue"):
            countries = load_countries()
            catalogue = load_catalogue(shop)
            date_products(shop, catalogue=catalogue, calendar=calendar)
        drawn = 0
        if pictures:
            with told.step("Pictures"):
                drawn = load_pictures(shop, catalogue=catalogue, progress=told)
        people, orders, lines = _load_history(
            shop, catalogue, calendar, countries, told, now=now, limit=limit_customers
        )
    return Report(
        loaded=True,
        products=len(shop.products),
        customers=people,
        orders=orders,
        lines=lines,
        pictures=drawn,
    )


def _load_history(
    shop: packed.Shop,
    catalogue: Catalogue,
    calendar: Calendar,
    countries: dict[str, Any],
    progress: Progress,
    *,
    now: datetime,
    limit: int | None,
) -> tuple[int, int, int]:
    known = buyers(shop, limit=limit)
    shopper = best_known(known)
    with progress.step("Customers"):
        users = load_customers(
            known, shopper=shopper, calendar=calendar, countries=countries, now=now
        )
    with progress.step("Orders"):
        orders, lines = load_orders(
            known,
            catalogue=catalogue,
            users=users,
            countries=countries,
            shopper=shopper,
            calendar=calendar,
            progress=progress,
        )
    with progress.step("Statistics"):
        load_product_records(known, catalogue=catalogue)
        load_user_records(known, users=users, calendar=calendar)
    return len(known), orders, lines


@transaction.atomic
def flush() -> None:
    """Remove what a load made and what visitors did with it; countries and pictures stay."""
    # Children before parents, in this order no foreign key is left pointing at nothing.
    for label in (
        "order.Order",
        "order.ShippingAddress",
        "order.BillingAddress",
        "basket.Basket",
        "wishlists.WishList",
        "partner.StockRecord",
        "catalogue.Product",
        "catalogue.ProductClass",
        "catalogue.AttributeOptionGroup",
        "catalogue.Category",
    ):
        get_model(*label.split(".")).objects.all().delete()
    get_user_model().objects.filter(email__endswith=f"@{EMAIL_DOMAIN}").delete()
    Partner.objects.filter(code=PARTNER_CODE).delete()
