"""Hold, capture, release: two phases of paying with credit."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from clm_plugin.models import Account, Hold, Lot
from clm_plugin.wallet import api as wallet
from clm_plugin.wallet.api import HoldClosed, KeyConflict, NotEnough, Source
from tests.wallet.ledger import NOW, TEA, days, free, gbp, give, pay, person, set_aside

pytestmark = pytest.mark.django_db


def test_a_hold_sets_aside_and_posts_nothing() -> None:
    jane = person()
    give(jane, 1000)
    held = set_aside(jane, 400, order_id="1001")
    balance = wallet.balance(jane, "GBP", now=NOW)
    assert (balance.available_minor, balance.held_minor) == (600, 400)
    assert held.state == "pending"
    assert [m.kind for m in wallet.history(jane)] == ["grant"]
    assert wallet.held_for("1001") == (held,)


def test_a_capture_pays_and_the_rest_is_released() -> None:
    jane = person()
    give(jane, 1000)
    held = set_aside(jane, 400)
    paid = wallet.capture(hold_key=held.key, now=NOW, order_id="1001", amount_minor=300)
    assert paid.amount_minor == 300
    assert free(jane) == 700
    assert Account.objects.get(purpose="customer").held_minor == 0
    assert wallet.spent_on("1001") == paid
    assert wallet.paid_on(["1001", "x"]) == {"1001": (300, 0)}


def test_what_an_order_does_not_need_pays_what_is_owed_for_it() -> None:
    jane = person()
    give(jane, 1000, source=Source("order", "900"))
    held = set_aside(jane, 1000)
    wallet.claw_back(
        source=Source("order", "900"), amount_minor=None, key="back", policy="debt", now=NOW,
        reason="refunded", actor="shop",
    )  # fmt: skip
    assert wallet.balance(jane, "GBP", now=NOW).debt_minor == 1000
    wallet.capture(hold_key=held.key, now=NOW, order_id="1001", amount_minor=300)
    balance = wallet.balance(jane, "GBP", now=NOW)
    assert (balance.available_minor, balance.debt_minor) == (0, 300)
    assert wallet.verify(now=NOW).ok


@pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite has no functions")
@pytest.mark.django_db(transaction=True)
def test_holding_is_one_statement_and_its_refusal_is_not_the_callers() -> None:
    jane = person()
    give(jane, 1000)
    with CaptureQueriesContext(connection) as queries:
        set_aside(jane, 400)
    assert len(queries) == 1
    with transaction.atomic():
        with pytest.raises(NotEnough) as refused:
            set_aside(jane, 601)
        assert refused.value.available_minor == 600
        held = set_aside(jane, 600)  # his transaction is as good as before
    with CaptureQueriesContext(connection) as queries:
        wallet.capture(hold_key=held.key, now=NOW, order_id="1001")
    assert sum("clm_wallet_capture" in each["sql"] for each in queries) == 1
    assert len(queries) <= 7  # BEGIN, it, the event of it, COMMIT
    assert not Hold.objects.filter(amount_minor=601).exists()


@pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite has no functions")
@pytest.mark.django_db(transaction=True)
def test_a_refusal_ends_no_transaction_that_is_kept_by_hand() -> None:
    """Red before: the caller's next statement was refused, and its work lost."""
    jane = person()
    give(jane, 1000)
    transaction.set_autocommit(False)
    try:
        with pytest.raises(NotEnough):
            set_aside(jane, 1001)
        set_aside(jane, 600)
        transaction.commit()
    finally:
        transaction.rollback()
        transaction.set_autocommit(True)
    assert free(jane) == 400


def test_captured_again_it_gives_the_first_answer() -> None:
    jane = person()
    give(jane, 1000)
    held = set_aside(jane, 400)
    first = wallet.capture(hold_key=held.key, now=NOW, order_id="1001")
    again = wallet.capture(hold_key=held.key, now=NOW, order_id="1001")
    assert again.repeated
    assert again.transaction_id == first.transaction_id
    assert again.shares == first.shares
    assert free(jane) == 600
    with pytest.raises(KeyConflict):
        wallet.capture(hold_key=held.key, now=NOW, order_id="1002")
    with pytest.raises(HoldClosed):
        wallet.release(hold_key=held.key, now=NOW, reason="late")


def test_more_than_was_held_is_refused() -> None:
    jane = person()
    give(jane, 1000)
    held = set_aside(jane, 400)
    with pytest.raises(NotEnough):
        wallet.capture(hold_key=held.key, now=NOW, order_id="1001", amount_minor=401)
    assert free(jane) == 600


def test_a_release_gives_back_once() -> None:
    jane = person()
    give(jane, 1000)
    held = set_aside(jane, 400)
    assert wallet.release(hold_key=held.key, now=NOW, reason="declined").state == "voided"
    assert wallet.release(hold_key=held.key, now=NOW, reason="declined").repeated
    assert free(jane) == 1000
    with pytest.raises(HoldClosed) as refused:
        wallet.capture(hold_key=held.key, now=NOW, order_id="1001")
    assert refused.value.state == "voided"


