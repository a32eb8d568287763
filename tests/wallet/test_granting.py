"""Grant, deduct, reverse: credit comes and goes by hand and by rule."""

from __future__ import annotations

from typing import Any

import pytest

from clm_plugin.models import Account, Lot, Posting, Profile, Transaction
from clm_plugin.money import Money, MoneyError
from clm_plugin.wallet import api as wallet
from clm_plugin.wallet.api import (
    BadAmount,
    KeyConflict,
    NoSuchPerson,
    NotEnough,
    NotReversible,
    OverBudget,
    Source,
    UnknownProgramme,
    WalletError,
)
from tests.wallet.ledger import NOW, TEA, days, free, gbp, give, new_key, pay, person, set_aside

pytestmark = pytest.mark.django_db


def deduct(profile_id: int, minor: int, **kwargs: Any) -> wallet.Posted:
    given: dict[str, Any] = {"programme": TEA, "amount": gbp(minor), "key": new_key()}
    return wallet.deduct(
        profile_id=profile_id, reason="a mistake", actor="staff:eve", now=NOW, **(given | kwargs)
    )


def reverse(number: int | None, **kwargs: Any) -> wallet.Posted:
    assert number is not None
    given: dict[str, Any] = {"key": new_key(), "reason": "wrong", "actor": "staff:eve", "now": NOW}
    return wallet.reverse(transaction_id=number, **(given | kwargs))


def claw(source: Source, minor: int | None = None, policy: Any = "debt") -> wallet.ClawedBack:
    return wallet.claw_back(
        source=source, amount_minor=minor, key=new_key(), policy=policy, now=NOW,
        reason="refund", actor="refund",
    )  # fmt: skip


def test_a_grant_is_a_lot_and_two_legs() -> None:
    jane = person()
    posted = give(jane, 1000, source=Source("order", "1001"))
    assert (posted.amount_minor, posted.repeated) == (1000, False)
    assert sorted(Posting.objects.values_list("account__purpose", "amount_minor")) == [
        ("customer", 1000), ("issued", -1000)]  # fmt: skip
    (lot,) = wallet.lots(jane, now=NOW)
    assert (lot.remaining_minor, lot.source) == (1000, Source("order", "1001"))
    (line,) = wallet.history(jane)
    assert (line.amount_minor, line.reason, line.actor) == (1000, "a test", "staff:eve")


def test_balances_say_what_opens_and_expires_next() -> None:
    jane = person()
    give(jane, 500, expires_at=NOW + days(3))
    give(jane, 200, expires_at=NOW + days(3))
    give(jane, 300, expires_at=None)
    give(jane, 70, opens_at=NOW + days(14), expires_at=NOW + days(20))
    give(jane, 40, programme="kiosk", amount=Money(40, "EUR"))
    set_aside(jane, 100)
    euro, pound = wallet.balances(jane, now=NOW)
    assert (euro.currency, euro.available_minor) == ("EUR", 40)
    assert (pound.available_minor, pound.held_minor, pound.pending_minor) == (900, 100, 70)
    assert (pound.next_expiry_at, pound.next_expiry_minor) == (NOW + days(3), 600)
    assert (pound.next_opening_at, pound.next_opening_minor) == (NOW + days(14), 70)


def test_repeated_a_grant_is_one_grant() -> None:
    jane = person()
    first = give(jane, 1000, key="k")
    again = give(jane, 1000, key="k", now=NOW + days(1), opens_at=NOW + days(1))
    assert again.repeated
    assert (again.transaction_id, again.shares) == (first.transaction_id, first.shares)
    assert free(jane) == 1000
    others: list[dict[str, Any]] = [
        {"minor": 999},
        {"source": Source("order", "7")},
        {"programme": "coffee"},
    ]
    for other in others:
        with pytest.raises(KeyConflict):
            give(jane, key="k", **{"minor": 1000, **other})
    with pytest.raises(KeyConflict):
        deduct(jane, 1000, key="k")


NOT_MONEY = [
    float("nan"), float("inf"), -float("inf"), 1e30, -0.01, "1,00", "10", True, 10, None, 10.0,
    Money(0, "GBP"), Money(-1, "GBP"), Money(100, "JPY"), Money(100, "KWD"), Money(100, "EUR"),
]  # fmt: skip


@pytest.mark.parametrize("amount", NOT_MONEY, ids=repr)
@pytest.mark.parametrize("what", ["grant", "deduct", "hold"])
def test_only_sane_money_of_the_programmes_currency(what: str, amount: Any) -> None:
    jane = person()
    give(jane, 1000)
    before = Transaction.objects.count(), free(jane)
    refused = (BadAmount, NotEnough) if what == "hold" else BadAmount
    with pytest.raises(refused):
        {"grant": give, "deduct": deduct, "hold": set_aside}[what](jane, 1, amount=amount)
    assert (Transaction.objects.count(), free(jane)) == before


@pytest.mark.parametrize("minor", [float("nan"), 1e30, -1, 0, True, "1", 10**13], ids=repr)
def test_whole_minor_units_everywhere_else(minor: Any) -> None:
    jane = person()
    give(jane, 1000, source=Source("order", "1"))
    held = set_aside(jane, 100)
    refund: dict[str, Any] = {"now": NOW, "reason": "", "actor": "", "amount_minor": minor}
    with pytest.raises(BadAmount):
        wallet.capture(hold_key=held.key, now=NOW, order_id="1", amount_minor=minor)
    with pytest.raises(BadAmount):
        wallet.restore(order_id="1", key="r", grace=days(1), **refund)
    with pytest.raises(BadAmount):
        wallet.claw_back(source=Source("order", "1"), key="c", policy="lot", **refund)
    assert Transaction.objects.count() == 1


