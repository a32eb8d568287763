"""Many at once on PostgreSQL. Each race is run once more without its guard, and then fails.

Threads with a connection each: what races is the database's transactions.
"""

from __future__ import annotations

import re
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

import pytest
from django.db import DatabaseError, connection, transaction

from clm_plugin.models import Account, Budget, Hold, Lot, Posting, Profile, Transaction
from clm_plugin.wallet import api as wallet
from clm_plugin.wallet import booking, expiring, merging
from clm_plugin.wallet.accounts import lock
from clm_plugin.wallet.api import KeyConflict, NotEnough, OverBudget, Source
from tests.wallet.ledger import NOW, days, give, new_key, pay, person, set_aside

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif(
        "connection.vendor != 'postgresql'", reason="SQLite has one writer at a time"
    ),
]
HALF_AN_HOUR = timedelta(minutes=30)


def at_once(*jobs: Callable[[], Any]) -> list[Any]:
    """Run all at the same moment; the results, or what was raised, in order."""
    found: list[Any] = [None] * len(jobs)
    start = threading.Barrier(len(jobs))

    def run(number: int, job: Callable[[], Any]) -> None:
        try:
            start.wait(20)
            with connection.execute_wrapper(_without_lock):
                found[number] = job()
        except BaseException as error:
            found[number] = error
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=each) for each in enumerate(jobs)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    return found


_LOCK = re.compile(r" FOR (NO KEY )?UPDATE( OF \"?\w+\"?)?( NOWAIT| SKIP LOCKED)?")
_lockless = False


@contextmanager
def no_locks() -> Iterator[None]:
    """Every statement of ``at_once`` without its row locks."""
    global _lockless
    _lockless = True
    try:
        yield
    finally:
        _lockless = False


def _without_lock(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
    return execute(_LOCK.sub("", sql) if _lockless else sql, params, many, context)


CHECKS = ((Account, "clm_account_customer"), (Lot, "clm_lot_amounts"))


@contextmanager
def no_checks() -> Iterator[None]:
    """Without the CHECKs that refuse an overspent lot or account."""
    with connection.cursor() as cursor:
        for model, name in CHECKS:
            cursor.execute(f"ALTER TABLE {model._meta.db_table} DROP CONSTRAINT {name}")
    try:
        yield
    finally:
        # What was overspent would not pass them.
        Lot.objects.update(remaining_minor=0, held_minor=0)
        Account.objects.update(balance_minor=0, held_minor=0)
        for model, name in CHECKS:
            check = next(c for c in model._meta.constraints if c.name == name)
            with connection.schema_editor() as editor:
                editor.add_constraint(model, check)


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


@pytest.mark.parametrize("rounds", [4, pytest.param(50, marks=pytest.mark.slow)])
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


@pytest.mark.parametrize("rounds", [6, pytest.param(200, marks=pytest.mark.slow)])
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
