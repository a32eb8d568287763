"""Offers in the in-memory shop: the port's second implementation."""

from __future__ import annotations

from typing import Any

import pytest

from clm_plugin.money import Money
from clm_plugin.offers.models import Redemption
from clm_plugin.shop.api import Wanted
from clm_plugin.testing.memory_shop import MemoryShop
from clm_plugin.testing.memory_till import pay
from tests.adapters import oscar_factory
from tests.adapters.offers_shop import code_of, publish, shopper
from tests.offers.plans import plan

pytestmark = pytest.mark.django_db


def checkout() -> tuple[MemoryShop, Any, str]:
    """A basket of two mugs with a code for ten per cent: shop, request, code."""
    publish(plan("ten"))
    user, profile_id = shopper()
    shop, request = MemoryShop(), oscar_factory.make_request(user)
    mug = shop.add_product("Mug", price=Money(950, "GBP"))
    shop.add_lines(request, [Wanted(product_id=mug.id, quantity=2)])
    return shop, request, code_of(profile_id, "ten")


def test_a_code_is_taken_off_and_used_with_the_order() -> None:
    shop, request, code = checkout()
    assert shop.supports_offers
    assert not shop.apply_code(request, "NOSUCHCODE")
    assert shop.apply_code(request, f" {code[:5].lower()}-{code[5:]}")
    purchase = shop.request_purchase(request)
    assert purchase is not None
    assert (purchase.total, purchase.codes) == (Money(1710, "GBP"), (code,))
    charged: list[Money] = []
    order = pay(shop, request, card=charged.append)
    assert (order.total, order.discount, charged) == (
        purchase.total,
        Money(190, "GBP"),
        [order.total],
    )
    used = Redemption.objects.get(state="confirmed")
    assert (used.order_id, used.discount_minor) == (order.id, 190)


def test_a_card_that_fails_frees_the_code() -> None:
    shop, request, code = checkout()
    shop.apply_code(request, code)

    def fail(amount: Money) -> None:
        raise RuntimeError("declined")

    with pytest.raises(RuntimeError):
        pay(shop, request, card=fail)
    assert Redemption.objects.get().state == Redemption.State.FREED
    assert pay(shop, request, card=lambda amount: None).total == Money(1710, "GBP")
