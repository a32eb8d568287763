"""The books as numbers equal the books."""

from __future__ import annotations

from datetime import UTC, timedelta

import pytest

from clm_plugin.models import Account, Lot
from clm_plugin.wallet import api as wallet
from clm_plugin.wallet.api import Out
from tests.wallet.ledger import NOW, TEA, days, gbp, give, new_key, pay, person

pytestmark = pytest.mark.django_db


def test_days_and_what_is_owed_add_up_to_the_ledger() -> None:
    ann, bob = person(), person()
    give(ann, 1000, now=NOW - days(2), opens_at=NOW - days(2))
    wrong = give(bob, 700, programme="bonus")
    pay(ann, 300, "o1")
    wallet.reverse(
        transaction_id=wrong.transaction_id or 0, key=new_key(), reason="wrong", actor="x", now=NOW
    )
    wallet.deduct(
        profile_id=ann, programme=TEA, amount=gbp(50), key=new_key(), reason="r", actor="x", now=NOW
    )
    found = wallet.day_sums(zone=UTC)
    assert [(each.day, each.programme, each.liability) for each in found] == [
        ((NOW - days(2)).date(), TEA, 1000), (NOW.date(), "bonus", 0), (NOW.date(), TEA, -350),
    ]  # fmt: skip
    bonus = found[1]
    assert (bonus.issued, bonus.redeemed, bonus.liability) == (0, 0, 0), "reversed: never issued"
    totals = {each.programme: each for each in wallet.totals()}
    for key, total in totals.items():
        own = [each for each in found if each.programme == key]
        assert sum(each.issued for each in own) == total.issued_minor
        assert sum(each.redeemed for each in own) == total.redeemed_minor
        assert sum(each.clawed_back for each in own) == total.clawed_back_minor
        assert sum(each.liability for each in own) == total.liability_minor
    assert [(each.programme, each.owed, each.people) for each in wallet.owed_now()] == [
        (TEA, 650, 1)
    ]
    assert sum(each.minor for each in wallet.what_is_out(now=NOW)) == 650


def test_days_are_the_shops() -> None:
    from zoneinfo import ZoneInfo

    give(person(), now=NOW.replace(hour=23), opens_at=NOW)
    (one,) = wallet.day_sums(zone=ZoneInfo("Asia/Jakarta"))
    assert one.day == (NOW + days(1)).date()


def test_a_range_of_transactions() -> None:
    first = give(person(), 1).transaction_id or 0
    second = give(person(), 2).transaction_id or 0
    assert sum(each.issued for each in wallet.day_sums(zone=UTC, above=first)) == 2
    assert sum(each.issued for each in wallet.day_sums(zone=UTC, through=first)) == 1
    assert wallet.last_settled(before=NOW) == second
    assert wallet.last_settled(before=NOW - days(1)) == 0


@pytest.mark.parametrize(
    ("opens", "expires", "age", "ends"),
    [
        (timedelta(0), timedelta(days=7), 0, 1),
        (timedelta(days=-7), timedelta(days=7) - timedelta(seconds=1), 1, 0),
        (timedelta(days=-7) + timedelta(seconds=1), None, 0, None),
        (timedelta(seconds=1), timedelta(days=70), -1, 10),
        (timedelta(days=8), timedelta(days=70), -2, 10),
    ],
)
def test_weeks(opens: timedelta, expires: timedelta | None, age: int, ends: int | None) -> None:
    give(
        person(), 500, now=NOW - days(20), opens_at=NOW + opens,
        expires_at=None if expires is None else NOW + expires,
    )  # fmt: skip
    assert wallet.what_is_out(now=NOW) == [
        Out(programme=TEA, currency="GBP", age=age, ends=ends, minor=500)
    ]


def test_lives() -> None:
    ann = person()
    born = NOW - days(21)
    give(ann, 1000, now=born, opens_at=born, expires_at=NOW + days(1))
    pay(ann, 300, "o1", now=born + days(8))
    pay(ann, 100, "o2", now=born + days(15))
    (its,) = wallet.lives(now=NOW)
    assert (its.redeemed, its.left, its.other, its.ended) == ({1: 300, 2: 100}, {3: 600}, {}, 0)
    pay(person_with(200), 200, "o3")
    (its,) = wallet.lives(now=NOW)
    assert its.ended == 1
    assert its.redeemed[0] == 200


def person_with(minor: int) -> int:
    one = person()
    give(one, minor)
    return one


def test_grants_of_keys() -> None:
    ann = person()
    give(ann, 10, key="k1")
    found = wallet.grants_of(["k1", "k2"])
    assert set(found) == {"k1"}
    assert (found["k1"].profile_id, found["k1"].minor) == (ann, 10)


def test_each_is_one_query(django_assert_num_queries: object) -> None:
    pay(person_with(500), 100, "o1")
    for ask in (
        lambda: wallet.day_sums(zone=UTC),
        wallet.owed_now,
        lambda: wallet.what_is_out(now=NOW),
        lambda: wallet.grants_of(["a", "b"]),
        wallet.last_proof,
    ):
        with django_assert_num_queries(1):  # type: ignore[operator]
            ask()
    assert Account.objects.exists()
    assert Lot.objects.exists()
