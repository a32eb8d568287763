"""What is suggested, and that a warm answer asks nobody."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import translation

from clm_plugin.models import CoPurchase
from clm_plugin.money import Money
from clm_plugin.recommendations import api, memory, queries
from clm_plugin.shop.api import Product
from clm_plugin.testing.memory_shop import MemoryShop
from tests.recommendations.conftest import add

pytestmark = pytest.mark.django_db


def related(product: str, others: Iterable[tuple[str, int]]) -> None:
    CoPurchase.objects.bulk_create(
        CoPurchase(
            product_id=product,
            other_id=other,
            rank=rank,
            together=together,
            support=0.1,
            confidence=0.5,
            lift=3,
            score=together / 100,
        )
        for rank, (other, together) in enumerate(others, 1)
    )


def ids(suggestions: list[api.Suggestion]) -> list[str]:
    return [each.product.id for each in suggestions]


def test_best_first_with_the_true_count_as_reason(shop: MemoryShop) -> None:
    mug, tea, milk = (add(shop, title).id for title in ("Mug", "Tea", "Milk"))
    related(mug, [(milk, 124), (tea, 1)])
    found = api.bought_together(mug, limit=5)
    assert ids(found) == [milk, tea]
    assert [each.reason for each in found] == [
        "Bought together in 124 orders",
        "Bought together in 1 order",
    ]


def test_what_cannot_be_bought_makes_room_for_the_next(shop: MemoryShop) -> None:
    mug, tea = add(shop, "Mug").id, add(shop, "Tea").id
    gone = shop.add_product("Gone", price=Money(100, "GBP"), stock=0).id
    related(mug, [(gone, 9), ("deleted", 8), (tea, 7)])
    assert ids(api.bought_together(mug, limit=1)) == [tea]


def test_nothing_that_is_in_the_basket_nor_its_parent(shop: MemoryShop) -> None:
    mug, tea = add(shop, "Mug").id, add(shop, "Tea").id
    shirt = add(shop, "Shirt")
    red = add(shop, "Red", parent=shirt).id
    related(mug, [(shirt.id, 9), (tea, 7)])
    assert ids(api.bought_together(mug)) == [shirt.id, tea]
    assert ids(api.bought_together(mug, exclude=[red])) == [tea]


def test_a_variant_is_asked_for_as_its_parent(shop: MemoryShop) -> None:
    shirt, belt = add(shop, "Shirt"), add(shop, "Belt")
    red = add(shop, "Red", parent=shirt).id
    related(shirt.id, [(belt.id, 5)])
    related(belt.id, [(shirt.id, 5)])
    assert ids(api.bought_together(red)) == [belt.id]


def test_a_basket_votes(shop: MemoryShop) -> None:
    mug, pot, tea, milk = (add(shop, title).id for title in ("Mug", "Pot", "Tea", "Milk"))
    related(mug, [(milk, 12), (tea, 10), (pot, 9)])
    related(pot, [(tea, 11), (mug, 9)])
    found = api.complete_basket([mug, pot], limit=5)
    assert ids(found) == [tea, milk]
    assert found[0].neighbour.together == 11


class TestBundle:
    def test_total_is_what_all_cost(self, shop: MemoryShop) -> None:
        mug, tea = add(shop, "Mug", pence=950).id, add(shop, "Tea", pence=300).id
        related(mug, [(tea, 7)])
        found = api.bundle(mug)
        assert found is not None
        assert found.product.id == mug
        assert found.total == Money(1250, "GBP")

    def test_none_when_too_few_can_be_bought(self, shop: MemoryShop) -> None:
        mug, tea = add(shop, "Mug").id, add(shop, "Tea").id
        related(mug, [(tea, 7)])
        assert api.bundle(mug, at_least=2) is None
        assert api.bundle(mug, exclude=[tea]) is None

    def test_none_when_the_product_itself_is_sold_out(self, shop: MemoryShop) -> None:
        gone, tea = shop.add_product("Gone", price=Money(100, "GBP"), stock=0).id, add(shop, "Tea")
        related(gone, [(tea.id, 7)])
        assert api.bundle(gone) is None
        assert api.bundle("unknown") is None


class TestMemory:
    def test_a_warm_answer_asks_neither_database_nor_shop(
        self, shop: MemoryShop, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        mug, tea = add(shop, "Mug").id, add(shop, "Tea").id
        related(mug, [(tea, 7)])
        asked: list[list[str]] = []
        original = MemoryShop.products

        def products(self: MemoryShop, wanted: Iterable[str]) -> dict[str, Product]:
            asked.append(list(wanted))
            return original(self, wanted)

        monkeypatch.setattr(MemoryShop, "products", products)
        with CaptureQueriesContext(connection) as cold:
            first = api.bundle(mug, exclude=[tea, "x"])
        assert len(cold) == 1
        assert [sorted(wanted) for wanted in asked] == [[mug], sorted([tea, "x"])]
        assert first is None
        with CaptureQueriesContext(connection) as warm:
            assert api.bundle(mug) is not None
            assert ids(api.bought_together(mug)) == [tea]
        assert len(warm) == 0
        assert len(asked) == 2

    def test_after_a_minute_it_is_read_anew_in_one_read(self) -> None:
        clock = [100.0]
        reads: list[list[str]] = []

        def read(keys: Any) -> dict[str, int]:
            reads.append(list(keys))
            return dict.fromkeys(keys, len(reads))

        kept: memory.Memory[int] = memory.Memory(read, most=10, clock=lambda: clock[0])
        assert kept.get(["a", "b"]) == {"a": 1, "b": 1}
        clock[0] += memory.KEEP_SECONDS - 1
        assert kept.get(["a", "c"]) == {"a": 1, "c": 2}
        clock[0] += 1
        assert kept.get(["a", "b", "c"]) == {"a": 3, "b": 3, "c": 2}
        assert reads == [["a", "b"], ["c"], ["a", "b"]]

    def test_others_get_the_old_value_while_one_reads(self) -> None:
        clock = [0.0]
        inner: list[dict[str, int]] = []

        def read(keys: Any) -> dict[str, int]:
            if clock[0]:
                inner.append(kept.get(["a"]))  # as another thread would, meanwhile
            return dict.fromkeys(keys, int(clock[0]))

        kept: memory.Memory[int] = memory.Memory(read, most=10, clock=lambda: clock[0])
        kept.get(["a"])
        clock[0] = memory.KEEP_SECONDS
        assert kept.get(["a"]) == {"a": 60}
        assert inner == [{"a": 0}]

    def test_a_failed_read_leaves_the_old_value_for_a_moment_only(self) -> None:
        clock = [0.0]

        def read(keys: Any) -> dict[str, int]:
            if clock[0]:
                raise RuntimeError("database down")
            return dict.fromkeys(keys, 1)

        kept: memory.Memory[int] = memory.Memory(read, most=10, clock=lambda: clock[0])
        kept.get(["a"])
        clock[0] = memory.KEEP_SECONDS
        with pytest.raises(RuntimeError):
            kept.get(["a"])
        assert kept.get(["a"]) == {"a": 1}
        clock[0] += memory.KEEP_SECONDS
        with pytest.raises(RuntimeError):
            kept.get(["a"])

    def test_it_stays_small(self) -> None:
        kept: memory.Memory[int] = memory.Memory(
            lambda keys: dict.fromkeys(keys, 1), most=3, clock=lambda: 0.0
        )
        for number in range(20):
            kept.get([str(number)])
        assert list(kept._kept) == ["17", "18", "19"]

    def test_titles_are_kept_per_language(self, shop: MemoryShop) -> None:
        mug = add(shop, "Mug").id
        with translation.override("en"):
            queries._products_by_id([mug])
            english = queries._catalogue("en")
        with translation.override("de"):
            queries._products_by_id([mug])
        assert queries._catalogue("de") is not english
        assert mug in queries._catalogue("de")._kept
