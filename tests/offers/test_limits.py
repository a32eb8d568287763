"""Limits and budgets of offers, as reservations meet them."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest

from clm_plugin.offers import api as offers
from clm_plugin.offers.models import OfferCode, OfferCounter, Redemption
from tests.factories import NOW
from tests.offers.plans import LATER, person, plan, publish

pytestmark = pytest.mark.django_db


@pytest.fixture
def her() -> int:
    return person()


def code(profile_id: int, key: str = "k", offer: str = "ten") -> str:
    grant = offers.grant_offer(profile_id=profile_id, offer=offer, key=key, reason="", now=NOW)
    return offers.code_for(grant)


def reserve(text: str, profile_id: int | None, order: str = "1", **fields: Any) -> offers.Reserved:
    values = {"now": NOW, "until": LATER}
    return offers.reserve(code=text, profile_id=profile_id, order_id=order, **{**values, **fields})


def bulk(wanted: int = 1) -> list[str]:
    batch = offers.start_batch(offer="ten", wanted=wanted, now=NOW)
    assert offers.make_codes(batch.pk, now=NOW) == 0
    return list(OfferCode.objects.filter(batch=batch).order_by("pk").values_list("text", flat=True))


@pytest.mark.parametrize(
    ("limits", "told"),
    [
        ({"total": 2}, "as often as it may be"),
        ({"per_day": 2}, "today"),
        ({"per_profile": 2}, "this customer"),
        ({"budget_minor": 250}, "budget"),
    ],
)
def test_limits_hold_and_say_which(her: int, limits: dict[str, int], told: str) -> None:
    publish(plan(limits=limits))
    for number in range(2):
        reserve(code(her, str(number)), her, f"o{number}", discount_minor=100)
    with pytest.raises(offers.LimitReached, match=told):
        reserve(code(her, "3"), her, "o3", discount_minor=100)
    assert Redemption.objects.count() == 2
    assert offers.wrong_counters() == []


def test_a_day_is_the_shops_and_the_next_one_starts_at_nought(her: int) -> None:
    publish(plan(limits={"per_day": 1}, zone="Pacific/Auckland"))
    reserve(code(her, "1"), her, "1")
    assert Redemption.objects.get().day == date(2026, 11, 22), "in Auckland it is Sunday"
    with pytest.raises(offers.LimitReached):
        reserve(code(her, "2"), her, "2", now=NOW + timedelta(hours=10))
    tomorrow = NOW + timedelta(hours=23)
    later = {"now": tomorrow, "until": tomorrow + timedelta(hours=1)}
    assert reserve(code(her, "2"), her, "2", **later).state == "reserved"


def test_the_discount_of_an_order_may_change_before_it_is_paid(her: int) -> None:
    publish(plan(limits={"budget_minor": 1_000, "total": 1}))
    text = code(her)
    for minor in (400, 1_000, 300):
        held = reserve(text, her, discount_minor=minor)
        assert held.discount_minor == minor
        assert OfferCounter.objects.get(scope="budget").used == minor
    with pytest.raises(offers.LimitReached):
        reserve(text, her, discount_minor=1_001)
    assert OfferCounter.objects.get(scope="budget").used == 300
    assert OfferCounter.objects.get(scope="total").used == 1


def test_a_limit_that_is_added_later_counts_what_was_used_before(her: int) -> None:
    publish(plan())
    for number in range(3):
        reserve(code(her, str(number)), her, f"o{number}")
    publish(plan(limits={"total": 4}, version=2))
    reserve(code(her, "3"), her, "o3")
    with pytest.raises(offers.LimitReached):
        reserve(code(her, "4"), her, "o4")
    publish(plan(limits={"total": 2}, version=3))
    offers.free("o3", now=NOW)
    with pytest.raises(offers.LimitReached):
        reserve(code(her, "4"), her, "o4")
    assert offers.wrong_counters() == []
