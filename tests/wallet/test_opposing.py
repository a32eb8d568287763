"""Opposing moves on PostgreSQL: what runs in the background never ends a shopper.

Each is run once more without its guard, and then fails.

Threads with a connection each: what races is the database's transactions.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.db import DatabaseError, connection, transaction

from clm_plugin.models import Account, Profile
from clm_plugin.wallet import api as wallet
from clm_plugin.wallet import expiring, merging
from clm_plugin.wallet.accounts import lock
from tests.wallet.ledger import NOW, days, give, new_key, pay, person
from tests.wallet.racing import at_once

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite has one writer at a time"),
]


def test_opposing_moves_never_end_a_shopper() -> None:
    """B pays and is given credit while A is merged into her and out again, and lots expire."""
    jane, phone = person(), person()
    for who in (jane, phone):
        for programme in ("tea", "coffee"):
            give(who, 5000, programme=programme)
    stop = threading.Event()
    background: list[BaseException] = []

    def shop(programme: str) -> int:
        for _ in range(12):
            with transaction.atomic():
                pay(jane, 30, new_key())
                give(jane, 10, programme=programme)
        return 12

    def merge() -> None:
        while not stop.is_set():
            try:
                with transaction.atomic():
                    Profile.objects.filter(pk=phone).update(merged_into=jane)
                    moved = wallet.move(phone, jane)
                with transaction.atomic():
                    Profile.objects.filter(pk=phone).update(merged_into=None)
                    wallet.give_back(moved, owner=jane, to=phone)
            except DatabaseError as error:
                background.append(error)

    def sweep() -> None:
        for number in range(1000):
            if stop.is_set():
                return
            give(phone, 5, expires_at=NOW + timedelta(seconds=1))
            wallet.expire_due(now=NOW + timedelta(seconds=2))
            wallet.release_due(now=NOW + timedelta(seconds=number))

    def shoppers() -> list[Any]:
        found = at_once(lambda: shop("tea"), lambda: shop("coffee"))
        stop.set()
        return found

    found = at_once(shoppers, merge, sweep)
    assert found[0] == [12, 12]
    assert [each for each in background if "deadlock" in str(each)] == []
    assert wallet.verify(now=NOW).ok


def crossing(background: Callable[[], Any]) -> list[Any]:
    """A shopper has her second account and then wants her first, while a job wants both."""
    jane = person()
    give(jane, 100, programme="tea", expires_at=NOW + days(1))
    give(jane, 100, programme="coffee", expires_at=NOW + days(1))
    first, second = Account.objects.filter(profile=jane, purpose="customer").order_by("id")
    has, waits = threading.Event(), threading.Event()

    def shopper() -> str:
        with transaction.atomic():
            Account.objects.select_for_update(no_key=True).get(pk=second.pk)
            has.set()
            waits.wait(1.5)
            Account.objects.select_for_update(no_key=True).get(pk=first.pk)
        return "paid"

    def job() -> Any:
        assert has.wait(20)
        threading.Timer(0.3, waits.set).start()
        return background()

    return at_once(shopper, job)


def test_expiry_goes_around_who_is_paying() -> None:
    paid, expired = crossing(lambda: wallet.expire_due(now=NOW + days(2)))
    assert paid == "paid"
    assert expired == 1
    assert wallet.expire_due(now=NOW + days(2)) == 1


def test_red_expiry_that_waits_meets_her_in_a_circle(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(expiring, "lock", lambda ids, skip: lock(ids))
    found = crossing(lambda: wallet.expire_due(now=NOW + days(2)))
    assert "deadlock" in " ".join(str(each) for each in found)


def test_a_merge_gives_way_to_who_is_paying() -> None:
    into = person()
    jane = Profile.objects.order_by("id").last()
    assert jane is not None
    paid, moved = crossing(lambda: wallet.move(_newest(), into))
    assert paid == "paid"
    assert len(moved["account"]) == 2


def test_red_a_merge_that_waits_meets_her_in_a_circle(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(merging, "lock", lambda ids, wait: lock(ids))
    monkeypatch.setattr(merging, "_TRIES", 0)
    into = person()
    found = crossing(lambda: wallet.move(_newest(), into))
    assert "deadlock" in " ".join(str(each) for each in found)


def _newest() -> int:
    jane = Profile.objects.order_by("-id").values_list("id", flat=True)[0]
    return int(jane)


def test_two_merges_and_a_grant_leave_nothing_behind() -> None:
    """Credit granted to a name while it is merged away is the survivor's."""
    for _ in range(6):
        jane, phone = person(), person()
        give(phone, 100)

        def merge(phone: int = phone, jane: int = jane) -> None:
            with transaction.atomic():
                Profile.objects.filter(pk=phone).update(merged_into=jane)
                wallet.move(phone, jane)

        grants = [lambda phone=phone: give(phone, 10, programme="coffee") for _ in range(3)]
        found = at_once(merge, *grants)
        assert [each for each in found if isinstance(each, BaseException)] == []
        assert wallet.balance(jane, "GBP", now=NOW).available_minor == 130
        assert wallet.balances(phone, now=NOW) == []
