"""The proof finds what is wrong, and says so loudly."""

from __future__ import annotations

import json
import logging
from io import StringIO
from typing import Any

import pytest
from django.core.management import call_command
from django.db import connection

from clm_plugin import doctor
from clm_plugin.models import Account, Budget, Hold, LedgerProof, Lot, Transaction
from clm_plugin.money import Money
from clm_plugin.shop.api import CREDIT_TENDER, Tender
from clm_plugin.signals import ledger_failed
from clm_plugin.wallet import api as wallet
from clm_plugin.wallet import comparing
from clm_plugin.wallet.claims import CLAIMS
from tests.wallet.ledger import NOW, days, give, pay, person, set_aside

pytestmark = pytest.mark.django_db


@pytest.fixture
def jane() -> int:
    jane = person()
    give(jane, 1000, budget_minor=5000)
    pay(jane, 300, "1")
    set_aside(jane, 200)
    give(jane, 50, expires_at=NOW + days(1))
    wallet.expire_due(now=NOW + days(2))
    return jane


def wrong() -> set[str]:
    return {check.name for check in wallet.verify(now=NOW).checks if not check.ok}


def sql(text: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(text)


@pytest.mark.usefixtures("jane")
def test_right_books_are_proven() -> None:
    proof = wallet.verify(now=NOW)
    assert proof.ok, proof
    assert [check.name for check in proof.checks[:-1]] == [claim.name for claim in CLAIMS]
    assert all(check.looked_at for check in proof.checks[:-1])


def test_an_empty_ledger_is_right() -> None:
    assert wallet.verify(now=NOW).ok


@pytest.mark.usefixtures("jane")
def test_a_balance_that_was_touched_is_found() -> None:
    Account.objects.filter(purpose="customer").update(balance_minor=701)
    assert wrong() == {
        "every stored balance is the sum of its postings",
        "the lots of an account are its balance",
        "what customers hold is what was issued and did not come back",
    }


@pytest.mark.usefixtures("jane")
def test_a_lot_that_was_touched_is_found() -> None:
    Lot.objects.filter(granted_minor=1000).update(remaining_minor=699)
    assert "every lot has left what its postings say" in wrong()
    assert "the lots of an account are its balance" in wrong()


@pytest.mark.usefixtures("jane")
def test_a_hold_that_was_touched_is_found() -> None:
    Hold.objects.filter(state="pending").update(state="voided")
    assert wrong() == {"what is held is what pending holds hold"}
    Hold.objects.filter(state="voided").update(state="posted")
    assert "every hold that is captured was posted" in wrong()


@pytest.mark.usefixtures("jane")
def test_a_budget_that_was_touched_is_found() -> None:
    Budget.objects.update(issued_minor=1)
    (bad,) = [check for check in wallet.verify(now=NOW).checks if not check.ok]
    assert bad.name == "every budget counts what was issued"
    assert bad.offenders == ("the budget of tea counted 1, the books say 1050",)


@pytest.mark.usefixtures("jane")
def test_a_leg_in_another_currency_is_found() -> None:
    if connection.vendor == "postgresql":
        sql("SET CONSTRAINTS ALL IMMEDIATE")  # what was posted is over, as far as triggers go
    sql(f"UPDATE {Account._meta.db_table} SET currency = 'EUR' WHERE purpose = 'redeemed'")
    assert {
        "every transaction sums to zero in its currency",
        "every posting is in its transaction's currency",
    } <= wrong()


@pytest.mark.usefixtures("jane")
def test_what_is_below_zero_is_found() -> None:
    if connection.vendor != "sqlite":
        pytest.skip("PostgreSQL refuses it, and has no way around")
    sql("PRAGMA ignore_check_constraints = ON")
    Account.objects.filter(purpose="customer").update(balance_minor=-5)
    sql("PRAGMA ignore_check_constraints = OFF")
    assert "no customer is below zero, no debt above" in wrong()


class _Shop:
    """A shop with books of its own."""

    supports_store_credit = True

    def __init__(self, paid: int, refunded: int) -> None:
        self.tender = Tender(
            code=CREDIT_TENDER, label="Store credit", paid=Money(paid, "GBP"),
            refunded=Money(refunded, "GBP"),
        )  # fmt: skip

    def tenders(self, order_ids: Any) -> dict[str, tuple[Tender, ...]]:
        card = Tender(code="card", label="Card", paid=Money(9, "GBP"), refunded=Money(0, "GBP"))
        return {order_id: (card, self.tender) for order_id in order_ids if order_id == "1"}


@pytest.mark.usefixtures("jane")
@pytest.mark.parametrize(
    ("paid", "refunded", "right"), [(300, 0, True), (300, 1, False), (0, 0, False)]
)
def test_the_ledger_is_compared_with_the_orders(
    monkeypatch: pytest.MonkeyPatch, paid: int, refunded: int, right: bool
) -> None:
    monkeypatch.setattr(comparing, "get_shop", lambda: _Shop(paid, refunded))
    check = wallet.verify(now=NOW).checks[-1]
    assert (check.ok, check.looked_at) == (right, 1)
    assert not wallet.verify(now=NOW, orders_since=NOW + days(1)).checks[-1].looked_at


@pytest.mark.usefixtures("jane")
def test_an_order_that_the_shop_says_was_paid_and_the_ledger_only_held_is_found(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    Transaction.objects.filter(order_id="1").update(order_id="erased")
    Hold.objects.filter(state="pending").update(order_id="1")
    monkeypatch.setattr(comparing, "get_shop", lambda: _Shop(200, 0))
    (offender,) = wallet.verify(now=NOW).checks[-1].offenders
    assert offender.startswith("order 1: the ledger says 0 paid")


@pytest.mark.usefixtures("jane")
def test_the_command_says_so_and_leaves_with_zero() -> None:
    out = StringIO()
    call_command("clm_verify", stdout=out)
    assert "The books are right" in out.getvalue()
    assert LedgerProof.objects.get().ok
    out = StringIO()
    call_command("clm_verify", "--json", "--orders-days", "3", stdout=out)
    assert json.loads(out.getvalue())["ok"] is True


@pytest.mark.usefixtures("jane")
def test_wrong_books_are_an_alarm(caplog: pytest.LogCaptureFixture) -> None:
    Budget.objects.update(issued_minor=1)
    heard: list[Any] = []

    def hear(**kwargs: Any) -> None:
        heard.append(kwargs["proof"])

    ledger_failed.connect(hear)
    out = StringIO()
    with pytest.raises(SystemExit) as left, caplog.at_level(logging.ERROR, "clm_plugin"):
        call_command("clm_verify", stdout=out)
    ledger_failed.disconnect(hear)
    assert left.value.code == 1
    assert "THE BOOKS ARE WRONG" in out.getvalue()
    assert "the budget of tea counted 1" in caplog.text
    assert [proof.ok for proof in heard] == [False]
    last = wallet.last_proof()
    assert last is not None
    assert last.checks == heard[0].checks
    assert not next(doctor._ledger(last.at)).ok


def test_the_night_proves(monkeypatch: pytest.MonkeyPatch) -> None:
    from clm_plugin.upkeep import upkeep

    assert wallet.last_proof() is None
    assert list(doctor._ledger(NOW)) == []
    assert upkeep(now=NOW).proved
    assert next(doctor._ledger(NOW)).ok


def test_old_proofs_go() -> None:
    for number in range(405):
        LedgerProof.objects.create(at=NOW - days(number), ok=True)
    wallet.prove(now=NOW)
    assert LedgerProof.objects.count() == 400