@pytest.mark.parametrize("what", ["capture", "release", "rehold"])
def test_an_unknown_hold_is_closed(what: str) -> None:
    extras: dict[str, dict[str, Any]] = {
        "capture": {"order_id": "1"},
        "release": {"reason": "x"},
        "rehold": {"expires_at": NOW + days(1)},
    }
    with pytest.raises(HoldClosed) as refused:
        getattr(wallet, what)(hold_key="none", now=NOW, **extras[what])
    assert refused.value.state == ""


def test_what_expires_first_is_spent_first_then_what_is_oldest() -> None:
    jane = person()
    never = give(jane, 100, expires_at=None).shares[0].lot_id
    late = give(jane, 100, expires_at=NOW + days(20), now=NOW - days(1)).shares[0].lot_id
    soon = give(jane, 100, expires_at=NOW + days(2)).shares[0].lot_id
    young = give(jane, 100, expires_at=NOW + days(20)).shares[0].lot_id
    held = set_aside(jane, 350)
    assert [share.lot_id for share in held.shares] == [soon, late, young, never]
    assert [share.amount_minor for share in held.shares] == [100, 100, 100, 50]


def test_only_open_lots_are_spent() -> None:
    jane = person()
    give(jane, 100, opens_at=NOW + days(1))
    give(jane, 100, now=NOW - days(9), opens_at=NOW - days(9), expires_at=NOW)
    with pytest.raises(NotEnough) as refused:
        set_aside(jane, 1)
    assert refused.value.available_minor == 0
    assert not Hold.objects.exists()


def test_each_programme_pays_at_most_what_it_may() -> None:
    jane = person()
    give(jane, 500, expires_at=NOW + days(1))
    give(jane, 500, programme="coffee")
    held = set_aside(jane, 400, most={TEA: 100, "coffee": 300})
    assert [(s.programme, s.amount_minor) for s in held.shares] == [(TEA, 100), ("coffee", 300)]
    with pytest.raises(NotEnough) as refused:
        set_aside(jane, 300, most={"coffee": 300})
    assert refused.value.available_minor == 200
    paid = wallet.capture(hold_key=held.key, now=NOW, order_id="7")
    movements = [m for m in wallet.history(jane) if m.kind == "capture"]
    assert [(m.programme, m.amount_minor) for m in movements] == [("coffee", -300), (TEA, -100)]
    assert {m.transaction_id for m in movements} == {paid.transaction_id}


def test_a_repeated_hold_is_one_hold() -> None:
    jane = person()
    give(jane, 1000)
    first = set_aside(jane, 400, key="k")
    again = set_aside(jane, 400, key="k", now=NOW + days(1), expires_at=NOW + days(2))
    assert again.repeated
    assert again.shares == first.shares
    assert free(jane) == 600
    for other in ({"minor": 500}, {"minor": 400, "order_id": "1002"}):
        with pytest.raises(KeyConflict):
            set_aside(jane, key="k", **other)


def test_31_back_from_a_long_payment_page_it_is_held_anew_or_refused() -> None:
    jane = person()
    give(jane, 1000)
    held = set_aside(jane, 400)
    later = NOW + days(1)
    wallet.rehold(hold_key=held.key, now=NOW, expires_at=later)
    assert Hold.objects.get().expires_at == later
    wallet.release(hold_key=held.key, now=NOW, reason="timed out")
    again = wallet.rehold(hold_key=held.key, now=NOW, expires_at=later)
    assert (again.state, free(jane)) == ("pending", 600)
    wallet.release(hold_key=held.key, now=NOW, reason="timed out")
    pay(jane, 900, "1002")
    with pytest.raises(NotEnough):
        wallet.rehold(hold_key=held.key, now=NOW, expires_at=later)
    assert Hold.objects.get(key=held.key).state == "voided"
    assert free(jane) == 100


def test_held_in_another_tab_the_balance_is_reduced() -> None:
    """Case 30."""
    jane = person()
    give(jane, 1000)
    set_aside(jane, 800)
    with pytest.raises(NotEnough) as refused:
        set_aside(jane, 300)
    assert refused.value.available_minor == 200


def test_a_lot_that_expired_meanwhile_is_captured_all_the_same() -> None:
    jane = person()
    give(jane, 1000, expires_at=NOW + days(1))
    held = set_aside(jane, 400)
    paid = wallet.capture(hold_key=held.key, now=NOW + days(2), order_id="1")
    assert paid.amount_minor == 400
    assert Lot.objects.get().remaining_minor == 600


def test_credit_of_another_currency_is_not_touched() -> None:
    """Case 39."""
    jane = person()
    give(jane, 1000)
    with pytest.raises(NotEnough):
        wallet.hold(
            profile_id=jane, amount=type(gbp(1))(1, "EUR"), key="eur", now=NOW,
            expires_at=NOW + days(1),
        )  # fmt: skip
