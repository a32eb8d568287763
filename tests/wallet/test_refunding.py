"""Refunds: what an order spent comes back, what it earned is taken back."""

from __future__ import annotations

from datetime import datetime, timedelta
from itertools import permutations
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from clm_plugin.models import Account, Lot, Transaction
from clm_plugin.wallet import api as wallet
from clm_plugin.wallet.api import KeyConflict, Source
from clm_plugin.wallet.repaying import customers_beside
from tests.wallet.ledger import NOW, TEA, days, free, give, new_key, pay, person, set_aside

pytestmark = pytest.mark.django_db
ORDER = Source("order", "1001")


def restore(
    minor: int | None, order_id: str = "1", *, key: str = "", now: datetime = NOW, grace: int = 14
) -> wallet.Posted:
    return wallet.restore(
        order_id=order_id, amount_minor=minor, key=key or new_key(), now=now,
        grace=timedelta(days=grace), reason="refund", actor="refund",
    )  # fmt: skip


def claw(
    minor: int | None, policy: Any, *, key: str = "", now: datetime = NOW
) -> wallet.ClawedBack:
    return wallet.claw_back(
        source=ORDER, amount_minor=minor, key=key or new_key(), policy=policy, now=now,
        reason="refund", actor="refund",
    )  # fmt: skip


def taken(back: wallet.ClawedBack) -> tuple[int, int, int]:
    return back.lot_minor, back.debt_minor, back.owed_minor


def test_a_refund_reopens_the_same_lots() -> None:
    jane = person()
    give(jane, 600, expires_at=NOW + days(2))
    give(jane, 600, expires_at=NOW + days(9))
    paid = pay(jane, 1000, "1")
    back = restore(None)
    assert back.shares == paid.shares
    assert [lot.remaining_minor for lot in Lot.objects.order_by("id")] == [600, 600]
    assert restore(None).transaction_id is None
    assert wallet.paid_on(["1"]) == {"1": (1000, 1000)}


@pytest.mark.parametrize("parts", sorted(set(permutations([333, 333, 334]))))
def test_34_partial_refunds_add_up_to_the_cent(parts: tuple[int, ...]) -> None:
    jane = person()
    for number in range(3):
        give(jane, 700, expires_at=NOW + days(2 + number))
    pay(jane, 1000, "1")
    assert [restore(part).amount_minor for part in parts] == list(parts)
    assert restore(1).amount_minor == 0
    assert [lot.remaining_minor for lot in Lot.objects.order_by("id")] == [700, 700, 700]


def test_a_partial_refund_is_split_by_largest_remainder() -> None:
    jane = person()
    give(jane, 700, expires_at=NOW + days(2))
    give(jane, 700, expires_at=NOW + days(3))
    pay(jane, 1000, "1")
    assert [share.amount_minor for share in restore(333).shares] == [233, 100]


@given(
    lots=st.lists(st.integers(1, 400), min_size=1, max_size=4),
    parts=st.lists(st.integers(1, 500), min_size=1, max_size=6),
)
@settings(max_examples=25, deadline=None)
def test_refunds_never_give_more_than_was_paid(lots: list[int], parts: list[int]) -> None:
    jane, order = person(), new_key()
    for minor in lots:
        give(jane, minor, programme=f"p{minor % 2}")
    whole = sum(lots)
    pay(jane, whole, order)
    given_back = sum(restore(part, order).amount_minor for part in parts)
    assert given_back == min(whole, sum(parts))
    restore(None, order)
    assert free(jane) == whole


@pytest.mark.parametrize("order", sorted(set(permutations(["cancel", "webhook", "admin"]))))
def test_32_cancel_webhook_and_admin_restore_once(order: tuple[str, ...]) -> None:
    """Each twice, in any order: the two that say how much, and the one that says all."""
    jane = person()
    give(jane, 1000)
    pay(jane, 1000, "1")
    amounts = {"cancel": None, "webhook": 400, "admin": 1000}
    for who in (*order, *order):
        restore(amounts[who], key=f"{who}:1")
    assert free(jane) == 1000
    with pytest.raises(KeyConflict):
        restore(401, key=f"{order[0]}:1")


def test_35_a_lot_that_expired_comes_back_as_a_grace_lot() -> None:
    jane = person()
    give(jane, 1000, expires_at=NOW + days(2), source=ORDER)
    pay(jane, 1000, "1")
    later = NOW + days(10)
    first = restore(400, now=later)
    (lot,) = wallet.lots(jane, now=later)
    assert (lot.remaining_minor, lot.expires_at) == (400, later + days(14))
    assert (lot.id, lot.source) == (first.shares[0].lot_id, ORDER)
    assert restore(None, now=later).amount_minor == 600
    assert restore(None, now=later).amount_minor == 0
    assert free(jane, now=later) == 1000
    # Spent once more, it is the grace lots' turn to come back.
    pay(jane, 1000, "2", now=later)
    assert restore(None, "2", now=later).amount_minor == 1000
    assert free(jane, now=later) == 1000


