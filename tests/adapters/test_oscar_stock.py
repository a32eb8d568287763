"""What stock and price tell, and what reading the shop costs."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import pytest
from django.db import transaction

from tests.adapters import oscar_factory as oscar
from tests.adapters.oscar_factory import visit

if TYPE_CHECKING:
    from pytest_django import DjangoAssertNumQueries, DjangoCaptureOnCommitCallbacks

pytestmark = pytest.mark.django_db
Told = Callable[..., list[Any]]


def numbers(events: list[Any]) -> list[tuple[str, str, int]]:
    return [
        (e.type, e.object_id, e.payload.get("stock", e.payload.get("price_minor"))) for e in events
    ]


def test_stock_and_price_are_told_when_they_changed(
    told: Told, django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks
) -> None:
    mug = oscar.make_product(price=950, stock=10)
    record = mug.stockrecords.get()
    with django_capture_on_commit_callbacks(execute=True):
        record.num_in_stock = 7
        record.save()
        record.low_stock_threshold = 2
        record.save()
        record.price = Decimal("8.00")
        record.save()
    key = str(mug.pk)
    assert numbers(told()) == [("stock.changed", key, 7), ("price.changed", key, 800)]
    assert {event.actor for event in told()} == {""}


def test_a_save_that_changes_nothing_tells_nothing(
    told: Told, django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks
) -> None:
    record = oscar.make_product().stockrecords.get()
    with django_capture_on_commit_callbacks(execute=True) as callbacks:
        record.save()
        record.num_in_stock, record.num_allocated = 12, 2  # net, as it was
        record.save()
    assert (told(), callbacks) == ([], [])


def test_a_checkout_tells_all_stock_in_one_batch(
    told: Told,
    django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks,
    django_assert_max_num_queries: Any,
) -> None:
    ann = oscar.make_user()
    made = [oscar.make_product(stock=10) for _ in range(5)]
    basket = oscar.fill_basket(visit(ann), [(product, 2) for product in made])
    with django_capture_on_commit_callbacks() as callbacks:
        order = oscar.checkout(basket, ann)
    assert told("stock.changed") == []  # not in the checkout's own transaction
    with django_assert_max_num_queries(12):
        for callback in callbacks:
            callback()
    assert numbers(told("stock.changed")) == [("stock.changed", str(p.pk), 8) for p in made]
    with django_capture_on_commit_callbacks(execute=True):
        order.lines.first().cancel_allocation(2)
    assert told("stock.changed")[-1].payload["stock"] == 10


def test_what_was_rolled_back_is_not_told(
    told: Told, django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks
) -> None:
    first, second = (oscar.make_product(stock=10).stockrecords.get() for _ in range(2))
    with django_capture_on_commit_callbacks(execute=True):
        with transaction.atomic():
            first.num_in_stock = 1
            first.save()
            transaction.set_rollback(True)
        second.num_in_stock = 3
        second.save()
    assert numbers(told()) == [("stock.changed", str(second.product_id), 3)]


def test_reading_products_costs_the_same_for_one_and_for_many(
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    from clm_plugin.adapters.oscar import OscarShop

    mugs, ids = oscar.make_category("Mugs"), []
    for _ in range(6):
        parent = oscar.make_product("Mug", category=mugs)
        red = oscar.make_product("Red", parent=parent)
        ids += [str(parent.pk), str(red.pk), str(oscar.make_product(category=mugs).pk)]
    for some in (ids[:3], ids):
        with django_assert_num_queries(9):
            assert len(OscarShop().products(some)) == len(some)
    with django_assert_num_queries(1):
        OscarShop().categories()


def test_reading_orders_costs_the_same_for_one_and_for_many(
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    from clm_plugin.adapters.oscar import OscarShop

    made = [oscar.make_product(cost=100) for _ in range(4)]
    for _ in range(7):
        oscar.make_order(oscar.make_user(), [(product, 2) for product in made])
    for limit in (1, 7):
        with django_assert_num_queries(5):
            assert len(OscarShop().orders(limit=limit)) == limit
