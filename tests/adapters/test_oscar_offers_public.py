"""Public codes in Oscar's checkout, and samples: gifts that were given to one person."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.core.cache import cache
from oscar.core.loading import get_model

from clm_plugin import clock
from clm_plugin.adapters.oscar import OscarShop, offers_memory
from clm_plugin.adapters.oscar.offers_receivers import give_back
from clm_plugin.offers import api as offers
from clm_plugin.offers.models import Redemption
from clm_plugin.offers.plan import Effect
from tests.adapters import oscar_factory as oscar
from tests.adapters.offers_shop import give, priced, publish, shopper
from tests.adapters.offers_work import Checkout
from tests.offers.plans import plan

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _no_guesses_yet() -> None:
    cache.clear()


def filled(user: Any, product: Any, request: Any = None) -> Any:
    """A request with the product in a new basket; ``request``: of whom it is the next one."""
    found = oscar.make_request(user)
    if request is not None:
        found.session = request.session
    oscar.fill_basket(found, [(product, 1)])
    return found


def bought(request: Any) -> Any:
    """The order of the request's basket, as it was priced."""
    Checkout(request).buy(request.basket)
    request.basket.submit()
    return get_model("order", "Order").objects.latest("pk")


def typed(request: Any, code: str = "spring-26") -> Any:
    assert OscarShop().apply_code(request, code)
    offers_memory.forget()
    return priced(request)


def test_a_public_code_is_used_in_many_orders_and_for_each_guest_once() -> None:
    publish(plan("ten", limits={"per_profile": 1}))
    offers.make_public_code(offer="ten", text="SPRING26", now=clock.now())
    product = oscar.make_product(price=1000)
    guests = []
    for _ in range(2):
        request = filled(None, product)
        request.session.create()
        typed(request)
        bought(request)
        guests.append(request)
    orders = get_model("order", "Order").objects
    assert [each.total_incl_tax for each in orders.all()] == [Decimal("9.00")] * 2
    told = offers.public_code_of("ten")
    assert told is not None
    assert told.used == 2
    again = filled(None, product, guests[0])
    basket = typed(again)
    assert basket.total_incl_tax == Decimal("10.00"), "told on the basket, not at the card"
    assert "as often as it may be" in basket.clm_offers.left_out[0].reason
    assert offers.wrong_counters() == []


def test_a_cancelled_order_gives_her_use_of_a_public_code_back() -> None:
    publish(plan("ten", limits={"per_profile": 1}))
    offers.make_public_code(offer="ten", text="SPRING26", now=clock.now())
    user, profile_id = shopper()
    product = oscar.make_product(price=1000)
    for _ in range(2):
        request = filled(user, product)
        typed(request)
        order = bought(request)
        assert Redemption.objects.filter(state="confirmed", profile=profile_id).count() == 1
        give_back(order)
    assert offers.wrong_counters() == []


def test_a_sample_goes_into_one_order_and_comes_back_when_that_is_cancelled() -> None:
    """A sample is a gift that was given to one person, with an end of its own."""
    tea = oscar.make_product(price=300)
    effect = Effect(kind="gift", product_id=str(tea.pk))
    publish(plan("sample", effect=effect, given="grant", title="A sample", lasts_days=7))
    user, profile_id = shopper()
    give(profile_id, "sample")

    def buy() -> Decimal:
        request = filled(user, oscar.make_product(price=1000))
        oscar.fill_basket(request, [(tea, 1)])
        offers_memory.forget()
        priced(request)
        return Decimal(bought(request).total_incl_tax)

    assert buy() == Decimal("10.00")
    assert buy() == Decimal("13.00"), "once"
    give_back(get_model("order", "Order").objects.earliest("pk"))
    assert buy() == Decimal("10.00"), "back"
    assert buy() == Decimal("13.00")
    assert Redemption.objects.filter(state="confirmed").count() == 1


def test_a_sample_has_a_hard_end(monkeypatch: pytest.MonkeyPatch) -> None:
    tea = oscar.make_product(price=300)
    effect = Effect(kind="gift", product_id=str(tea.pk))
    publish(plan("sample", effect=effect, given="grant", lasts_days=7))
    user, profile_id = shopper()
    now = clock.now()
    give(profile_id, "sample")
    request = filled(user, oscar.make_product(price=1000))
    oscar.fill_basket(request, [(tea, 1)])
    assert priced(request).total_incl_tax == Decimal("10.00")
    monkeypatch.setattr("clm_plugin.clock.now", lambda: now + timedelta(days=9))
    offers_memory.forget()
    assert priced(request).total_incl_tax == Decimal("13.00")
