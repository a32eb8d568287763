"""Opposing moves on PostgreSQL: whoever takes an offer up never meets a merge in a circle."""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection, transaction

from clm_plugin.offers import api as offers
from clm_plugin.offers import reserving, taking_up
from clm_plugin.offers.models import OfferCode, OfferGrant
from clm_plugin.profiles.api import profiles
from clm_plugin.wallet import api as wallet
from tests.factories import NOW
from tests.offers.plans import LATER, person, plan, publish
from tests.offers.test_combined import credit, give, programme
from tests.wallet.racing import at_once

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite has one writer at a time"),
]

BY_LINK, BY_CODE = "by link", "by code"


def merged_while(phone: int, jane: int, take_up: Callable[[], Any]) -> list[Any]:
    """A merge holds its profiles, then wants the grants; meanwhile somebody takes one up."""
    has, waits = threading.Event(), threading.Event()

    def merge() -> str:
        with transaction.atomic():
            held = profiles().model.objects.select_for_update(no_key=True)
            list(held.filter(pk__in=(jane, phone)).order_by("pk"))
            has.set()
            waits.wait(1.5)
            profiles().model.objects.filter(pk=phone).update(merged_into=jane)
            offers.move(phone, jane)
            wallet.move(phone, jane)
        return "merged"

    def shopper() -> Any:
        assert has.wait(20)
        threading.Timer(0.3, waits.set).start()
        return take_up()

    return at_once(merge, shopper)


def credit_to_take_up(how: str) -> tuple[int, Callable[[], Any]]:
    """A person with credit that she may take up, and how she does."""
    programme()
    credit(given="code" if how == BY_CODE else "grant")
    pid = person()
    grant_id = give(pid)
    if how == BY_LINK:
        return pid, lambda: offers.accept(grant_id, now=NOW)
    grant = offers.granted_before(pid, "g")
    assert grant is not None
    code = offers.code_for(grant, now=NOW)
    found = offers.check_code(text=code, profile_id=pid, session_key="", ip="", now=NOW)
    assert found.ok
    return pid, lambda: offers.take_up_code(found, profile_id=pid, reason="Code", now=NOW)


@pytest.mark.parametrize("how", [BY_LINK, BY_CODE])
def test_credit_is_taken_up_while_its_owner_is_merged_away(how: str) -> None:
    jane = person()
    phone, take_up = credit_to_take_up(how)
    merged, taken = merged_while(phone, jane, take_up)
    assert merged == "merged"
    assert not isinstance(taken, BaseException), taken
    (balance,) = wallet.balances(jane, now=NOW)
    assert balance.available_minor == 500
    assert wallet.balances(phone, now=NOW) == []
    row = OfferGrant.objects.get()
    assert (row.profile_id, row.accepted_at) == (jane, NOW)


@pytest.mark.parametrize("how", [BY_LINK, BY_CODE])
def test_red_a_grant_before_its_owner_meets_a_merge_in_a_circle(
    how: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(taking_up, "_owner", lambda pid: pid)
    jane = person()
    phone, take_up = credit_to_take_up(how)
    found = merged_while(phone, jane, take_up)
    assert "deadlock" in " ".join(str(each) for each in found)


def revoked_while_in_a_checkout() -> list[Any]:
    """A code is revoked that an order had which came to nothing; its grant is used meanwhile."""
    publish(plan("ten", given="code"))
    jane = person()
    grant = offers.grant_offer(profile_id=jane, offer="ten", key="g", reason="", now=NOW)
    code = offers.code_for(grant, now=NOW)
    offers.reserve(code=code, profile_id=jane, order_id="late", now=NOW, until=LATER)
    after = LATER + timedelta(hours=1)
    has, waits = threading.Event(), threading.Event()

    def clerk() -> bool:
        with transaction.atomic():
            OfferCode.objects.select_for_update().get(grant=grant.id)
            has.set()
            waits.wait(1.5)
            return offers.revoke_grant(grant.id, reason="by mistake", now=after)

    def shopper() -> Any:
        assert has.wait(20)
        threading.Timer(0.3, waits.set).start()
        return offers.reserve_all(
            uses=[offers.Use(grant_id=grant.id)],
            profile_id=jane,
            order_id="next",
            now=after,
            until=after + timedelta(hours=1),
        )

    return at_once(clerk, shopper)


def test_a_checkout_leaves_a_late_code_to_who_revokes_it() -> None:
    revoked, held = revoked_while_in_a_checkout()
    assert revoked is True
    assert isinstance(held, offers.CodeTaken)


def test_red_a_late_code_that_is_waited_for_meets_its_revocation_in_a_circle(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(reserving, "held_codes", set)
    found = revoked_while_in_a_checkout()
    assert "deadlock" in " ".join(str(each) for each in found)
