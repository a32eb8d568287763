"""A limit of uses is exact, however many processes place orders at once (PostgreSQL)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from django.db.models import Sum
from oscar.core.loading import get_model

from clm_plugin.offers.models import OfferCounter, Redemption
from tests.adapters import oscar_factory as oscar
from tests.adapters.offers_shop import publish
from tests.offers.plans import plan
from tests.reliability.conftest import _crew_goes_home, crew

if TYPE_CHECKING:
    from tests.reliability.crew import Crew

__all__ = ["_crew_goes_home", "crew"]


def race(crew: Crew, *, limit: int, processes: int, each: int, counted: bool = True) -> int:
    """So many checkouts; returns how many orders had the discount."""
    product = oscar.make_product(price=1000, stock=1000)
    publish(plan("ten", given="everybody", limits={"total": limit, "per_profile": None}))
    crew.run("buy_with_offers", processes, product_id=product.pk, checkouts=each, counted=counted)
    orders: Any = get_model("order", "Order").objects
    assert orders.count() == processes * each  # nobody was left without an order
    discounts = get_model("order", "OrderDiscount").objects
    given = int(discounts.count())
    assert Redemption.objects.filter(state="confirmed").count() == given
    paid = orders.aggregate(sum=Sum("total_incl_tax"))["sum"]
    assert paid == 10 * processes * each - given
    if counted:
        assert OfferCounter.objects.get(scope="total").used == given
    return given


def test_a_few_checkouts_over_a_limit(crew: Crew) -> None:
    assert race(crew, limit=4, processes=4, each=2) == 4


def test_without_counting_the_limit_is_overrun(crew: Crew) -> None:
    """The check of the check."""
    assert race(crew, limit=4, processes=4, each=2, counted=False) > 4


@pytest.mark.soak
def test_150_checkouts_over_a_limit_of_100_give_exactly_100(crew: Crew) -> None:
    assert race(crew, limit=100, processes=6, each=25) == 100
