"""What orders and events earn: tables and properties, no database."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from clm_plugin.wallet.earning import SoFar, earned, for_event, taken_back
from clm_plugin.wallet.plan import (
    Caps,
    Choice,
    Combines,
    EarnRule,
    Exclusions,
    Multiplier,
    Programme,
    Rounding,
)
from clm_plugin.wallet.purchase import PricedLine, Purchase
from tests.lengths import examples

NOW = datetime(2026, 3, 20, 12, tzinfo=UTC)
PER_FULL = EarnRule(id="a", kind="per_full", amount_minor=10_00, per_minor=50_00)
TEN_PERCENT = EarnRule(id="b", kind="percent", basis_points=1000)


def programme(**changes: Any) -> Programme:
    start = Programme(key="harbour", version=1, name="Harbour", currency="GBP", earn=(PER_FULL,))
    return replace(start, **changes)


def line(minor: int, **changes: Any) -> PricedLine:
    return PricedLine(**{"product_id": "1", "title": "Mug", "total_minor": minor, **changes})


def bought(*lines: PricedLine, **changes: Any) -> Purchase:
    return Purchase(currency="GBP", lines=lines, **changes)


def amount(plan: Programme, purchase: Purchase, so_far: SoFar | None = None) -> int:
    return earned(plan, purchase, so_far or SoFar(), at=NOW).amount_minor


@pytest.mark.parametrize(
    ("paid", "expected"),
    [(0, 0), (49_99, 0), (50_00, 10_00), (99_99, 10_00), (100_00, 20_00), (149_99, 20_00)],
)
def test_ten_for_every_full_fifty_of_one_order(paid: int, expected: int) -> None:
    assert amount(programme(), bought(line(paid))) == expected
    half = paid // 2
    assert amount(programme(), bought(line(half), line(paid - half))) == expected


@pytest.mark.parametrize(
    ("direction", "unit", "paid", "expected"),
    [
        ("down", 1, 9_99, 99),
        ("half_up", 1, 9_95, 100),
        ("half_up", 1, 9_94, 99),
        ("down", 100, 19_99, 1_00),
        ("half_up", 100, 15_00, 2_00),
        ("half_up", 50, 12_50, 1_50),
        ("down", 50, 14_99, 1_00),
    ],
)
def test_percent_is_rounded_to_its_unit(
    direction: str, unit: int, paid: int, expected: int
) -> None:
    plan = programme(
        earn=(TEN_PERCENT,),
        rounding=Rounding(direction=direction, unit_minor=unit),  # type: ignore[arg-type]  # table
    )
    assert amount(plan, bought(line(paid))) == expected


@pytest.mark.parametrize(
    ("changes", "purchase", "code"),
    [
        ({}, bought(line(50_00, is_gift_card=True)), "gift_card"),
        ({"choice": Choice(products=("1",))}, bought(line(50_00)), "excluded"),
        ({"choice": Choice(products=("p",))}, bought(line(50_00, parent_id="p")), "excluded"),
        (
            {"choice": Choice(categories=("7",))},
            bought(line(50_00, category_ids=("3", "7"))),
            "excluded",
        ),
        ({"discounted": True}, bought(line(50_00, discount_minor=1)), "discounted"),
        ({}, bought(line(0), shipping_minor=50_00), "shipping"),
        ({"tax": True}, bought(line(50_00, tax_minor=1)), "tax"),
        ({}, bought(line(50_00), paid_by_credit_minor=1), "paid_by_credit"),
    ],
)
def test_what_does_not_count_is_named_with_the_reason(
    changes: dict[str, Any], purchase: Purchase, code: str
) -> None:
    plan = programme(earn_exclusions=Exclusions(**changes))
    found = earned(plan, purchase, at=NOW)
    assert found.amount_minor == 0
    assert [out.code for out in found.left_out] == [code]
    without = replace(
        plan, earn_exclusions=Exclusions(gift_cards=False, discounted=False, shipping=False)
    )
    if code != "paid_by_credit":
        assert amount(without, purchase) == 10_00


def test_shipping_and_tax_count_where_the_programme_says_so() -> None:
    purchase = bought(line(40_00, tax_minor=6_67), shipping_minor=10_00, shipping_tax_minor=1_67)
    both = programme(earn_exclusions=Exclusions(shipping=False))
    assert amount(both, purchase) == 10_00
    net = replace(both, earn=(TEN_PERCENT,), earn_exclusions=Exclusions(shipping=False, tax=True))
    assert earned(net, purchase, at=NOW).base_minor == 50_00 - 8_34
    assert amount(net, purchase) == 4_16


def test_what_is_paid_with_credit_earns_nothing_wherever_it_lay() -> None:
    gift = line(50_00, is_gift_card=True)
    purchase = bought(line(100_00), gift, paid_by_credit_minor=30_00)
    found = earned(programme(earn=(TEN_PERCENT,)), purchase, at=NOW)
    assert found.base_minor == 80_00  # two thirds of the credit fell on the line that counts
    assert amount(programme(), bought(line(100_00), paid_by_credit_minor=100_00)) == 0


def test_multiplied_lines_count_several_times_and_the_best_multiplier_rules() -> None:
    plan = programme(
        multipliers=(
            Multiplier(percent=200, choice=Choice(categories=("tea",))),
            Multiplier(percent=300, choice=Choice(products=("9",))),
        )
    )
    tea = line(25_00, category_ids=("tea",))
    assert amount(plan, bought(tea)) == 10_00
    both = line(25_00, product_id="9", category_ids=("tea",))
    assert amount(plan, bought(both)) == 10_00  # 75.00, not 150.00
    assert earned(plan, bought(both), at=NOW).lines[0].percent == 300


@pytest.mark.parametrize(
    ("caps", "so_far", "expected", "code"),
    [
        (Caps(order_minor=15_00), SoFar(), 15_00, "cap_order"),
        (Caps(period_minor=25_00), SoFar(period_minor=10_00), 15_00, "cap_period"),
        (Caps(customer_minor=25_00), SoFar(customer_minor=30_00), 0, "cap_customer"),
        (Caps(), SoFar(budget_left_minor=19_99), 0, "budget"),
        (Caps(), SoFar(budget_left_minor=20_00), 20_00, None),
    ],
)
def test_caps_cut_and_say_so(caps: Caps, so_far: SoFar, expected: int, code: str | None) -> None:
    found = earned(programme(caps=caps), bought(line(100_00)), so_far, at=NOW)
    assert found.amount_minor == expected
    assert [out.code for out in found.capped] == ([code] if code else [])


@pytest.mark.parametrize(
    ("changes", "purchase", "code"),
    [
        ({"currency": "EUR"}, bought(line(50_00)), "currency"),
        ({"earn_from": NOW + timedelta(seconds=1)}, bought(line(50_00)), "earn_closed"),
        ({"earn_until": NOW}, bought(line(50_00)), "earn_closed"),
        ({"redeem_until": NOW}, bought(line(50_00)), "too_late"),
        (
            {"combines": Combines(earn_with_codes=False)},
            bought(line(50_00), codes=("SPRING",)),
            "codes",
        ),
        ({"min_order_minor": 60_00}, bought(line(50_00)), "min_order"),
    ],
)
def test_when_nothing_is_earned_there_is_one_reason(
    changes: dict[str, Any], purchase: Purchase, code: str
) -> None:
    found = earned(programme(**changes), purchase, at=NOW)
    assert (found.amount_minor, [out.code for out in found.left_out]) == (0, [code])


def test_the_earn_window_is_half_open() -> None:
    plan = programme(earn_from=NOW, earn_until=NOW + timedelta(microseconds=1))
    assert amount(plan, bought(line(50_00))) == 10_00


@pytest.mark.parametrize(("currency", "full", "give"), [("JPY", 5_000, 500), ("KWD", 50_000, 9)])
def test_currencies_without_pennies_and_with_mills(currency: str, full: int, give: int) -> None:
    rule = EarnRule(id="a", kind="per_full", amount_minor=give, per_minor=full)
    plan = programme(currency=currency, earn=(rule,))
    purchase = Purchase(currency=currency, lines=(line(full * 2 + 1),))
    assert amount(plan, purchase) == give * 2


def test_an_event_earns_its_amount_under_the_caps_but_not_the_caps_of_an_order() -> None:
    rule = EarnRule(id="w", kind="event", event="customer.registered", amount_minor=5_00)
    plan = programme(earn=(rule,), caps=Caps(order_minor=1, customer_minor=7_00))
    assert for_event(plan, rule, at=NOW).amount_minor == 5_00
    assert for_event(plan, rule, SoFar(customer_minor=5_00), at=NOW).amount_minor == 2_00
    assert amount(plan, bought(line(500_00))) == 0  # an order earns nothing of such a programme


LINES = st.lists(
    st.builds(
        line,
        st.integers(0, 300_00),
        tax_minor=st.integers(0, 50_00),
        quantity=st.integers(1, 40),
        discount_minor=st.just(0) | st.integers(0, 90_00),
        discounted_quantity=st.none() | st.integers(0, 41),
        is_gift_card=st.booleans(),
        category_ids=st.sampled_from([(), ("tea",)]),
    ),
    max_size=5,
)
PLANS = st.builds(
    programme,
    earn=st.sampled_from([(PER_FULL,), (TEN_PERCENT,), (PER_FULL, TEN_PERCENT)]),
    earn_exclusions=st.builds(
        Exclusions,
        gift_cards=st.booleans(),
        discounted=st.booleans(),
        shipping=st.booleans(),
        tax=st.booleans(),
    ),
    multipliers=st.sampled_from([(), (Multiplier(percent=200, choice=Choice(products=("1",))),)]),
    caps=st.builds(Caps, order_minor=st.none() | st.integers(0, 100_00)),
    rounding=st.builds(
        Rounding,
        direction=st.sampled_from(["down", "half_up"]),
        unit_minor=st.sampled_from([1, 50, 100]),
    ),
)


@settings(max_examples=examples(50), deadline=None)
@given(plan=PLANS, lines=LINES, shipping=st.integers(0, 20_00), credit=st.integers(0, 400_00))
def test_earning_is_never_negative_never_over_the_cap_and_less_with_credit(
    plan: Programme, lines: list[PricedLine], shipping: int, credit: int
) -> None:
    paid = bought(*lines, shipping_minor=shipping, paid_by_credit_minor=credit)
    found = amount(plan, paid)
    assert 0 <= found <= amount(plan, replace(paid, paid_by_credit_minor=0))
    if plan.caps.order_minor is not None:
        assert found <= plan.caps.order_minor
    more = replace(paid, lines=(*lines, line(10_00)), paid_by_credit_minor=0)
    assert amount(plan, more) >= amount(plan, replace(paid, paid_by_credit_minor=0))
    if credit >= paid.total_minor:
        assert found == 0


@settings(max_examples=examples(50), deadline=None)
@given(
    gained=st.integers(0, 50_00),
    refunds=st.lists(st.integers(1, 100_00), min_size=1, max_size=6),
    more=st.integers(0, 50_00),
)
def test_refunds_take_back_exactly_what_was_earned(
    gained: int, refunds: list[int], more: int
) -> None:
    """Cases 33 and 34: however the order is refunded, the shares add up, and none is negative."""
    total, before, back = sum(refunds), 0, []
    for refund in refunds:
        back.append(taken_back(gained, total=total, before=before, refund=refund))
        before += refund
    assert sum(back) == gained
    assert min(back) >= 0
    assert taken_back(gained, total=total, before=total, refund=more) == 0


def test_a_third_each_of_ten() -> None:
    parts = [
        taken_back(10_00, total=100_00, before=before, refund=refund)
        for before, refund in ((0, 33_33), (33_33, 33_33), (66_66, 33_34))
    ]
    assert parts == [3_33, 3_34, 3_33]
