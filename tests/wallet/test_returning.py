"""What refunds and cancellations take back, and what they give back."""

from __future__ import annotations

from datetime import timedelta

import pytest

from clm_plugin import pipeline
from clm_plugin.wallet import api as wallet
from clm_plugin.wallet.models import Lot, Transaction
from tests.factories import NOW, days, new, store
from tests.wallet.shop_events import ME, cancelled, left, person, placed, programme, refunded, spend

pytestmark = pytest.mark.django_db


def test_a_refund_takes_back_its_share_and_each_once() -> None:
    """Case 34: 3.33 + 3.33 + 3.34 of 10.00 go, and never a penny more."""
    programme()
    placed("100", 50_00)
    seen = []
    for number, minor in enumerate((16_65, 16_65, 16_70)):
        refunded("100", minor, f"r{number}")
        refunded("100", minor, f"r{number}")
        seen.append(left()[0])
    assert seen == [6_67, 3_34, 0]


def test_two_refunds_in_one_batch_are_two_shares() -> None:
    programme()
    placed("100", 50_00)
    for number in range(2):
        data = {"order_id": "100", "refund_id": f"r{number}", "amount_minor": 25_00,
                "currency": "GBP"}  # fmt: skip
        store(new("order.refunded", ME, NOW, **data, key=f"r{number}"))
    pipeline.drain(now=NOW)
    assert left() == [0]
    assert Transaction.objects.filter(kind="claw_back").count() == 2


def test_a_cancelled_order_loses_its_bonus_and_earns_none_when_it_was_cancelled_before() -> None:
    programme()
    placed("100", 50_00)
    cancelled("100")
    cancelled("100")
    refunded("100", 50_00, "late")  # the money goes back after the cancellation
    assert left() == [0]
    cancelled("101")
    placed("101", 50_00)
    assert Lot.objects.count() == 1


@pytest.mark.parametrize(
    ("policy", "debt", "owed"), [("lot", 0, 0), ("debt", 10_00, 0), ("reduce_refund", 0, 10_00)]
)
def test_a_bonus_that_was_spent_is_a_debt_or_comes_off_the_refund(
    policy: str, debt: int, owed: int
) -> None:
    """Case 33."""
    programme(pending_days=0, refund_policy=policy)
    placed("100", 50_00)
    spend("101", 10_00, NOW)
    kept = wallet.take_back(order_id="100", refund_id="r1", amount_minor=50_00, now=NOW)
    assert kept == owed
    refunded("100", 50_00, "r1")  # the pipeline finds it done
    assert wallet.balances(person(), now=NOW) == (
        [wallet.Balance(currency="GBP", debt_minor=debt)] if debt else []
    )
    if debt:
        placed("102", 100_00)
        assert wallet.balance(person(), "GBP", now=NOW).available_minor == 10_00


def test_a_cancelled_order_gives_back_what_it_spent_and_a_later_refund_no_more() -> None:
    programme(pending_days=0)
    placed("100", 50_00)
    spend("101", 10_00, NOW)
    placed("101", 10_00, credit_minor=10_00)
    cancelled("101")
    assert left() == [10_00]
    refunded("101", 10_00, "r1", tender="store-credit")
    assert left() == [10_00]


def test_a_refund_to_credit_restores_the_lot_unless_the_shop_did() -> None:
    programme(pending_days=0)
    placed("100", 50_00)
    spend("101", 10_00, NOW)
    placed("101", 10_00, credit_minor=10_00)
    wallet.restore(
        order_id="101", amount_minor=4_00, key=wallet.refund_key("r1"), now=NOW,
        grace=timedelta(days=14), reason="", actor="shop",
    )  # fmt: skip
    refunded("101", 4_00, "r1", tender="store-credit")
    assert left() == [4_00]
    refunded("101", 6_00, "r2", tender="store-credit")
    assert left() == [10_00]
    refunded("101", 6_00, "r3", tender="card")
    assert left() == [10_00]


def test_a_lot_that_expired_before_the_refund_has_the_grace_of_its_programme() -> None:
    """Case 35."""
    programme(pending_days=0, expiry_days=5, grace_days=21)
    placed("100", 50_00)
    spend("101", 10_00, NOW)
    placed("101", 10_00, credit_minor=10_00)
    later = NOW + days(30)
    refunded("101", 10_00, "r1", at=later, tender="store-credit")
    lot = Lot.objects.latest("id")
    assert (lot.remaining_minor, lot.expires_at) == (10_00, later + days(21))


def test_what_was_to_be_kept_from_a_refund_that_is_gone_is_a_debt() -> None:
    """A refund made past the shop's own way: the pipeline hears of it when the money is out."""
    programme(pending_days=0, refund_policy="reduce_refund")
    placed("100", 50_00)
    spend("101", 10_00, NOW)
    refunded("100", 50_00, "r1")
    assert wallet.balance(person(), "GBP", now=NOW).debt_minor == 10_00


def test_a_shop_that_asks_again_is_told_the_same() -> None:
    programme(pending_days=0, refund_policy="reduce_refund")
    placed("100", 50_00)
    spend("101", 10_00, NOW)
    for _ in range(2):
        assert wallet.take_back(order_id="100", refund_id="r", amount_minor=25_00, now=NOW) == 5_00
