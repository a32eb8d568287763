"""The in-memory shop tells what happens in it, once it is connected."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from clm_plugin.adapters.history import backfill
from clm_plugin.money import Money
from clm_plugin.shop.api import ShopError, Wanted
from clm_plugin.testing.clock import START, FrozenClock
from clm_plugin.testing.memory_shop import MemoryShop
from tests.adapters import test_memory_contract as contracts

pytestmark = pytest.mark.django_db
Told = Callable[..., list[Any]]


def test_a_connected_shop_tells(told: Told) -> None:
    shop = MemoryShop()
    shop.connect()
    with FrozenClock() as clock:
        mug = shop.add_product("Mug", price=Money(950, "GBP"), cost=Money(400, "GBP"))
        ann = shop.register("ann@example.com")
        order = shop.place_order(ann.id, [(mug.id, 2)], shipping=300)
        clock.move(days=1)
        shop.refund(order.id, Money(950, "GBP"))
        shop.cancel(order.id)
        registered, placed, refunded, cancelled = told()
    assert [event.type for event in (registered, placed, refunded, cancelled)] == [
        "customer.registered", "order.placed", "order.refunded", "order.cancelled",
    ]  # fmt: skip
    assert placed.payload["total_minor"] == 2200
    assert placed.payload["costs_minor"] == [800]
    assert (placed.occurred_at, refunded.occurred_at.day) == (START, START.day + 1)
    assert shop.orders()[0].is_cancelled


def test_history_and_live_orders_count_once(told: Told) -> None:
    shop = MemoryShop()
    shop.connect()
    mug = shop.add_product("Mug", price=Money(950, "GBP"))
    ann = shop.register("ann@example.com")
    with FrozenClock() as clock:
        shop.place_order(ann.id, [(mug.id, 1)])
        assert backfill(shop, now=clock.at).stored == 0
    assert len(told("order.placed")) == 1


def test_an_ordered_basket_is_closed() -> None:
    shop = MemoryShop()
    mug = shop.add_product("Mug", price=Money(950, "GBP"))
    contract = contracts.TestMemoryShop()
    contract.shop = shop
    request = contract.make_request()
    shop.add_lines(request, [Wanted(product_id=mug.id)])
    basket = shop.request_basket(request)
    assert basket is not None
    shop.place_order(None, [(mug.id, 1)], basket_id=basket.id)
    assert shop.basket(basket.id) is None
    assert shop.request_basket(request) is None


def test_a_product_without_a_price_cannot_be_ordered() -> None:
    shop = MemoryShop()
    with pytest.raises(ShopError, match="no price"):
        shop.place_order(None, [(shop.add_product("Mug").id, 1)])
