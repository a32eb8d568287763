"""Facts of orders: each order once, whoever tells of it, and the sums per profile from the orders.

Sums of orders are recomputed for the touched profiles, not added to: a cancellation can take back
the first or the last order, and minima cannot be subtracted from.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import connection

from clm_plugin.conf import settings
from clm_plugin.profiles.locking import hold_profiles
from clm_plugin.profiles.models import CategoryFact, Facts, ItemFact, OrderFact, Profile
from clm_plugin.upsert import ADD, EARLIEST, upsert

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from clm_plugin.profiles.sums import OrderSums

_PLACED = "CASE WHEN excluded.placed_at IS NULL THEN {old} ELSE {new} END"
_CHUNK = 500


def write_orders(
    orders: Mapping[str, OrderSums], items: Mapping[tuple[str, str], tuple[str, int, int]]
) -> frozenset[int]:
    """Write orders and their items, recompute the sums; returns the profiles they belong to."""
    if not orders:
        return frozenset()
    placed = ("profile_id", "placed_at", "currency", "total_minor", "margin_minor", "items")
    upsert(
        OrderFact,
        ("order_id", *placed, "refunded_minor", "cancelled_at"),
        [
            (
                order_id,
                o.profile_id,
                o.placed_at,
                o.currency,
                o.total_minor,
                o.margin_minor,
                o.items,
                o.refunded_minor,
                o.cancelled_at,
            )
            for order_id, o in sorted(orders.items())
        ],
        key=("order_id",),
        combine={
            **dict.fromkeys(placed, _PLACED),
            "refunded_minor": ADD,
            "cancelled_at": EARLIEST,
        },
    )
    upsert(
        ItemFact,
        ("order_id", "product_id", "category_id", "quantity", "total_minor"),
        [(*key, *item) for key, item in sorted(items.items())],
        key=("order_id", "product_id"),
        combine={},
    )
    profiles = frozenset(
        OrderFact.objects.filter(order_id__in=orders, profile__isnull=False).values_list(
            "profile_id", flat=True
        )
    )
    # An order that another worker placed since this batch began: sums are made of what is committed
    # once nobody else is at work on her, or they would write over a sum that is newer.
    hold_profiles(profiles)
    recompute(profiles)
    return profiles


def recompute(profiles: Iterable[int]) -> None:
    """Set the order columns of Facts and CategoryFact from the orders, for these profiles."""
    ids = sorted(profiles)
    for start in range(0, len(ids), _CHUNK):
        chunk = ids[start : start + _CHUNK]
        _sum_orders(chunk)
        _sum_categories(chunk)


def _sum_orders(ids: list[int]) -> None:
    days = (
        "EXTRACT(EPOCH FROM MAX(o.placed_at) - MIN(o.placed_at)) / 86400.0"
        if connection.vendor == "postgresql"
        else "(julianday(MAX(o.placed_at)) - julianday(MIN(o.placed_at)))"
    )
    facts, orders, profile = (m._meta.db_table for m in (Facts, OrderFact, Profile))
    own = "CASE WHEN o.currency = %s THEN o.{} ELSE 0 END"
    marks = ", ".join(["%s"] * len(ids))
    with connection.cursor() as cursor:
        # An order may be the first that is heard of a profile: its row must exist to be summed.
        cursor.execute(
            f"INSERT INTO {facts} ({_NEW_COLUMNS}) SELECT id, {_NEW_VALUES} FROM {profile}"
            f" WHERE id IN ({marks}) ON CONFLICT (profile_id) DO NOTHING",
            ids,
        )
        cursor.execute(
            f"UPDATE {facts} SET orders = a.n, items_bought = a.items, spend_minor = a.spend,"
            " margin_minor = a.margin, refunded_minor = a.refunded, first_order_at = a.first_at,"
            " last_order_at = a.last_at,"
            " gap_days = CASE WHEN a.n > 1 THEN a.days / (a.n - 1) ELSE NULL END"
            " FROM (SELECT p.id AS pid, COUNT(o.order_id) AS n,"
            "  COALESCE(SUM(o.items), 0) AS items,"
            f" COALESCE(SUM({own.format('total_minor')}), 0) AS spend,"
            f" COALESCE(SUM({own.format('margin_minor')}), 0) AS margin,"
            f" COALESCE(SUM({own.format('refunded_minor')}), 0) AS refunded,"
            f" MIN(o.placed_at) AS first_at, MAX(o.placed_at) AS last_at, {days} AS days"
            f" FROM {profile} p LEFT JOIN {orders} o ON o.profile_id = p.id"
            "  AND o.cancelled_at IS NULL AND o.placed_at IS NOT NULL"
            f" WHERE p.id IN ({marks}) GROUP BY p.id) a WHERE {facts}.profile_id = a.pid",
            [settings.CURRENCY] * 3 + ids,
        )


_COUNTERS = (
    "sessions",
    "page_views",
    "product_views",
    "searches",
    "checkouts_started",
    "reviews",
    "praises",
    "basket_items",
    "basket_minor",
    "orders",
    "items_bought",
    "spend_minor",
    "margin_minor",
    "refunded_minor",
)
_TEXTS = ("basket_id", "first_channel", "last_channel", "main_category")
_NEW_COLUMNS = ", ".join(("profile_id", *_COUNTERS, *_TEXTS))
_NEW_VALUES = ", ".join((*("0" for _ in _COUNTERS), *("''" for _ in _TEXTS)))


def _sum_categories(ids: list[int]) -> None:
    facts, items, orders, by_category = (
        m._meta.db_table for m in (Facts, ItemFact, OrderFact, CategoryFact)
    )
    marks = ", ".join(["%s"] * len(ids))
    with connection.cursor() as cursor:
        # What is no longer bought (a cancelled order) is set to zero first.
        cursor.execute(
            f"UPDATE {by_category} SET quantity = 0, spend_minor = 0"
            f" WHERE quantity > 0 AND profile_id IN ({marks})",
            ids,
        )
        cursor.execute(
            f"INSERT INTO {by_category}"
            " (profile_id, category_id, views, quantity, spend_minor, last_bought_at)"
            " SELECT o.profile_id, i.category_id, 0, SUM(i.quantity), SUM(i.total_minor),"
            f" MAX(o.placed_at) FROM {items} i JOIN {orders} o ON o.order_id = i.order_id"
            f" WHERE o.profile_id IN ({marks}) AND o.cancelled_at IS NULL"
            " AND o.placed_at IS NOT NULL AND i.category_id <> ''"
            " GROUP BY o.profile_id, i.category_id"
            " ON CONFLICT (profile_id, category_id) DO UPDATE SET quantity = excluded.quantity,"
            " spend_minor = excluded.spend_minor, last_bought_at = excluded.last_bought_at",
            ids,
        )
        cursor.execute(
            f"UPDATE {facts} SET main_category = COALESCE((SELECT c.category_id"
            f" FROM {by_category} c WHERE c.profile_id = {facts}.profile_id AND c.quantity > 0"
            " ORDER BY c.spend_minor DESC, c.category_id LIMIT 1), '')"
            f" WHERE profile_id IN ({marks})",
            ids,
        )
