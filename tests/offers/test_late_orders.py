"""Orders that come when their reservation ran out, and the offer was changed or taken offline."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from clm_plugin.offers import api as offers
from clm_plugin.offers.models import CompiledOffer, OfferCounter, Redemption
from tests.factories import NOW
from tests.offers.plans import LATER, person, plan, publish

pytestmark = pytest.mark.django_db


def reserved_and_late(her: int, **fields: Any) -> None:
    """A use of £2 for the order o1, whose time is over."""
    publish(plan(**fields))
    grant = offers.grant_offer(profile_id=her, offer="ten", key="k", reason="", now=NOW)
    code = offers.code_for(grant)
    offers.reserve(
        code=code, profile_id=her, order_id="o1", now=NOW, until=LATER, discount_minor=200
    )
    offers.free_due(now=LATER + timedelta(minutes=1))


def counted() -> dict[str, int]:
    rows = OfferCounter.objects.filter(offer="ten")
    return {scope.partition(":")[0]: used for scope, used in rows.values_list("scope", "used")}


LIMITS = {"total": 3, "per_profile": 3, "per_day": 3, "budget_minor": 600}
ONCE = {"total": 1, "profile": 1, "day": 1, "budget": 200}


def test_a_late_order_is_counted_once_against_a_limit_that_is_new() -> None:
    reserved_and_late(person())
    publish(plan(limits=LIMITS))
    assert len(offers.confirm("o1", now=LATER + timedelta(minutes=2)).confirmed) == 1
    assert offers.wrong_counters() == []
    assert counted() == ONCE


def test_a_late_order_of_an_offer_that_is_offline_is_counted() -> None:
    reserved_and_late(person(), limits=LIMITS)
    offers.withdraw_offer("ten")
    assert len(offers.confirm("o1", now=LATER + timedelta(minutes=2)).confirmed) == 1
    assert offers.wrong_counters() == []
    assert counted() == ONCE


def test_a_late_order_of_an_offer_that_is_offline_and_used_up_is_told() -> None:
    reserved_and_late(person(), limits={"total": 1})
    other = person()
    grant = offers.grant_offer(profile_id=other, offer="ten", key="2", reason="", now=LATER)
    offers.reserve(
        code=offers.code_for(grant),
        profile_id=other,
        order_id="o2",
        now=LATER,
        until=LATER + timedelta(hours=1),
    )
    offers.withdraw_offer("ten")
    found = offers.confirm("o1", now=LATER + timedelta(minutes=2))
    assert (len(found.confirmed), len(found.lost)) == (0, 1)
    assert not CompiledOffer.objects.exists()
    assert Redemption.objects.get(order_id="o1").state == "freed"
    assert offers.wrong_counters() == []