def test_without_grace_it_comes_back_expired() -> None:
    jane = person()
    give(jane, 1000, expires_at=NOW + days(2))
    pay(jane, 1000, "1")
    later = NOW + days(10)
    restore(None, now=later, grace=0)
    assert free(jane, now=later) == 0
    assert wallet.expire_due(now=later) == 1


def test_an_order_without_credit_restores_nothing() -> None:
    assert restore(100, "none").amount_minor == 0
    assert restore(None, "").amount_minor == 0
    assert not Transaction.objects.exists()


@pytest.mark.parametrize("policy", ["lot", "debt", "reduce_refund"])
def test_what_waits_is_voided_first(policy: str) -> None:
    jane = person()
    give(jane, 600, source=ORDER)
    give(jane, 600, source=ORDER, opens_at=NOW + days(14))
    assert taken(claw(700, policy)) == (700, 0, 0)
    assert [lot.remaining_minor for lot in Lot.objects.order_by("id")] == [500, 0]


@pytest.mark.parametrize(
    ("policy", "expected"),
    [("lot", (400, 0, 0)), ("debt", (400, 600, 0)), ("reduce_refund", (400, 0, 600))],
)
def test_33_cancelled_after_the_bonus_was_spent(
    policy: str, expected: tuple[int, int, int]
) -> None:
    jane = person()
    give(jane, 1000, source=ORDER)
    give(jane, 50)
    pay(jane, 600, "1")
    assert taken(claw(None, policy, key="k")) == expected
    again = claw(None, policy, key="k")
    assert (taken(again), again.repeated) == (expected, True)
    assert taken(claw(None, policy)) == (0, 0, 0)
    balance = wallet.balance(jane, "GBP", now=NOW)
    assert balance.available_minor == 50, "other credit of hers is not touched"
    assert balance.debt_minor == expected[1]


def test_in_parts_it_never_takes_more_than_was_given() -> None:
    jane = person()
    give(jane, 1000, source=ORDER)
    pay(jane, 900, "1")
    parts = [taken(claw(400, "debt")) for _ in range(4)]
    assert parts == [(100, 300, 0), (0, 400, 0), (0, 200, 0), (0, 0, 0)]


def test_what_expired_did_her_no_good_and_is_not_asked_for() -> None:
    jane = person()
    give(jane, 1000, source=ORDER, expires_at=NOW + days(1))
    pay(jane, 100, "1")
    wallet.expire_due(now=NOW + days(2))
    assert taken(claw(None, "reduce_refund", now=NOW + days(2))) == (0, 0, 100)


def test_what_is_held_for_another_order_is_left_there() -> None:
    jane = person()
    give(jane, 1000, source=ORDER)
    held = set_aside(jane, 300)
    assert taken(claw(None, "debt")) == (700, 300, 0)
    wallet.capture(hold_key=held.key, now=NOW, order_id="1")
    assert wallet.balance(jane, "GBP", now=NOW).debt_minor == 300


def test_restored_and_clawed_back_nothing_is_left_over() -> None:
    """She spent the bonus of order 1001 on order 1, and sends both back."""
    jane = person()
    give(jane, 1000, source=ORDER)
    pay(jane, 1000, "1")
    restore(None)
    assert taken(claw(None, "debt")) == (1000, 0, 0)
    assert wallet.balances(jane, now=NOW) == []


def test_a_reversed_claw_back_gives_lot_and_debt_back() -> None:
    jane = person()
    give(jane, 1000, source=ORDER)
    pay(jane, 600, "1")
    back = claw(None, "debt")
    assert back.transaction_id is not None
    wallet.reverse(
        transaction_id=back.transaction_id,
        key="r",
        reason="not refunded",
        actor="staff:eve",
        now=NOW,
    )
    balance = wallet.balance(jane, "GBP", now=NOW)
    assert (balance.available_minor, balance.debt_minor) == (400, 0)
    assert taken(claw(None, "debt")) == (400, 600, 0)


def test_beside_a_debt_of_somebody_erased_there_is_nobody(django_assert_num_queries: Any) -> None:
    """Red before: all accounts of everybody who was ever erased would have been locked with it."""
    names = [{"programme": TEA, "currency": "GBP", "opened_for": each} for each in (1, 2, None)]
    Account.objects.bulk_create([Account(purpose="customer", **each) for each in names])
    debts = [Account(purpose="debt", **each) for each in names]
    with django_assert_num_queries(1):
        found = customers_beside(debts)
    assert found == set(Account.objects.exclude(opened_for=None).values_list("pk", flat=True))


def test_a_source_that_gave_nothing_has_nothing_to_take() -> None:
    assert taken(claw(None, "debt")) == (0, 0, 0)
    assert not Transaction.objects.exists()
