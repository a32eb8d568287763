"""One order by its number, and the pages on which customers look at theirs."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from django.utils import timezone
from oscar.core.loading import get_model

from clm_plugin.adapters.oscar import OscarShop
from clm_plugin.money import Money
from clm_plugin.testing.memory_shop import MemoryShop
from tests.adapters import oscar_factory as oscar

if TYPE_CHECKING:
    from pytest_django.fixtures import DjangoAssertNumQueries

pytestmark = pytest.mark.django_db


def test_an_order_is_read_by_its_number() -> None:
    mug = oscar.make_product("Mug", price=950)
    placed = oscar.make_order(oscar.make_user(), [(mug, 2)], at=timezone.now())
    found = OscarShop().order(placed.number)
    assert found is not None
    assert (found.id, found.total.minor, len(found.lines)) == (placed.number, 1900, 1)
    assert OscarShop().order("nowhere") is None


def test_only_her_own_orders_have_a_page_for_her(
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    mug = oscar.make_product("Mug", price=950)
    ann, eve = oscar.make_user("ann@example.com"), oscar.make_user("eve@example.com")
    hers, others = (oscar.make_order(who, [(mug, 1)], at=timezone.now()) for who in (ann, eve))
    numbers = [hers.number, others.number, "nowhere"]
    with django_assert_num_queries(1):
        found = OscarShop().order_urls(numbers, customer_id=str(ann.pk))
    assert found == {hers.number: f"/accounts/orders/{hers.number}/"}
    assert OscarShop().order_urls(numbers, customer_id="nobody") == {}


def test_gift_cards_are_known_among_the_products() -> None:
    card, mug = oscar.make_product("Gift card"), oscar.make_product("Mug")
    kind = get_model("catalogue", "ProductClass").objects.create(name="Cards", slug="gift-card")
    type(card).objects.filter(pk=card.pk).update(product_class=kind)
    found = OscarShop().products([str(card.pk), str(mug.pk)])
    assert [found[str(each.pk)].is_gift_card for each in (card, mug)] == [True, False]


def test_the_shop_in_memory_finds_an_order_too() -> None:
    shop = MemoryShop()
    assert shop.order("1") is None
    mug = shop.add_product("Mug", price=Money(900, "GBP"))
    found = shop.order(shop.place_order(None, [(mug.id, 1)], email="ann@example.com").id)
    assert found is not None
    assert found.total.minor == 900
