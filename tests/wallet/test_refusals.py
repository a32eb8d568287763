"""What the database itself refuses, told in plain SQL, as if every line of ours were forgotten."""

from __future__ import annotations

import pytest
from django.db import DatabaseError, connection, transaction

from clm_plugin.models import Account, Hold, HoldShare, Lot, Posting, Transaction
from clm_plugin.money import Money
from clm_plugin.wallet import api as wallet
from tests.wallet.ledger import NOW, give, pay, person, set_aside

pytestmark = pytest.mark.django_db


@pytest.fixture
def jane() -> int:
    jane = person()
    give(jane, 1000)
    pay(jane, 100, "1")
    set_aside(jane, 200)
    return jane


def run(sql: str) -> int:
    tables = {
        model.__name__.lower(): model._meta.db_table
        for model in (Account, Hold, HoldShare, Lot, Posting, Transaction)
    }
    with connection.cursor() as cursor:
        cursor.execute(sql.format(**tables))
        return int(cursor.rowcount)


CUSTOMER = "purpose = 'customer'"
REFUSED = [
    # a double spend, whatever the code forgot
    f"UPDATE {{account}} SET balance_minor = held_minor - 1 WHERE {CUSTOMER}",
    f"UPDATE {{account}} SET held_minor = -1 WHERE {CUSTOMER}",
    f"UPDATE {{account}} SET held_minor = balance_minor + 1 WHERE {CUSTOMER}",
    "UPDATE {account} SET balance_minor = 5 WHERE purpose = 'issued'",
    "UPDATE {account} SET opened_for = 5 WHERE purpose = 'redeemed'",
    "UPDATE {account} SET purpose = 'debt', held_minor = 0 WHERE purpose = 'customer'",
    "UPDATE {account} SET purpose = 'slush' WHERE purpose = 'expired'",
    "UPDATE {account} SET purpose = 'issued' WHERE purpose = 'expired'",
    # a lot spent twice
    "UPDATE {lot} SET remaining_minor = held_minor - 1",
    "UPDATE {lot} SET remaining_minor = granted_minor + 1",
    "UPDATE {lot} SET held_minor = -1",
    "UPDATE {lot} SET expires_at = opens_at",
    "UPDATE {hold} SET amount_minor = 0",
    "UPDATE {hold} SET state = 'stolen'",
    "UPDATE {holdshare} SET amount_minor = -5",
    # history rewritten
    "UPDATE {posting} SET amount_minor = amount_minor + 1",
    "UPDATE {posting} SET amount_minor = amount_minor",  # see STAYS: this one is no change
    "UPDATE {posting} SET account_id = account_id + 1",
    "UPDATE {posting} SET lot_id = NULL WHERE lot_id IS NOT NULL",
    "DELETE FROM {posting}",
    "DELETE FROM {transaction}",
    "UPDATE {transaction} SET at = '2020-01-01'",
    "UPDATE {transaction} SET kind = 'deduct' WHERE kind = 'grant'",
    "UPDATE {transaction} SET reason = 'another story'",
    "UPDATE {transaction} SET actor = 'user:2'",
    "UPDATE {transaction} SET order_id = '2' WHERE order_id = '1'",
    "UPDATE {transaction} SET key = 'again' WHERE kind = 'grant'",
    "UPDATE {transaction} SET owed_minor = 7",
]
ALLOWED = [
    "UPDATE {posting} SET amount_minor = amount_minor",
    "UPDATE {transaction} SET reason = '', order_id = 'erased', actor = 'erased'",
    "UPDATE {transaction} SET key = 'erased:1' WHERE kind = 'grant'",
]
REFUSED.remove(ALLOWED[0])


@pytest.mark.parametrize("sql", REFUSED)
@pytest.mark.usefixtures("jane")
def test_the_database_refuses(sql: str) -> None:
    with pytest.raises(DatabaseError), transaction.atomic():
        assert run(sql), "there was nothing to change"


@pytest.mark.parametrize("sql", ALLOWED)
@pytest.mark.usefixtures("jane")
def test_what_an_erasure_does_is_allowed(sql: str) -> None:
    with transaction.atomic():
        assert run(sql)


def test_a_second_account_or_key_is_refused(jane: int) -> None:
    for row in (
        Account(purpose="customer", programme="tea", currency="EUR", opened_for=jane),
        Account(purpose="issued", programme="tea", currency="EUR"),
        Transaction(kind="grant", currency="GBP", key=_key(), fingerprint="", at=NOW),
        Posting(transaction=_first(), account=Account.objects.all()[0], amount_minor=0),
    ):
        with pytest.raises(DatabaseError), transaction.atomic():
            row.save(force_insert=True)


def _first() -> Transaction:
    return Transaction.objects.order_by("id")[0]


def _key() -> str:
    return _first().key


def post(*legs: tuple[str, int], commit: bool = False) -> None:
    """Postings as no code of ours would write them."""
    row = Transaction.objects.create(
        kind="grant", currency="GBP", key=str(legs), fingerprint="", at=NOW
    )
    accounts = {its.purpose: its for its in Account.objects.filter(programme="tea")}
    rows = [Posting(transaction=row, account=accounts[p], amount_minor=m) for p, m in legs]
    _write(rows, commit=commit)


def _write(rows: list[Posting], *, commit: bool = True) -> None:
    """``commit``: what is deferred to the end of the transaction is checked now."""
    Posting.objects.bulk_create(rows)
    if commit:
        with connection.cursor() as cursor:
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
            cursor.execute("SET CONSTRAINTS ALL DEFERRED")


@pytest.mark.parametrize("legs", [(("issued", -5),), (("issued", -5), ("expired", 4))], ids=str)
@pytest.mark.usefixtures("jane")
def test_a_transaction_that_does_not_sum_to_zero_is_refused(
    legs: tuple[tuple[str, int], ...],
) -> None:
    if connection.vendor != "postgresql":
        post(*legs)  # SQLite has no deferred triggers: there the proof finds it
        proof = wallet.verify(now=NOW)
        assert not proof.ok
        assert proof.checks[0].wrong == 1
        return
    post(("issued", -5), ("expired", 5), commit=True)
    with pytest.raises(DatabaseError, match="does not sum to zero"), transaction.atomic():
        post(*legs, commit=True)


@pytest.mark.usefixtures("jane")
def test_currencies_do_not_make_up_for_each_other() -> None:
    give(person(), programme="kiosk", amount=Money(5, "EUR"))
    if connection.vendor != "postgresql":
        pytest.skip("SQLite has no deferred triggers")
    row = Transaction.objects.create(
        kind="grant", currency="GBP", key="mixed", fingerprint="", at=NOW
    )
    accounts = {its.programme: its for its in Account.objects.filter(purpose="issued")}
    legs = [
        Posting(transaction=row, account=accounts[programme], amount_minor=minor)
        for programme, minor in (("tea", -5), ("kiosk", 5))
    ]
    with pytest.raises(DatabaseError, match="does not sum to zero"), transaction.atomic():
        _write(legs)
