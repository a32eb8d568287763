"""Codes and credit of offers after erasures and merges, and where a programme changed since."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from clm_plugin.conf import settings
from clm_plugin.offers import api as offers
from clm_plugin.offers.models import OfferGrant, Redemption
from clm_plugin.offers.plan import Effect
from clm_plugin.privacy.api import erase
from clm_plugin.profiles.api import profile_id_of
from clm_plugin.testing.clock import FrozenClock
from clm_plugin.wallet import api as wallet
from clm_plugin.wallet.models import Account
from clm_plugin.wallet.plan import Programme
from clm_plugin.wallet.publishing import publish as publish_programme
from clm_plugin.wallet.publishing import withdraw
from tests.factories import NOW
from tests.offers.plans import LATER, person, plan, publish
from tests.offers.test_links import browser, customer
from tests.offers.test_people import join, known

pytestmark = pytest.mark.django_db


def credit(**fields: Any) -> None:
    effect = Effect(kind="store_credit", programme="tea", amount_minor=500)
    publish(plan("credit", effect=effect, **{"given": "grant", **fields}))


def programme(**fields: Any) -> None:
    values = {"version": 1, "name": "Tea credit", "currency": "GBP", **fields}
    publish_programme(Programme(key="tea", **values), now=NOW)


def give(pid: int, key: str = "g") -> int:
    grant = offers.grant_offer(profile_id=pid, offer="credit", key=key, reason="", now=NOW)
    return grant.id


def test_a_code_that_was_used_stays_used_when_who_used_it_is_erased() -> None:
    publish(plan("ten"))
    batch = offers.start_batch(offer="ten", wanted=1, now=NOW)
    offers.make_codes(batch.pk, now=NOW)
    code = offers.codes_of("ten", batch=batch.pk, now=NOW).get().text
    jane, eve = known("customer:1"), person()
    offers.reserve(code=code, profile_id=jane, order_id="1", now=NOW, until=LATER)
    offers.confirm("1", now=NOW)
    erase(jane, now=NOW, asked_by="test")
    asked: dict[str, Any] = {"profile_id": eve, "now": NOW}
    answer = offers.check_code(text=code, session_key="", ip="", **asked)
    assert (answer.ok, answer.reason) == (False, "used")
    stands = offers.standing_of_codes([code], plans=offers.live_offers(), **asked)
    assert (stands[code].ok, stands[code].reason) == (False, "used")
    with pytest.raises(offers.CodeTaken):
        offers.reserve(code=code, order_id="2", until=LATER, **asked)


def test_credit_of_an_offer_stops_at_the_budget_of_its_programme() -> None:
    programme(budget_minor=800)
    credit()
    offers.accept(give(person(), "1"), now=NOW)
    late = give(jane := person(), "2")
    with pytest.raises(wallet.OverBudget):
        offers.accept(late, now=NOW)
    assert wallet.balances(jane, now=NOW) == []
    assert OfferGrant.objects.get(pk=late).accepted_at is None
    assert wallet.verify(now=NOW, more=offers.CLAIMS).ok


@pytest.mark.parametrize("how", ["withdrawn", "in euros"])
def test_credit_of_an_offer_is_not_given_in_a_programme_that_has_changed(how: str) -> None:
    """The first grant fixes the currency of a programme: pounds would stop all that it earns."""
    programme()
    credit()
    grant = give(person())
    if how == "withdrawn":
        withdraw("tea", now=NOW)
    else:
        programme(currency="EUR")
    with pytest.raises(wallet.WalletError):
        offers.accept(grant, now=NOW)
    assert not Account.objects.exists()


def test_credit_by_a_link_is_taken_up_once_by_who_was_two(django_user_model: Any) -> None:
    """The older of the two survives a merge, and it had not taken it up."""
    programme()
    credit()
    older = known("visitor:1")
    user = customer(django_user_model, "hermione")
    name = f"customer:{user.pk}"
    with FrozenClock(NOW):
        link = offers.open_link("credit", ends_at=NOW + timedelta(days=9))
        assert browser(user).post(link).status_code == 200
        join("visitor:1", name)
        assert profile_id_of(name) == older
        assert browser(user).post(link).status_code == 200
    (balance,) = wallet.balances(older, now=NOW)
    assert balance.available_minor == 500


def test_credit_by_a_link_is_for_who_has_signed_in() -> None:
    """Each fresh browser would take it up anew, and bring it along when it signs in."""
    programme()
    credit()
    visitor = "a" * 32
    pid = known(f"visitor:{visitor}")
    client = browser()
    client.cookies[settings.VISITOR_COOKIE] = visitor
    with FrozenClock(NOW):
        answer = client.post(offers.open_link("credit", ends_at=NOW + timedelta(days=9)))
    assert answer.status_code == 403
    assert "Log in first" in answer.content.decode()
    assert wallet.balances(pid, now=NOW) == []


def test_a_till_that_asks_late_takes_no_code_out_of_an_order_that_was_placed() -> None:
    publish(plan("ten"))
    batch = offers.start_batch(offer="ten", wanted=2, now=NOW)
    offers.make_codes(batch.pk, now=NOW)
    first, second = (row.text for row in offers.codes_of("ten", batch=batch.pk, now=NOW))
    asked: dict[str, Any] = {"profile_id": None, "order_id": "1", "now": NOW, "until": LATER}
    offers.reserve(code=first, **asked)
    offers.confirm("1", now=NOW)
    with pytest.raises(offers.CodeTaken):
        offers.reserve(code=second, **asked)
    with pytest.raises(offers.CodeTaken):
        offers.reserve(code=first, **{**asked, "order_id": "2"})


def test_limits_of_an_offer_hold_for_store_credit_too() -> None:
    """Two of three who take it up by their links, and for the third nothing is left."""
    programme()
    credit(limits={"total": 2, "budget_minor": 1_000, "per_profile": 1})
    grants = [give(person(), str(number)) for number in range(3)]
    for _ in range(2):
        for grant in grants[:2]:
            offers.accept(grant, now=NOW)
    with pytest.raises(offers.LimitReached):
        offers.accept(grants[2], now=NOW)
    assert OfferGrant.objects.get(pk=grants[2]).accepted_at is None
    (total,) = wallet.totals()
    assert total.issued_minor == 1_000
    assert wallet.verify(now=NOW, more=offers.CLAIMS).ok


@pytest.mark.parametrize(("budget", "is_there"), [(1_000, True), (999, False)])
def test_nobody_is_reminded_of_credit_that_the_budget_cannot_give(
    budget: int, is_there: bool
) -> None:
    """Red before: £4.99 of the budget left counted as room for £5."""
    programme()
    credit(limits={"budget_minor": budget})
    first, second = (give(person(), str(number)) for number in range(2))
    offers.accept(first, now=NOW)
    assert (second in offers.standings([second], now=NOW)) is is_there
    if not is_there:
        with pytest.raises(offers.LimitReached):
            offers.accept(second, now=NOW)


def test_credit_that_was_taken_up_by_its_link_is_not_counted_again_by_its_code() -> None:
    """Who has both uses one of them, or the other."""
    programme()
    credit(given="code", limits={"budget_minor": 800})
    grant_id = give(jane := person())
    grant = offers.granted_before(jane, "g")
    assert grant is not None
    found = offers.check_code(
        text=offers.code_for(grant, now=NOW), profile_id=jane, session_key="", ip="", now=NOW
    )
    offers.accept(grant_id, now=NOW)
    assert not offers.take_up_code(found, profile_id=jane, reason="", now=NOW)
    assert Redemption.objects.count() == 1
    (balance,) = wallet.balances(jane, now=NOW)
    assert balance.available_minor == 500
    assert wallet.verify(now=NOW, more=offers.CLAIMS).ok
