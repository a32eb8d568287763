"""Somebody is erased while her order is being paid: what it reserved is free, and is reserved anew
by whoever places it."""

from __future__ import annotations

from datetime import timedelta

import pytest

from clm_plugin.offers import api as offers
from clm_plugin.offers.models import OfferCode, OfferCounter, Redemption
from clm_plugin.privacy.api import erase
from tests.factories import NOW
from tests.offers.plans import LATER, person, plan, publish

pytestmark = pytest.mark.django_db


def reserve(code: str, profile_id: int | None, order: str = "o1") -> offers.Reserved:
    return offers.reserve(
        code=code, profile_id=profile_id, order_id=order, now=NOW, until=LATER, discount_minor=100
    )


@pytest.mark.parametrize("kind", ["batch", "public"])
def test_the_last_place_is_not_held_by_nobody(kind: str) -> None:
    """Red before: her place was counted until it timed out, so that her own order was refused."""
    publish(plan("ten", limits={"total": 1, "budget_minor": 100}))
    if kind == "public":
        code = offers.make_public_code(offer="ten", text="SPRING26", now=NOW).code
    else:
        offers.make_codes(offers.start_batch(offer="ten", wanted=1, now=NOW).pk, now=NOW)
        code = OfferCode.objects.get().text
    her = person()
    reserve(code, her)
    erase(her, now=NOW, asked_by="test")
    assert OfferCode.objects.get().state == "free"
    assert set(OfferCounter.objects.values_list("used", flat=True)) == {0}
    assert not Redemption.objects.filter(order_id="o1").exists()

    assert reserve(code, None).state == "reserved"
    assert len(offers.confirm("o1", now=NOW + timedelta(minutes=1)).confirmed) == 1
    with pytest.raises(offers.OfferError):
        reserve(code, person(), "o2")
    assert offers.wrong_counters() == []


def test_what_was_revoked_meanwhile_stays_so() -> None:
    publish(plan("ten"))
    offers.make_codes(offers.start_batch(offer="ten", wanted=1, now=NOW).pk, now=NOW)
    code, her = OfferCode.objects.get(), person()
    reserve(code.text, her)
    offers.revoke_codes(code=code.pk, reason="test", now=NOW)
    erase(her, now=NOW, asked_by="test")
    assert OfferCode.objects.get().state == "revoked"


def test_what_was_used_stays_used() -> None:
    publish(plan("ten", limits={"total": 1}))
    offers.make_codes(offers.start_batch(offer="ten", wanted=1, now=NOW).pk, now=NOW)
    code, her = OfferCode.objects.get(), person()
    reserve(code.text, her)
    offers.confirm("o1", now=NOW)
    erase(her, now=NOW, asked_by="test")
    assert OfferCode.objects.get().state == "used"
    assert OfferCounter.objects.get().used == 1
    assert offers.wrong_counters() == []
