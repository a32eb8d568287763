"""Rebuilding the table from the orders."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from clm_plugin.models import CoPurchase
from clm_plugin.recommendations.api import rebuild
from clm_plugin.testing.memory_shop import MemoryShop
from tests.factories import NOW
from tests.recommendations.conftest import add, bought

pytestmark = pytest.mark.django_db


def pairs() -> dict[tuple[str, str], int]:
    return {
        (product, other): together
        for product, other, together in CoPurchase.objects.values_list(
            "product_id", "other_id", "together"
        )
    }


def test_figures_are_those_of_the_orders(shop: MemoryShop) -> None:
    mug, tea, clock = (add(shop, title).id for title in ("Mug", "Tea", "Clock"))
    bought(mug, tea, times=4)
    bought(mug)
    bought(clock, times=5)
    assert rebuild(now=NOW) == 2
    row = CoPurchase.objects.get(product_id=mug)
    assert (row.other_id, row.rank, row.together) == (tea, 1, 4)
    # 4 of 10 orders; 4 of the 5 of the mug; tea is in 4 of 10.
    assert (row.support, row.confidence, row.lift) == pytest.approx((0.4, 0.8, 2.0))


def test_floors_keep_chance_out(shop: MemoryShop) -> None:
    mug, tea, clock = (add(shop, title).id for title in ("Mug", "Tea", "Clock"))
    bought(mug, tea, times=2)  # too seldom
    bought(mug, clock, times=3)
    bought(clock, times=10)  # the clock is in most orders anyway: lift 20 * 3 / (5 * 18) < 1.2
    bought(tea, clock, times=5)
    assert pairs() == {}
    assert rebuild(now=NOW) == 0


def test_variants_count_for_their_parents(shop: MemoryShop) -> None:
    shirt = add(shop, "Shirt")
    red, blue = (add(shop, title, parent=shirt).id for title in ("Red", "Blue"))
    belt, clock = add(shop, "Belt").id, add(shop, "Clock").id
    bought(red, belt, times=2)
    bought(blue, belt, times=2)
    bought(red, blue, belt)  # one order, though it holds two variants
    bought(clock, times=5)
    rebuild(now=NOW)
    assert pairs() == {(shirt.id, belt): 5, (belt, shirt.id): 5}


def test_what_the_shop_does_not_know_is_left_out(shop: MemoryShop) -> None:
    mug, clock = add(shop, "Mug").id, add(shop, "Clock").id
    bought(mug, "deleted", times=5)
    bought(clock, times=5)
    assert rebuild(now=NOW) == 0


@pytest.mark.parametrize("fact", [{"cancelled": True}, {"days_ago": 800}])
def test_cancelled_and_old_orders_do_not_count(shop: MemoryShop, fact: dict[str, Any]) -> None:
    mug, tea, clock = (add(shop, title).id for title in ("Mug", "Tea", "Clock"))
    bought(clock, times=5)
    bought(mug, tea, times=5, **fact)
    assert rebuild(now=NOW) == 0


def test_a_second_rebuild_changes_nothing(shop: MemoryShop) -> None:
    ids = [add(shop, f"Product {number}").id for number in range(6)]
    for number in range(6):
        bought(ids[number], ids[number - 1], times=3 + number)
    rebuild(now=NOW)
    before = list(CoPurchase.objects.order_by("product_id", "rank").values_list()[:])
    rebuild(now=NOW)
    after = list(CoPurchase.objects.order_by("product_id", "rank").values_list()[:])
    assert [row[1:] for row in after] == [row[1:] for row in before]
    assert before


def test_pairs_that_are_gone_leave_the_table(shop: MemoryShop) -> None:
    mug, tea = add(shop, "Mug").id, add(shop, "Tea").id
    CoPurchase.objects.create(
        product_id=mug, other_id=tea, rank=1, together=9, support=1, confidence=1, lift=9, score=1
    )
    assert rebuild(now=NOW) == 0
    assert not CoPurchase.objects.exists()


@pytest.mark.parametrize("orders", [3, 60])
def test_statements_do_not_grow_with_the_orders(shop: MemoryShop, orders: int) -> None:
    mug, tea, clock = (add(shop, title).id for title in ("Mug", "Tea", "Clock"))
    bought(mug, tea, times=orders)
    bought(clock, times=orders)
    with CaptureQueriesContext(connection) as queries:
        rebuild(now=NOW)
    # Read, savepoint, (lock,) delete, insert, release.
    assert len(queries) <= 6, [query["sql"][:80] for query in queries]
    assert len(pairs()) == 2
