"""No order event is lost: what no signal told is found in the shop's own records."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest
from django.db.models import signals as models
from django.utils import timezone
from oscar.apps.order.signals import order_placed
from oscar.core.loading import get_model

from clm_plugin.adapters.history import backfill
from clm_plugin.adapters.oscar import OscarShop, receivers
from clm_plugin.adapters.reconcile import reconcile
from clm_plugin.money import Money
from clm_plugin.shop.api import get_shop
from clm_plugin.testing.memory_shop import MemoryShop
from tests.adapters import oscar_factory as oscar
from tests.adapters.oscar_factory import visit

if TYPE_CHECKING:
    from collections.abc import Iterator

pytestmark = pytest.mark.django_db
Told = Callable[..., list[Any]]


@pytest.fixture
def deaf() -> Iterator[None]:
    """Nothing of the shop's signals reaches us, as in a crash right after the commit."""
    receivers.disconnect()
    yield
    receivers.connect()


@pytest.mark.usefixtures("deaf")
def test_lost_orders_and_refunds_are_found_once(told: Told) -> None:
    mug, ann = oscar.make_product(price=1000), oscar.make_user()
    orders = [oscar.checkout(oscar.fill_basket(visit(ann), [(mug, 1)]), ann) for _ in range(3)]
    oscar.make_source(orders[0]).refund(oscar.pounds(250))
    assert told() == []
    now = timezone.now()
    first = reconcile(now=now)
    assert (first.orders, first.refunds) == (3, 1)
    second = reconcile(now=now + timedelta(minutes=5))
    assert (second.orders, second.refunds) == (0, 0)
    assert [event.payload["order_id"] for event in told("order.placed")] == [
        order.number for order in orders
    ]
    assert {event.source for event in told()} == {"shop"}  # recent, so they count as live


def test_what_was_told_is_not_found(told: Told) -> None:
    ann = oscar.make_user()
    order = oscar.checkout(oscar.fill_basket(visit(ann), [(oscar.make_product(), 1)]), ann)
    oscar.make_source(order).refund(oscar.pounds(100))
    found = reconcile(now=timezone.now())
    assert (found.orders, found.refunds) == (0, 0)
    assert len(told("order.placed", "order.refunded")) == 2


def test_a_signal_after_the_reconciler_counts_no_second_time(told: Told) -> None:
    ann, mug = oscar.make_user(), oscar.make_product()
    order = oscar.make_order(ann, [(mug, 1)], at=timezone.now())
    assert reconcile(now=timezone.now()).orders == 1
    order_placed.send(sender=None, order=order, user=ann)
    assert len(told("order.placed")) == 1


def test_each_run_goes_on_where_the_last_one_was(told: Told) -> None:
    ann, mug, now = oscar.make_user(), oscar.make_product(), timezone.now()
    oscar.make_order(ann, [(mug, 1)], at=now - timedelta(hours=1))
    assert reconcile(now=now).orders == 1
    late = oscar.make_order(ann, [(mug, 1)], at=now - timedelta(hours=2))  # committed late
    oscar.make_order(ann, [(mug, 1)], at=now + timedelta(hours=3))
    assert reconcile(now=now + timedelta(hours=4)).orders == 2
    assert late.number in {event.object_id for event in told("order.placed")}


def test_once_a_day_it_looks_back_two_days() -> None:
    ann, mug, now = oscar.make_user(), oscar.make_product(), timezone.now()
    oscar.make_order(ann, [(mug, 1)], at=now)
    reconcile(now=now)
    oscar.make_order(ann, [(mug, 1)], at=now - timedelta(days=1))  # an import, dated back
    assert reconcile(now=now + timedelta(hours=1)).orders == 0
    assert reconcile(now=now + timedelta(days=1, minutes=1)).orders == 1


def test_the_past_before_the_first_run_is_silent_history(told: Told) -> None:
    """A freshly installed plugin must not answer to yesterday's orders."""
    ann, mug, now = oscar.make_user(), oscar.make_product(), timezone.now()
    oscar.make_order(ann, [(mug, 1)], at=now - timedelta(days=1))
    oscar.make_order(ann, [(mug, 1)], at=now - timedelta(minutes=5))
    oscar.make_order(ann, [(mug, 1)], at=now - timedelta(days=30))  # the back-fill's business
    assert reconcile(now=now).orders == 2
    assert [event.source for event in told("order.placed")] == ["backfill", "shop"]


def test_an_outage_of_weeks_is_caught_up_silently(told: Told) -> None:
    ann, mug, now = oscar.make_user(), oscar.make_product(), timezone.now()
    oscar.make_order(ann, [(mug, 1)], at=now - timedelta(days=20))
    reconcile(now=now - timedelta(days=20))
    oscar.make_order(ann, [(mug, 1)], at=now - timedelta(days=10))
    oscar.make_order(ann, [(mug, 1)], at=now - timedelta(hours=10))
    assert reconcile(now=now).orders == 2
    assert [event.source for event in told("order.placed")][1:] == ["backfill", "shop"]


def test_a_lost_cancellation_of_a_recent_order_is_found(told: Told) -> None:
    ann, mug, now = oscar.make_user(), oscar.make_product(), timezone.now()
    order = oscar.make_order(ann, [(mug, 1)], at=now)
    reconcile(now=now)
    get_model("order", "Order").objects.filter(pk=order.pk).update(status="Cancelled")
    reconcile(now=now + timedelta(minutes=5))
    (event,) = told("order.cancelled")
    assert event.object_id == order.number


def test_after_the_back_fill_there_is_nothing_to_find() -> None:
    ann, mug, now = oscar.make_user(), oscar.make_product(), timezone.now()
    oscar.make_order(ann, [(mug, 1)], at=now)
    backfill(OscarShop(), now=now)
    assert reconcile(now=now).orders == 0


def test_any_shop_is_reconciled(settings: Any, told: Told) -> None:
    settings.CLM = {**settings.CLM, "SHOP": "clm_plugin.testing.memory_shop.MemoryShop"}
    shop = get_shop()
    assert isinstance(shop, MemoryShop)
    shop.clear()
    now = timezone.now()
    mug, ann = shop.add_product("Mug", price=Money(950, "GBP")), shop.register("a@example.com")
    order = shop.place_order(ann.id, [(mug.id, 1)], at=now)  # not connected: it tells nothing
    shop.refund(order.id, Money(950, "GBP"), at=now)
    found = reconcile(now=now)
    assert (found.orders, found.refunds) == (1, 1)
    shop.connect()
    shop.place_order(ann.id, [(mug.id, 1)], at=now)
    assert reconcile(now=now).orders == 0
    assert len(told("order.placed")) == 2
    shop.clear()


def test_connecting_twice_connects_once() -> None:
    before = len(models.post_save.receivers)
    receivers.connect()
    assert len(models.post_save.receivers) == before
