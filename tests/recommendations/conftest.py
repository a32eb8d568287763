"""A small shop whose orders say clearly what goes together."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from itertools import count
from typing import Any

import pytest
from django.test import override_settings

from clm_plugin.models import ItemFact, OrderFact
from clm_plugin.money import Money
from clm_plugin.recommendations import api as recommendations
from clm_plugin.shop.api import Product, get_shop
from clm_plugin.testing.memory_shop import MemoryShop
from tests.factories import NOW

_orders = count(1)


@pytest.fixture
def shop() -> Iterator[MemoryShop]:
    with override_settings(CLM={"SHOP": "clm_plugin.testing.memory_shop.MemoryShop"}):
        found = get_shop()
        assert isinstance(found, MemoryShop)
        found.clear()
        recommendations.forget()
        yield found
        found.clear()
        recommendations.forget()


def add(shop: MemoryShop, title: str, *, pence: int = 500, **known: Any) -> Product:
    return shop.add_product(title, price=Money(pence, "GBP"), stock=9, **known)


def bought(*product_ids: str, times: int = 1, days_ago: int = 1, cancelled: bool = False) -> None:
    """Facts of ``times`` orders that hold these products."""
    at = NOW - timedelta(days=days_ago)
    for _ in range(times):
        order = OrderFact.objects.create(
            order_id=f"o{next(_orders)}", placed_at=at, cancelled_at=at if cancelled else None
        )
        ItemFact.objects.bulk_create(
            [ItemFact(order=order, product_id=each) for each in product_ids]
        )
