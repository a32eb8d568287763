"""Codes in bulk, and taking them back."""

from __future__ import annotations

import time
from typing import Any

import pytest

from clm_plugin.offers import api as offers
from clm_plugin.offers.codes import codes_of, export_codes, make_codes, state_of
from clm_plugin.offers.models import CodeBatch, OfferCode
from tests.factories import NOW
from tests.offers.plans import LATER, person, plan, publish

pytestmark = pytest.mark.django_db


def start(wanted: int = 25, **fields: Any) -> CodeBatch:
    publish(plan())
    return offers.start_batch(offer="ten", wanted=wanted, now=NOW, **fields)


def test_a_batch_is_made_in_parts_and_stops_at_its_number() -> None:
    batch = start(25)
    lefts = []
    while True:
        lefts.append(make_codes(batch.pk, now=NOW, chunk=10))
        if not lefts[-1]:
            break
    assert lefts == [15, 5, 0]
    assert make_codes(batch.pk, now=NOW) == 0
    batch.refresh_from_db()
    assert (batch.made, batch.state) == (25, "done")
    assert OfferCode.objects.count() == 25


def test_an_accident_of_two_equal_codes_loses_none(monkeypatch: pytest.MonkeyPatch) -> None:
    batch = start(3)
    drawn = iter(["ACDEF23457", "ACDEF23458", "ACDEF23457", "ACDEF23458", "ACDEF23459"] * 3)
    monkeypatch.setattr("clm_plugin.offers.codes.new_code", lambda: next(drawn))
    while offers.make_codes(batch.pk, now=NOW):
        pass
    assert OfferCode.objects.count() == 3


def test_the_sweep_makes_what_is_waiting() -> None:
    start(5)
    assert offers.make_due(now=NOW) == 5
    assert offers.make_due(now=NOW) == 0


@pytest.mark.parametrize("wanted", [0, -1, 1_000_001])
def test_a_number_out_of_range_is_refused(wanted: int) -> None:
    publish(plan())
    with pytest.raises(offers.OfferError, match="between 1 and"):
        offers.start_batch(offer="ten", wanted=wanted, now=NOW)


def test_an_offer_that_needs_no_code_has_none() -> None:
    publish(plan(given="grant"))
    with pytest.raises(offers.OfferError, match="without a code"):
        offers.start_batch(offer="ten", wanted=1, now=NOW)


def test_codes_are_taken_back_one_by_one_by_batch_and_all() -> None:
    batch = start(4)
    offers.make_codes(batch.pk, now=NOW)
    one, two, three, _four = OfferCode.objects.order_by("pk")
    offers.reserve(code=two.text, profile_id=None, order_id="2", now=NOW, until=LATER)
    offers.confirm("2", now=NOW)
    offers.reserve(code=three.text, profile_id=None, order_id="3", now=NOW, until=LATER)
    assert offers.revoke_codes(code=one.pk, reason="leaked", now=NOW) == 1
    assert offers.revoke_codes(code=one.pk, reason="leaked", now=NOW) == 0
    assert offers.revoke_codes(batch=batch.pk, reason="leaked", now=NOW) == 2
    states = list(OfferCode.objects.order_by("pk").values_list("state", flat=True))
    assert states == ["revoked", "used", "reserved", "revoked"]
    # She who was paying at that moment may; whoever comes after may not.
    offers.free("3", now=NOW)
    assert OfferCode.objects.get(pk=three.pk).state == "revoked"
    with pytest.raises(offers.CodeRefused):
        offers.reserve(code=three.text, profile_id=None, order_id="4", now=NOW, until=LATER)
    grant = offers.grant_offer(profile_id=person(), offer="ten", key="k", reason="", now=NOW)
    offers.code_for(grant)
    assert offers.revoke_codes(offer="ten", reason="over", now=NOW) == 1


def test_a_batch_that_is_taken_back_while_it_is_made_stops() -> None:
    batch = start(10)
    offers.revoke_codes(batch=batch.pk, reason="wrong offer", now=NOW)
    assert offers.make_codes(batch.pk, now=NOW) == 0
    assert not OfferCode.objects.exists()


@pytest.mark.parametrize("fields", [{}, {"code": 1, "batch": 1}, {"offer": ""}])
def test_what_is_taken_back_must_be_named(fields: dict[str, Any]) -> None:
    with pytest.raises(offers.OfferError):
        offers.revoke_codes(reason="x", now=NOW, **fields)
    with pytest.raises(offers.OfferError):
        offers.revoke_codes(reason=" ", now=NOW, offer="ten")


def test_states_are_told_and_searched_expiry_included() -> None:
    batch = start(2, expires_at=LATER)
    offers.make_codes(batch.pk, now=NOW)
    code = OfferCode.objects.order_by("pk").first()
    assert code is not None
    assert (state_of(code, now=NOW), state_of(code, now=LATER)) == ("free", "expired")
    assert codes_of("ten", state="free", now=NOW).count() == 2
    assert codes_of("ten", state="free", now=LATER).count() == 0
    assert codes_of("ten", state="expired", now=LATER).count() == 2
    assert codes_of("ten", text=code.text[:6], now=NOW).count() == 1
    assert len(list(export_codes(codes_of("ten", now=NOW)))) == 2


@pytest.mark.soak
def test_a_hundred_thousand_codes() -> None:
    batch = start(100_000)
    started = time.perf_counter()
    while offers.make_codes(batch.pk, now=NOW):
        pass
    print(f"100,000 codes in {time.perf_counter() - started:.1f} s")
    assert OfferCode.objects.count() == 100_000
    started = time.perf_counter()
    assert offers.revoke_codes(batch=batch.pk, reason="x", now=NOW) == 100_000
    print(f"revoked in {time.perf_counter() - started:.1f} s")
