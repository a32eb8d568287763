"""Credit by hand: limits, a second person, once (reliability, case 41)."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import IntegrityError, transaction

from clm_plugin.models import GrantRequest, Profile, Transaction
from clm_plugin.money import Money
from clm_plugin.wallet import api as wallet
from clm_plugin.wallet.api import (
    KeyConflict,
    NotEnough,
    NotWaiting,
    OwnRequest,
    Staff,
    WalletError,
    Wish,
)
from clm_plugin.wallet.request_rules import is_alone, limit_minor
from tests.wallet.ledger import NOW, TEA, days, free, gbp, give, new_key, person

pytestmark = pytest.mark.django_db

EVE = Staff(id="1", name="eve", limit=25)
MAX = Staff(id="2", name="max", limit=250)


def ask(
    profile_id: int | None, minor: int = 1000, *, by: Staff = EVE, key: str = "", **kwargs: Any
) -> GrantRequest:
    now = kwargs.pop("now", NOW)
    values: dict[str, Any] = {"kind": "grant", "programme": TEA, "reason": "a broken cup"}
    wish = Wish(profile_id=profile_id, amount=gbp(minor), **(values | kwargs))
    return wallet.ask(wish, key=key or new_key(), by=by, now=now)


@pytest.mark.parametrize(
    ("amount", "given", "limit", "alone"),
    [(2500, 0, 2500, True), (2501, 0, 2500, False), (1, 2500, 2500, False), (1, 2499, 2500, True)],
)
def test_limits(amount: int, given: int, limit: int, alone: bool) -> None:
    assert is_alone(amount, given, limit) == alone


def test_limits_are_in_whole_units_of_the_currency() -> None:
    assert (limit_minor(25, 2), limit_minor(25, 0), limit_minor(25, 3)) == (2500, 25, 25_000)
    assert limit_minor(-1, 2) == 0


def test_within_the_limit_it_is_given_at_once() -> None:
    ann = person()
    row = ask(ann, 2500, expires_at=NOW + days(30))
    assert (row.state, row.needs_approval, free(ann)) == ("approved", False, 2500)
    assert row.transaction_id is not None
    its = Transaction.objects.get(pk=row.transaction_id)
    assert (its.actor, its.reason, its.source_kind) == ("staff:eve", "a broken cup", "by_hand")


def test_many_small_ones_are_no_way_round_the_limit() -> None:
    ann = person()
    for _ in range(2):
        assert ask(ann, 1200).state == "approved"
    assert wallet.alone_left(EVE, "GBP", now=NOW) == 100
    assert ask(ann, 1200).state == "waiting"
    assert free(ann) == 2400
    later = NOW + days(1)
    assert wallet.alone_left(EVE, "GBP", now=later) == 2500
    assert ask(ann, 2500, now=later).state == "approved"


def test_a_double_click_gives_once() -> None:
    ann = person()
    first, second = (ask(ann, key="form-1") for _ in range(2))
    assert first.pk == second.pk
    assert free(ann) == 1000
    with pytest.raises(KeyConflict):
        ask(ann, 1001, key="form-1")
    with pytest.raises(KeyConflict):
        ask(ann, key="form-1", by=MAX)


def test_a_second_person_agrees() -> None:
    ann = person()
    row = ask(ann, 1_000_000)
    assert (row.state, free(ann)) == ("waiting", 0)
    assert list(wallet.waiting(now=NOW)) == [row]
    with pytest.raises(OwnRequest):
        wallet.approve(row.pk, by=EVE, now=NOW)
    row = wallet.approve(row.pk, by=MAX, now=NOW)
    assert (row.state, row.closed_name, free(ann)) == ("approved", "max", 1_000_000)
    assert row.transaction_id is not None
    assert Transaction.objects.get(pk=row.transaction_id).actor == "staff:eve, max"
    with pytest.raises(NotWaiting):
        wallet.approve(row.pk, by=MAX, now=NOW)
    assert free(ann) == 1_000_000
    assert not wallet.waiting(now=NOW)


def test_the_database_refuses_the_same_person() -> None:
    row = ask(person(), 1_000_000)
    for values in ({"approved_by": EVE.id}, {"state": "approved"}):
        with pytest.raises(IntegrityError), transaction.atomic():
            GrantRequest.objects.filter(pk=row.pk).update(**values)


def test_refused_withdrawn_and_lapsed() -> None:
    ann = person()
    refused, withdrawn, late = (ask(ann, 9000 + n) for n in range(3))
    assert wallet.refuse(refused.pk, by=MAX, why="too much", now=NOW).state == "refused"
    assert wallet.refuse(withdrawn.pk, by=EVE, why="", now=NOW).state == "withdrawn"
    for row in (refused, withdrawn):
        with pytest.raises(NotWaiting):
            wallet.approve(row.pk, by=MAX, now=NOW)
    after = late.lapses_at
    assert not wallet.waiting(now=after)
    with pytest.raises(NotWaiting):
        wallet.approve(late.pk, by=MAX, now=after)
    assert free(ann) == 0


def test_an_approval_that_fails_changes_nothing() -> None:
    ann = person()
    give(ann, 5000)
    row = ask(ann, 4000, kind="deduct")
    wallet.deduct(
        profile_id=ann, programme=TEA, amount=gbp(2000), key=new_key(), reason="r", actor="x",
        now=NOW,
    )  # fmt: skip
    with pytest.raises(NotEnough):
        wallet.approve(row.pk, by=MAX, now=NOW)
    row.refresh_from_db()
    assert (row.state, row.approved_by, free(ann)) == ("waiting", "", 3000)


def test_somebody_who_was_erased_meanwhile() -> None:
    row = ask(person(), 9000)
    GrantRequest.objects.filter(pk=row.pk).update(profile=None)
    with pytest.raises(WalletError, match="erased"):
        wallet.approve(row.pk, by=MAX, now=NOW)
    assert wallet.refuse(row.pk, by=MAX, why="", now=NOW).state == "refused"


def test_somebody_who_was_merged_meanwhile() -> None:
    ann, bob = person(), person()
    row = ask(ann, 9000)
    Profile.objects.filter(pk=ann).update(merged_into=bob)
    wallet.approve(row.pk, by=MAX, now=NOW)
    assert free(bob) == 9000


def test_nothing_without_a_reason_or_an_amount() -> None:
    with pytest.raises(WalletError, match="why"):
        ask(person(), reason="  ")
    with pytest.raises(WalletError):
        ask(person(), 0)
    assert not GrantRequest.objects.exists()


def test_a_file_posts_nothing_itself() -> None:
    row = ask(None, 100, kind="file", programme="", file=7)
    assert (row.state, row.transaction_id, row.file) == ("approved", None, 7)
    assert wallet.alone_left(EVE, "GBP", now=NOW) == 2400
    assert Transaction.objects.count() == 0


def test_another_currency_has_its_own_sum() -> None:
    ask(person(), 2500)
    assert wallet.alone_left(EVE, "EUR", now=NOW) == 2500
    wish = Wish(
        kind="grant", programme="euro", profile_id=person(), amount=Money(2500, "EUR"), reason="r"
    )
    assert wallet.ask(wish, key=new_key(), by=EVE, now=NOW).state == "approved"
