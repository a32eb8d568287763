"""What baskets, orders and single products earn, as pages say it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from clm_plugin.money import Money
from clm_plugin.shop.api import Basket, Line, Order, Product
from clm_plugin.statements.api import earns, forget_hints, hints, order_earned
from clm_plugin.wallet import api as wallet
from clm_plugin.wallet.plan import Choice, EarnRule, Exclusions, Expiry
from tests.statements.words import NOW, customer, give, in_force
from tests.widgets.gift_shop import GIFTS, GiftShop

pytestmark = pytest.mark.django_db
PERCENT = (EarnRule(id="p", kind="percent", basis_points=1000),)


class OrderShop(GiftShop):
    """The gift shop with one order, and a gift card."""

    placed: Order | None = None

    def order(self, order_id: str) -> Order | None:
        return self.placed if self.placed is not None and self.placed.id == order_id else None

    def products(self, ids: Any) -> dict[str, Product]:
        card = replace(GIFTS["1"], id="card", is_gift_card=True)
        return super().products(ids) | ({"card": card} if "card" in ids else {})


@pytest.fixture(autouse=True)
def shop(settings: Any) -> Iterator[None]:
    settings.CLM = {**settings.CLM, "SHOP": "tests.statements.test_orders.OrderShop"}
    OrderShop.placed = None
    forget_hints()
    yield
    forget_hints()


def gbp(minor: int) -> Money:
    return Money(minor, "GBP")


def basket(*totals: int) -> Basket:
    lines = tuple(
        Line(product_id=f"{n}", quantity=1, total=gbp(t), title=f"Gift {n}")
        for n, t in enumerate(totals)
    )
    return Basket(id="b", customer_id=None, lines=lines, total=gbp(sum(totals)))


def order(total: int, **changes: Any) -> Order:
    fields: dict[str, Any] = {
        "id": "100", "customer_id": None, "email": "a@example.com",
        "lines": basket(total).lines, "total": gbp(total), "placed_at": NOW,
    }  # fmt: skip
    return Order(**(fields | changes))


def test_a_basket_just_short_of_the_step() -> None:
    in_force()
    (found,) = earns(None, basket(38_00), now=NOW)
    assert (found.amount, found.missing, found.gain) == ("", "£12.00", "£10")


def test_a_basket_that_earns_and_when_it_opens() -> None:
    in_force()
    (found,) = earns(None, basket(30_00, 25_00), now=NOW)
    assert (found.amount, found.missing, found.gain) == ("£10", "£45.00", "£10")
    assert found.opens == "6 December 2026, 12:00 (GMT)"
    assert found.until == "5 January 2027, end of the day (GMT)"


def test_left_out_lines_are_named_with_the_reason() -> None:
    in_force(earn_exclusions=Exclusions(choice=Choice(products=("1",))))
    (found,) = earns(None, basket(60_00, 5_00), now=NOW)
    assert [(out.title, out.reason) for out in found.not_counted] == [
        ("Gift 1", "Not part of this offer.")
    ]


def test_another_currency_is_not_mentioned() -> None:
    in_force(currency="EUR")
    assert earns(None, basket(60_00), now=NOW) == ()


def test_an_order_of_this_minute_is_foreseen_and_an_old_one_is_not() -> None:
    in_force()
    OrderShop.placed = order(60_00)
    (found,) = order_earned("100", now=NOW + timedelta(seconds=2))
    assert (found.amount, found.programme) == ("£10", "Harbour credit")
    assert found.opens == "6 December 2026, 12:00 (GMT)"
    assert order_earned("100", now=NOW + timedelta(hours=1)) == ()
    assert order_earned("101", now=NOW) == ()
    OrderShop.placed = order(60_00, is_cancelled=True)
    assert order_earned("100", now=NOW) == ()
    OrderShop.placed = order(20_00)
    assert order_earned("100", now=NOW) == ()


def test_what_the_ledger_says_goes_first() -> None:
    in_force()
    _, ann, _ = customer()
    opens = NOW + timedelta(days=14)
    give(ann, 7_00, source=wallet.Source("order", "100"), opens_at=opens,
         expires_at=opens + timedelta(days=30))  # fmt: skip
    OrderShop.placed = order(60_00)
    (found,) = order_earned("100", now=NOW)
    assert (found.amount, found.opens) == ("£7", "6 December 2026, 12:00 (GMT)")
    (found,) = order_earned("100", now=opens)
    assert (found.amount, found.opens) == ("£7", "")


def test_what_was_taken_back_before_it_opened_is_not_shown() -> None:
    in_force()
    _, ann, _ = customer()
    give(ann, 7_00, source=wallet.Source("order", "100"), opens_at=NOW + timedelta(days=14),
         expires_at=None)  # fmt: skip
    wallet.claw_back(source=wallet.Source("order", "100"), amount_minor=None, key="c",
                     policy="lot", now=NOW, reason="", actor="plugin")  # fmt: skip
    assert order_earned("100", now=NOW) == ()


def test_a_product_that_earns_by_itself_and_one_that_does_not() -> None:
    in_force(earn=PERCENT)
    (hint,) = hints("1", now=NOW)
    assert (hint.amount, hint.rule, hint.at_least) == ("£0.85", "", False)
    forget_hints()
    in_force()
    (hint,) = hints("1", now=NOW)
    assert (hint.amount, hint.rule) == ("", "£10 for every full £50 of one order.")


def test_a_product_in_several_forms_earns_at_least() -> None:
    in_force(earn=PERCENT)
    (hint,) = hints("3", now=NOW)
    assert (hint.amount, hint.at_least) == ("£1.49", True), "of the forms that can be bought"


@pytest.mark.parametrize("product", ["card", "6", "nowhere"])
def test_what_earns_nothing_says_nothing(product: str) -> None:
    in_force(earn=PERCENT)
    assert hints(product, now=NOW) == ()


def test_a_warm_product_page_costs_no_query(django_assert_num_queries: Any) -> None:
    in_force(earn=PERCENT, expiry=Expiry())
    hints("1", now=NOW)
    reads = GiftShop.reads
    with django_assert_num_queries(0):
        hints("1", now=NOW + timedelta(seconds=1))
    assert GiftShop.reads == reads