@pytest.mark.parametrize("text", ["NaN", "Infinity", "1e30", "1,00", "", "x"])
def test_what_is_no_amount_never_becomes_money(text: str) -> None:
    with pytest.raises(MoneyError):
        Money.of(text, "GBP")


def test_yen_and_dinars_keep_their_own_units() -> None:
    jane = person()
    give(jane, programme="jp", amount=Money.of("100", "JPY"))
    give(jane, programme="kw", amount=Money.of("1.234", "KWD"))
    assert {b.currency: b.available_minor for b in wallet.balances(jane, now=NOW)} == {
        "JPY": 100, "KWD": 1234}  # fmt: skip


@pytest.mark.parametrize(
    "wrong",
    [
        {"key": ""},
        {"key": "x" * 181},
        {"key": "a\x00b"},
        {"programme": "p" * 65},
        {"source": Source("order", "x" * 129)},
        {"expires_at": NOW},
        {"opens_at": NOW + days(2), "expires_at": NOW + days(1)},
    ],
    ids=repr,
)
def test_words_and_dates_that_cannot_be_are_refused(wrong: dict[str, Any]) -> None:
    with pytest.raises(WalletError):
        give(person(), **wrong)
    assert not Transaction.objects.exists()


def test_reasons_are_cleaned_not_refused() -> None:
    jane = person()
    give(jane, reason="a\x00b\ud800c" + "x" * 300, actor="y" * 99)
    (line,) = wallet.history(jane)
    assert line.reason.startswith("a b c")
    assert (len(line.reason), len(line.actor)) == (200, 80)


def test_credit_of_a_merged_person_is_the_survivors() -> None:
    jane = person()
    old = person(merged_into_id=jane)
    give(old, 100)
    assert free(jane) == 100
    with pytest.raises(NoSuchPerson):
        give(10**6)


def test_a_budget_stops_hard_and_counts_what_was_given_before() -> None:
    give(person(), 300)
    give(person(), 300, budget_minor=1000)
    give(person(), 200)
    with pytest.raises(OverBudget) as refused:
        give(person(), 201, budget_minor=1000)
    assert refused.value.left_minor == 200
    last = give(person(), 200, budget_minor=1000, source=Source("order", "9"))
    with pytest.raises(OverBudget):
        give(person(), 1, budget_minor=1000)
    claw(Source("order", "9"))
    reverse(give(person(), 150, budget_minor=1000).transaction_id)
    give(person(), 200, budget_minor=1000)
    assert last.amount_minor == 200
    assert (
        -sum(
            Posting.objects.filter(account__purpose__in=["issued", "clawed_back"]).values_list(
                "amount_minor", flat=True
            )
        )
        == 1000
    )


def test_a_deduction_takes_what_expires_first_and_never_what_is_held() -> None:
    jane = person()
    give(jane, 100, opens_at=NOW + days(1))
    late, soon = give(jane, 100), give(jane, 100, expires_at=NOW + days(2))
    set_aside(jane, 30)
    taken = deduct(jane, 150)
    assert [(s.lot_id, s.amount_minor) for s in taken.shares] == [
        (soon.shares[0].lot_id, 70), (late.shares[0].lot_id, 80)]  # fmt: skip
    with pytest.raises(NotEnough) as refused:
        deduct(jane, 121)
    assert refused.value.available_minor == 120
    with pytest.raises(UnknownProgramme):
        deduct(jane, 1, programme="none")


def test_a_wrong_grant_is_reversed_once_and_never_edited() -> None:
    jane = person()
    wrong = give(jane, 1000)
    undone = reverse(wrong.transaction_id, key="r")
    assert undone.amount_minor == 1000
    assert reverse(wrong.transaction_id, key="r").repeated
    with pytest.raises(NotReversible):
        reverse(wrong.transaction_id)
    assert free(jane) == 0
    assert [(m.kind, m.amount_minor) for m in wallet.history(jane)] == [
        ("reverse", -1000), ("grant", 1000)]  # fmt: skip


def test_a_wrong_deduction_comes_back_to_the_same_lots() -> None:
    jane = person()
    give(jane, 1000)
    reverse(deduct(jane, 400).transaction_id)
    assert [(lot.remaining_minor, free(jane)) for lot in Lot.objects.all()] == [(1000, 1000)]


def test_what_was_spent_since_is_not_reversed() -> None:
    jane = person()
    wrong = give(jane, 1000)
    paid = pay(jane, 1, "1")
    with pytest.raises(NotEnough):
        reverse(wrong.transaction_id)
    for number in (paid.transaction_id, 10**9):
        with pytest.raises(NotReversible):
            reverse(number)


def test_a_debt_is_paid_out_of_the_next_bonus_only() -> None:
    """Case 33, the other half: future bonus of the same programme, and nothing else."""
    jane = person()
    give(jane, 1000, source=Source("order", "1"))
    pay(jane, 1000, "2")
    assert claw(Source("order", "1")).debt_minor == 1000
    give(jane, 300, programme="coffee")
    assert free(jane) == 300
    give(jane, 400)
    assert wallet.balance(jane, "GBP", now=NOW).debt_minor == 600
    give(jane, 1000)
    balance = wallet.balance(jane, "GBP", now=NOW)
    assert (balance.available_minor, balance.debt_minor) == (700, 0)
    assert [m.amount_minor for m in wallet.history(jane) if m.kind == "repay"] == [-600, -400]
    assert Account.objects.get(purpose="debt").balance_minor == 0
    assert Profile.objects.count() == 1
