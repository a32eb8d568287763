"""Giving offers: once per key; codes made lazily; accepted once; revoked."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.db import IntegrityError, transaction

from clm_plugin.offers import api as offers
from clm_plugin.offers.models import CodeBatch, OfferCode, OfferGrant
from clm_plugin.offers.plan import Effect
from clm_plugin.wallet import api as wallet
from clm_plugin.wallet.plan import Programme
from clm_plugin.wallet.publishing import publish as publish_programme
from tests.factories import NOW
from tests.offers.plans import LATER, person, plan, publish

pytestmark = pytest.mark.django_db


def give(profile_id: int, key: str = "k", **fields: Any) -> offers.OfferGrant:
    values = {"offer": "ten", "reason": "welcome", "now": NOW}
    return offers.grant_offer(profile_id=profile_id, key=key, **{**values, **fields})


def test_the_same_key_gives_the_same_grant_and_another_person_is_a_mistake() -> None:
    publish(plan())
    first = give(one := person())
    again = give(one)
    assert (again.id, again.repeated, first.repeated) == (first.id, True, False)
    with pytest.raises(offers.KeyConflict):
        give(person())
    with pytest.raises(offers.KeyConflict):
        give(one, expires_at=LATER)
    assert OfferGrant.objects.count() == 1


@pytest.mark.parametrize(
    ("fields", "at"),
    [({"closes_at": NOW}, NOW), ({"opens_at": LATER}, NOW), ({"given": "everybody"}, NOW)],
)
def test_what_is_not_open_or_is_everybodys_cannot_be_given(fields: Any, at: datetime) -> None:
    publish(plan(**fields))
    with pytest.raises(offers.OfferError):
        give(person(), now=at)
    with pytest.raises(offers.UnknownOffer, match="publish it first"):
        give(person(), offer="nothing")


def test_a_grant_ends_with_its_days_by_the_shops_clock_or_with_the_offer() -> None:
    publish(
        plan("days", lasts_days=3, zone="America/New_York"),
        plan("sooner", lasts_days=3, closes_at=LATER),
        plan("never"),
    )
    pid = person()
    days = give(pid, "1", offer="days").expires_at
    assert days == datetime(2026, 11, 25, 5, tzinfo=UTC), "midnight in New York, after the 24th"
    assert give(pid, "2", offer="sooner").expires_at == LATER
    assert give(pid, "3", offer="never").expires_at is None
    assert give(pid, "4", offer="never", expires_at=LATER).expires_at == LATER


def test_a_code_is_made_when_asked_for_and_stays_the_same() -> None:
    publish(plan(lasts_days=3))
    grant = give(person())
    assert not OfferCode.objects.exists()
    code = offers.code_for(grant, now=NOW)
    assert offers.read_code(code) == code == offers.code_for(grant.id)
    row = OfferCode.objects.get()
    assert (row.state, row.expires_at) == ("free", grant.expires_at)


def test_a_code_is_somebodys_or_of_a_batch_and_never_both_or_neither() -> None:
    publish(plan())
    grant = give(person())
    batch = CodeBatch.objects.create(offer="ten", wanted=1, created_at=NOW)
    for owner in ({}, {"grant_id": grant.id, "batch": batch}):
        with pytest.raises(IntegrityError, match="clm_code_of_somebody"), transaction.atomic():
            OfferCode.objects.create(text="ACDEF23457", offer="ten", made_at=NOW, **owner)


def test_a_trial_starts_when_it_is_taken_up_and_an_edit_takes_nothing_away() -> None:
    pass_ = Effect(kind="trial", entitlement="free_shipping", days=7)
    publish(plan("pass", effect=pass_, given="grant"))
    grant = give(pid := person(), offer="pass")
    assert offers.entitlements(pid, NOW).free_shipping_until is None
    taken = offers.accept(grant.id, now=NOW)
    until = datetime(2026, 11, 29, tzinfo=UTC)
    assert taken.entitles_until == until
    publish(plan("pass", effect=Effect(kind="trial", entitlement="membership", days=1), version=2))
    assert offers.accept(grant.id, now=NOW + timedelta(days=3)).repeated
    assert offers.entitlements(pid, until - timedelta(microseconds=1)).free_shipping_until == until
    assert offers.entitlements(pid, until) == offers.Entitlements()
    assert offers.entitlements(None, NOW) == offers.Entitlements()


@pytest.mark.parametrize("at", [LATER, LATER + timedelta(days=1)])
def test_what_has_ended_cannot_be_taken_up(at: datetime) -> None:
    publish(plan(closes_at=LATER))
    grant = give(person())
    with pytest.raises(offers.OfferError, match="ended"):
        offers.accept(grant.id, now=at)


def test_a_revoked_grant_takes_code_and_pass_along_and_what_was_used_stays() -> None:
    pass_ = Effect(kind="trial", entitlement="membership", days=7)
    publish(plan("pass", effect=pass_), plan("ten"))
    grant = give(pid := person(), offer="pass")
    offers.code_for(grant, now=NOW)
    offers.accept(grant.id, now=NOW)
    assert offers.revoke_grant(grant.id, reason="mistake", now=NOW)
    assert not offers.revoke_grant(grant.id, reason="mistake", now=NOW)
    assert OfferCode.objects.get().state == "revoked"
    assert offers.entitlements(pid, NOW) == offers.Entitlements()
    used = give(pid, "2")
    offers.reserve(code=offers.code_for(used), profile_id=pid, order_id="1", now=NOW, until=LATER)
    offers.confirm("1", now=NOW)
    assert not offers.revoke_grant(used.id, reason="too late", now=NOW)


def test_what_she_can_use_now() -> None:
    publish(
        plan("all", given="everybody", priority=90),
        plan("vip", given="everybody", conditions={"segments": ("vip",)}),
        plan("ten"),
        plan("gone"),
    )
    pid = person()
    give(pid)
    offers.revoke_grant(give(pid, "2", offer="gone").id, reason="x", now=NOW)
    give(pid, "3", offer="gone", expires_at=NOW)
    code = offers.code_for(give(pid, "4"))
    found = offers.active_offers(pid, NOW)
    assert [(each.offer.key, each.code) for each in found] == [
        ("all", ""), ("ten", ""), ("ten", code)
    ]  # fmt: skip
    assert [each.offer.key for each in offers.active_offers(None, NOW)] == ["all"]
    offers.reserve(code=code, profile_id=pid, order_id="1", now=NOW, until=LATER)
    offers.confirm("1", now=NOW)
    assert len(offers.active_offers(pid, NOW)) == 2


def test_the_highest_multiplier_counts_for_whom_it_is_meant() -> None:
    def times(factor: int) -> Effect:
        return Effect(kind="multiplier", programme="cash", factor=factor)

    publish(
        plan("twice", effect=times(200), given="everybody"),
        plan("thrice", effect=times(300), given="grant"),
        plan("vip", effect=times(900), given="everybody", conditions={"stages": ("x",)}),
        plan("over", effect=times(800), given="everybody", closes_at=NOW),
    )
    pid = person()
    assert offers.multiplier_of(None, "cash", NOW).percent == 200
    assert offers.multiplier_of(pid, "cash", NOW).percent == 200
    give(pid, offer="thrice", expires_at=LATER)
    found = offers.multiplier_of(pid, "cash", NOW)
    assert (found.percent, found.offer) == (300, "thrice")
    assert offers.multiplier_of(pid, "cash", LATER).percent == 200
    assert offers.multiplier_of(pid, "other", NOW).percent == 100


def test_store_credit_is_booked_once_when_it_is_accepted() -> None:
    credit = Effect(kind="store_credit", programme="tea", amount_minor=500, days=10)
    publish(plan("credit", effect=credit, given="grant"))
    publish_programme(Programme(key="tea", version=1, name="Tea", currency="GBP"), now=NOW)
    grant = give(pid := person(), offer="credit")
    assert wallet.balances(pid, now=NOW) == []
    for _ in range(2):
        offers.accept(grant.id, now=NOW)
    (balance,) = wallet.balances(pid, now=NOW)
    assert (balance.currency, balance.available_minor) == ("GBP", 500)
    (lot,) = wallet.lots(pid, now=NOW)
    assert lot.expires_at == datetime(2026, 12, 2, tzinfo=UTC)
    assert wallet.history(pid)[0].source == wallet.Source("offer", "credit")
