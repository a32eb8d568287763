"""Refunds of amounts that the currency, or Oscar's books, have no coins for."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Any

import pytest

from clm_plugin.adapters.oscar import refunding
from demo_shop import refunds
from tests.adapters.credit import Saver, charged, free, give, programme
from tests.adapters.test_credit_combined import given_back, handler, in_currency, proven

if TYPE_CHECKING:
    from clm_plugin.adapters.oscar.refunds_waiting import Part
    from tests.demo.conftest import StockedShop

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("price", ["8499.15", "8499.50", "8499.85"])
@pytest.mark.parametrize("minor", [0, 3000], ids=["card", "card and credit"])
def test_a_line_whose_price_is_no_whole_yen_is_refunded(
    saver: Saver, stocked_shop: StockedShop, ann: Any, price: str, minor: int
) -> None:
    """15 per cent off. Red before: "Only ¥8,499 of this order can still be refunded"."""
    programme("yen", currency="JPY", name="Yen credit")
    if minor:
        give(ann, minor, key="yen", currency="JPY")
    in_currency(stocked_shop, "JPY", price)
    saver.checkout(stocked_shop.lantern)
    order = saver.order()
    before = refunds.refundable(order)
    line = order.lines.get()
    worth = handler().worth([line], [1])
    assert sum(part.amount for part in foreseen(order, worth)) == int(worth)
    done = handler().refund_lines(order, [line], [1], shipping=Decimal(0))
    assert done.amount == int(worth)
    assert refunds.refundable(order) == before - int(worth)
    if rest := refunds.refundable(order):
        handler().refund_amount(order, rest)
    assert free(ann, "JPY") == minor
    assert given_back(order)["card"] <= sum(charged())
    assert proven()


def foreseen(order: Any, amount: Decimal) -> tuple[Part, ...]:
    return refunding.foresee_refund(order, amount).parts


def test_less_than_the_smallest_coin_is_no_refund(
    saver: Saver, stocked_shop: StockedShop, ann: Any
) -> None:
    in_currency(stocked_shop, "JPY", "500")
    saver.add(stocked_shop.lantern)
    saver.buy()
    for amount in ("0.5", "0.99", "0", "-1"):
        with pytest.raises(refunds.RefundError):
            handler().refund_amount(saver.order(), Decimal(amount))
        with pytest.raises(refunding.RefundRefused):
            refunding.foresee_refund(saver.order(), Decimal(amount))
    assert given_back(saver.order()) == {"card": 0}


def test_what_oscars_two_decimals_cannot_hold_is_rounded_down(
    saver: Saver, stocked_shop: StockedShop, ann: Any, settings: Any
) -> None:
    settings.OSCAR_DEFAULT_CURRENCY = "KWD"
    in_currency(stocked_shop, "KWD", "5.05")
    saver.add(stocked_shop.lantern)
    saver.buy()
    done = handler().refund_amount(saver.order(), Decimal("1.239"))
    assert done.amount == Decimal("1.23")
    assert proven()
