"""Earning, spending, refunds and merges in orders that nobody planned."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

import pytest

from clm_plugin import pipeline
from clm_plugin.models import Lot
from clm_plugin.money import Money
from clm_plugin.wallet import api as wallet
from tests.factories import NOW, days, new, store
from tests.wallet.shop_events import (
    ME,
    cancelled,
    event_rule,
    left,
    person,
    placed,
    programme,
    refunded,
    register,
    spend,
)

pytestmark = pytest.mark.django_db


def balance() -> tuple[int, int]:
    """(available, debt)"""
    found = wallet.balance(person(), "GBP", now=NOW)
    return found.available_minor, found.debt_minor


def test_a_refund_that_is_heard_of_before_its_order_takes_its_share_all_the_same() -> None:
    """``order_placed`` is lost in a crash, the refund is told, the reconciler finds the order."""
    programme()
    refunded("100", 25_00, "r1")
    placed("100", 50_00)
    assert left() == [5_00]
    refunded("100", 25_00, "r2")
    assert left() == [0]
    refunded("101", 50_00, "r3")
    placed("101", 50_00)
    assert Lot.objects.count() == 1
    assert wallet.verify(now=NOW).ok


@pytest.mark.parametrize("how", ["cancelled", "refunded", "free"])
def test_a_welcome_waits_for_an_order_that_is_paid_and_stands(how: str) -> None:
    """Case 38, the other way round: gone before it was heard of, or nothing was paid."""
    programme(earn=[event_rule("customer.registered", waits_for_order=True)])
    register(1)
    if how == "cancelled":
        cancelled("100")
    if how == "refunded":
        refunded("100", 10_00, "r1")
    placed("100", 0 if how == "free" else 10_00, who="customer:1")
    assert not Lot.objects.exists()
    assert len(wallet.promised(person())) == 1
    placed("101", 10_00, who="customer:1")
    assert left() == [5_00]


def test_a_welcome_goes_with_an_order_of_which_the_shop_kept_the_bonus() -> None:
    """All that could be refunded was: what was kept for bonus is no sale."""
    programme(
        pending_days=0,
        refund_policy="reduce_refund",
        earn=[
            ("percent", {"percent": Decimal(10)}),
            event_rule("customer.registered", waits_for_order=True),
        ],
    )
    register(1)
    placed("100", 50_00, who="customer:1")
    assert sorted(left()) == [5_00, 5_00]
    spend("101", 10_00, NOW)
    kept = wallet.take_back(order_id="100", refund_id="r1", amount_minor=50_00, now=NOW)
    assert kept == 5_00
    refunded("100", 50_00 - kept, "r1")
    assert len(wallet.promised(person())) == 1


def test_nothing_is_taken_twice_when_what_was_spent_comes_back() -> None:
    """Half of the order that earned goes back while the bonus is spent: a debt. Then the order it
    paid goes back, and then the rest of the first one: all in all what was earned, no more."""
    programme(pending_days=0, refund_policy="debt")
    placed("100", 50_00)
    spend("101", 10_00, NOW)
    placed("101", 10_00, credit_minor=10_00)
    refunded("100", 25_00, "r1")
    assert balance() == (0, 5_00)
    cancelled("101")
    refunded("100", 25_00, "r2")
    cancelled("100")
    assert balance() == (0, 0)
    assert wallet.verify(now=NOW).ok


def test_credit_that_comes_back_pays_the_debt_that_it_was_taken_back_for() -> None:
    """Earn, spend, send back both: nobody has bonus to spend of orders that she did not keep."""
    programme(pending_days=0, refund_policy="debt")
    placed("100", 50_00)
    spend("101", 8_00, NOW)
    placed("101", 8_00, credit_minor=8_00)
    cancelled("100")
    assert balance() == (0, 8_00)
    cancelled("101")
    assert balance() == (0, 0)
    placed("102", 50_00)
    assert balance() == (10_00, 0)
    assert wallet.verify(now=NOW).ok


def test_credit_that_a_declined_card_sets_free_pays_the_debt_that_it_was_taken_back_for() -> None:
    """She goes to pay with the bonus, has the order cancelled that earned it, and does not pay."""
    programme(pending_days=0, refund_policy="debt")
    placed("100", 50_00)
    for number in range(2):
        wallet.hold(
            profile_id=person(), amount=Money(4_00, "GBP"), key=f"bank-{number}", now=NOW,
            expires_at=NOW + timedelta(minutes=40 + number), order_id=f"10{number + 1}",
        )  # fmt: skip
    cancelled("100")
    assert balance() == (0, 8_00)
    wallet.release(hold_key="bank-0", now=NOW, reason="declined")
    assert balance() == (0, 4_00)
    wallet.release_due(now=NOW + timedelta(hours=1))
    assert balance() == (0, 0)
    assert wallet.verify(now=NOW).ok


def test_bonus_of_a_cancelled_order_does_not_come_back_by_the_order_it_paid() -> None:
    """Policy "lot": what is spent is let go, and what comes back unspent is not."""
    programme(pending_days=0, refund_policy="lot")
    placed("100", 50_00)
    spend("101", 10_00, NOW)
    placed("101", 10_00, credit_minor=10_00)
    cancelled("100")
    assert balance() == (0, 0)
    cancelled("101")
    assert balance() == (0, 0)


def test_a_reward_that_is_given_once_is_given_once_to_who_was_two() -> None:
    """A guest answers, then signs in to the account that answered before, and answers again."""
    programme(earn=[event_rule("survey.answered", once="ever", amount=Decimal(2))])
    store(new("page.viewed", ME, NOW - days(9), path="/", source="browser"), at=NOW)
    pipeline.drain(now=NOW)
    for number in range(3):
        guest = f"visitor:{number}"
        at = NOW + days(number)
        store(new("survey.answered", guest, at, survey="nps"), at=at)
        pipeline.drain(now=at)
        store(new("page.viewed", ME, at, path="/", source="browser", links=(guest,)), at=at)
        pipeline.drain(now=at)
    store(new("survey.answered", ME, NOW + days(5), survey="nps"), at=NOW + days(5))
    pipeline.drain(now=NOW + days(5))
    placed("100", 10_00, NOW + days(6))
    assert sum(Lot.objects.values_list("granted_minor", flat=True)) == 2_00


def test_a_request_in_the_currency_that_a_programme_had_is_not_agreed_to() -> None:
    """Its first grant would fix the old currency, and stop all that the programme earns."""
    programme()
    placed("1", 1)
    row = wallet.ask(
        wallet.Wish(
            kind="grant", programme="harbour", amount=Money(99_00, "GBP"), reason="sorry",
            profile_id=person(),
        ),
        key="form-1", by=wallet.Staff(id="1", name="eve"), now=NOW,
    )  # fmt: skip
    programme(currency="EUR")
    with pytest.raises(wallet.BadAmount, match="counts in EUR now"):
        wallet.approve(row.pk, by=wallet.Staff(id="2", name="max"), now=NOW)
    assert not Lot.objects.exists()
