"""Choosing products by name: what the editor's search finds in Oscar."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from clm_plugin.adapters.oscar import OscarShop
from clm_plugin.testing.memory_shop import MemoryShop
from tests.adapters import oscar_factory as oscar

if TYPE_CHECKING:
    from pytest_django import DjangoAssertNumQueries


@pytest.mark.django_db
def test_by_title_and_article_number(django_assert_num_queries: DjangoAssertNumQueries) -> None:
    mug, pot = oscar.make_product(title="Blue mug"), oscar.make_product(title="Teapot")
    type(pot).objects.filter(pk=pot.pk).update(upc="4711")
    shop = OscarShop()
    assert [found.title for found in shop.find_products("MUG")] == ["Blue mug"]
    assert [found.id for found in shop.find_products("4711")] == [str(pot.pk)]
    assert [found.id for found in shop.find_products("")] == [str(mug.pk), str(pot.pk)]
    assert [found.id for found in shop.find_products("", limit=1)] == [str(mug.pk)]
    assert shop.find_products("nothing") == []
    for number in range(8):
        oscar.make_product(title=f"Mug {number}")
    with django_assert_num_queries(7):
        assert len(shop.find_products("mug")) == 9


def test_a_shop_without_a_search_finds_nothing() -> None:
    assert not MemoryShop.supports_search
    assert MemoryShop().find_products("mug") == []
