"""Many at once on PostgreSQL. Each race is run once more without its guard, and then fails.

Threads with a connection each: what races is the database's transactions.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.db import DatabaseError, connection

from clm_plugin.models import Budget, Hold, Posting, Transaction
from clm_plugin.wallet import api as wallet
from clm_plugin.wallet import booking
from clm_plugin.wallet.api import KeyConflict, NotEnough, OverBudget, Source
from tests.wallet.ledger import NOW, days, give, new_key, pay, person, set_aside
from tests.wallet.racing import at_once, no_checks, no_locks

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite has one writer at a time"),
]


def spend_at_once(people: int) -> tuple[int, list[Any]]:
    """All of one credit of 1000 by each of so many; returns what was taken, and the refusals."""
    jane = person()
    give(jane, 1000)
    found = at_once(*[lambda n=n: pay(jane, 1000, f"{jane}-{n}") for n in range(people)])
    paid = Posting.objects.filter(account__profile=jane, transaction__kind="capture")
    return (
        -sum(paid.values_list("amount_minor", flat=True)),
        [each for each in found if isinstance(each, BaseException)],
    )


@pytest.mark.parametrize("rounds", [4, pytest.param(50, marks=pytest.mark.soak)])
def test_28_no_double_spend(rounds: int) -> None:
    for _ in range(rounds):
        taken, refused = spend_at_once(16)
        assert taken == 1000
        assert [type(each) for each in refused] == [NotEnough] * 15
    assert wallet.verify(now=NOW).ok


def test_red_without_locks_the_database_still_refuses() -> None:
    with no_locks():
        for _ in range(10):
            taken, refused = spend_at_once(8)
            assert taken <= 1000
            if any(isinstance(each, DatabaseError) for each in refused):
                return
    pytest.fail("the race was never lost: this test proves nothing")


def test_red_without_locks_and_checks_it_is_spent_twice() -> None:
    with no_checks(), no_locks():
        for _ in range(10):
            if spend_at_once(8)[0] > 1000:
                return
    pytest.fail("the race was never lost: this test proves nothing")


def test_one_key_many_times_at_once_is_one_entry() -> None:
    jane = person()
    same = [lambda: give(jane, 100, key="same") for _ in range(28)]
    other = [lambda: give(jane, 101, key="same") for _ in range(4)]
    found = at_once(lambda: give(jane, 100, key="first"), *same)
    posted = [each for each in found[1:] if isinstance(each, wallet.Posted)]
    assert len(posted) == 28
    assert len({each.transaction_id for each in posted}) == 1
    assert sorted(each.repeated for each in posted) == [False] + [True] * 27
    assert [type(each) for each in at_once(*other)] == [KeyConflict] * 4
    assert wallet.balance(jane, "GBP", now=NOW).available_minor == 200
    assert wallet.verify(now=NOW).ok


@pytest.mark.parametrize("what", ["hold", "capture", "restore", "claw_back"])
def test_every_operation_once_however_often_it_is_called(what: str) -> None:
    jane = person()
    give(jane, 1000, source=Source("order", "1"))
    held = set_aside(jane, 300)
    if what in ("restore", "claw_back"):
        wallet.capture(hold_key=held.key, now=NOW, order_id="2")
    refund: dict[str, Any] = {
        "amount_minor": 200, "key": "k", "now": NOW, "reason": "", "actor": "",
    }  # fmt: skip
    job: Callable[[], Any] = {
        "hold": lambda: set_aside(jane, 200, key="k"),
        "capture": lambda: wallet.capture(hold_key=held.key, now=NOW, order_id="2"),
        "restore": lambda: wallet.restore(order_id="2", grace=days(1), **refund),
        "claw_back": lambda: wallet.claw_back(
            source=Source("order", "1"), policy="lot", **refund
        ),
    }[what]  # fmt: skip
    before = Transaction.objects.count(), Hold.objects.count()
    found = at_once(*[job] * 12)
    assert [each for each in found if isinstance(each, BaseException)] == []
    assert sorted(each.repeated for each in found) == [False] + [True] * 11
    after = Transaction.objects.count(), Hold.objects.count()
    assert sum(after) - sum(before) == 1
    assert wallet.verify(now=NOW).ok


def test_red_without_the_unique_key_there_are_many(monkeypatch: pytest.MonkeyPatch) -> None:
    def claim(draft: booking.Draft) -> int | None:
        """Look, then write: what a unique key under ON CONFLICT is there to replace."""
        if Transaction.objects.filter(key=draft.key).exists():
            return None
        time.sleep(0.2)
        row = Transaction.objects.create(
            kind=draft.kind, programme=draft.programme, currency=draft.currency,
            key=draft.key + new_key(), fingerprint=draft.fingerprint, at=draft.at,
        )  # fmt: skip
        return row.pk

    monkeypatch.setattr("clm_plugin.wallet.granting.claim", claim)
    jane = person()
    at_once(*[lambda: give(jane, 100, key="same")] * 8)
    assert Transaction.objects.count() > 1


def expire_at_once(round_: int) -> tuple[int, list[Any]]:
    """Eight redemptions about the moment it ends, and the job; returns what is accounted for."""
    jane, end = person(), NOW + days(round_ + 1)
    give(jane, 1000, expires_at=end)
    moments = [end + timedelta(milliseconds=step) for step in (-1, -1, -1, 0, 0, 1, 1, -1)]
    found = at_once(
        *[lambda at=at, n=n: pay(jane, 300, f"{jane}-{n}", now=at) for n, at in enumerate(moments)],
        lambda: wallet.expire_due(now=end),
        lambda: wallet.expire_due(now=end),
    )
    wallet.expire_due(now=end)
    gone = Posting.objects.filter(
        account__profile=jane, transaction__kind__in=["capture", "expire"]
    )
    refused = [each for each in found if isinstance(each, BaseException)]
    return -sum(gone.values_list("amount_minor", flat=True)), refused


@pytest.mark.parametrize("rounds", [6, pytest.param(200, marks=pytest.mark.soak)])
def test_36_what_is_redeemed_and_what_expires_is_what_was_granted(rounds: int) -> None:
    for round_ in range(rounds):
        gone, refused = expire_at_once(round_)
        assert gone == 1000
        assert {type(each) for each in refused} == {NotEnough}
    assert wallet.verify(now=NOW).ok


def test_red_without_locks_and_checks_it_is_redeemed_and_expires() -> None:
    with no_checks(), no_locks():
        for round_ in range(15):
            if expire_at_once(round_)[0] > 1000:
                return
    pytest.fail("the race was never lost: this test proves nothing")


def grants_at_once(people: int, budget: int) -> tuple[int, list[Any]]:
    jobs = [lambda who=who: give(who, 1, budget_minor=budget) for who in
            [person() for _ in range(people)]]  # fmt: skip
    found: list[Any] = []
    for start in range(0, people, 30):
        found += at_once(*jobs[start : start + 30])
    issued = Posting.objects.filter(account__purpose="issued")
    refused = [each for each in found if isinstance(each, BaseException)]
    return -sum(issued.values_list("amount_minor", flat=True)), refused


def test_a_budget_of_100_is_exactly_100() -> None:
    give(person(), 7)  # before there was a budget
    issued, refused = grants_at_once(150, 107)
    assert issued == 107
    assert [type(each) for each in refused] == [OverBudget] * 50
    assert Budget.objects.get().issued_minor == 107
    assert wallet.verify(now=NOW).ok


def test_red_a_budget_that_is_only_looked_at_is_exceeded(monkeypatch: pytest.MonkeyPatch) -> None:
    def count(programme: str, issued_minor: int, *, most: int | None = None) -> None:
        budget = Budget.objects.get(pk=programme)
        if most is not None and budget.issued_minor + issued_minor > most:
            raise OverBudget("no")
        time.sleep(0.01)
        budget.issued_minor += issued_minor
        budget.save()

    begin = person()
    give(begin, 1, budget_minor=20)  # whoever begins a budget has it to himself
    monkeypatch.setattr(booking, "count", count)
    assert grants_at_once(60, 20)[0] > 20
