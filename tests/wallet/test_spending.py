"""How much of a basket credit may pay: tables and properties, no database."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from clm_plugin.wallet.plan import Choice, Combines, Exclusions, Programme, SpendRules
from clm_plugin.wallet.purchase import PricedLine, Purchase
from clm_plugin.wallet.spending import Purse, spendable
from tests.lengths import examples

NOW = datetime(2026, 3, 20, 12, tzinfo=UTC)


def programme(key: str = "harbour", **changes: Any) -> Programme:
    return replace(Programme(key=key, version=1, name=key.title(), currency="GBP"), **changes)


def spend(**changes: Any) -> SpendRules:
    return SpendRules(**changes)


def only(*categories: str) -> SpendRules:
    """Rules that leave out these categories."""
    return spend(exclusions=Exclusions(choice=Choice(categories=categories)))


def line(minor: int, **changes: Any) -> PricedLine:
    return PricedLine(**{"product_id": "1", "title": "Mug", "total_minor": minor, **changes})


def basket(*lines: PricedLine, **changes: Any) -> Purchase:
    return Purchase(currency="GBP", lines=lines, **changes)


def up_to(plan: Programme, purchase: Purchase, have: int) -> tuple[int, list[str]]:
    found = spendable([plan], purchase, {plan.key: Purse(available_minor=have)})
    assert found.per_programme == {plan.key: found.amount_minor}
    return found.amount_minor, [out.code for out in found.left_out]


@pytest.mark.parametrize(
    ("plan", "purchase", "expected", "codes"),
    [
        (programme(), basket(line(30_00)), 30_00, []),
        (programme(), basket(line(90_00)), 50_00, []),
        (programme(), basket(line(30_00), shipping_minor=5_00), 30_00, ["shipping"]),
        (
            programme(spend=spend(exclusions=Exclusions(shipping=False))),
            basket(line(30_00), shipping_minor=5_00),
            35_00,
            [],
        ),
        (
            programme(spend=spend(exclusions=Exclusions(tax=True))),
            basket(line(30_00, tax_minor=5_00)),
            25_00,
            ["tax"],
        ),
        (programme(), basket(line(30_00), line(9_00, is_gift_card=True)), 30_00, ["gift_card"]),
        (
            programme(spend=spend(exclusions=Exclusions(discounted=True))),
            basket(line(32_00, quantity=7, discount_minor=3_00, discounted_quantity=2)),
            25_00,
            ["partly_discounted"],
        ),
        (
            programme(spend=spend(exclusions=Exclusions(discounted=True))),
            basket(line(25_00, quantity=6, discount_minor=5_00, discounted_quantity=1)),
            25_00,
            [],
        ),
        (
            programme(spend=only("tea")),
            basket(line(30_00, category_ids=("tea",)), line(9_00)),
            9_00,
            ["excluded"],
        ),
        (programme(spend=spend(min_order_minor=40_00)), basket(line(30_00)), 0, ["min_order"]),
        (programme(spend=spend(max_percent=50)), basket(line(31_01)), 15_50, ["cap_share"]),
        (programme(spend=spend(max_minor=7_00)), basket(line(30_00)), 7_00, ["cap_spend"]),
        (
            programme(combines=Combines(spend_with_codes=False)),
            basket(line(30_00), codes=("SPRING",)),
            0,
            ["codes"],
        ),
        (programme(redeem_until=NOW), basket(line(30_00)), 30_00, []),  # lots keep their terms
        (programme(currency="EUR"), basket(line(30_00)), 0, []),
    ],
)
def test_up_to_how_much_and_why_not_more(
    plan: Programme, purchase: Purchase, expected: int, codes: list[str]
) -> None:
    assert up_to(plan, purchase, 50_00) == (expected, codes)


def test_credit_of_another_currency_is_hidden_and_never_converted() -> None:
    """Case 39: nothing of it is payable, and nothing is said about it."""
    found = spendable(
        [programme(), programme("euro", currency="EUR")],
        basket(line(30_00)),
        {"harbour": Purse(available_minor=10_00), "euro": Purse(available_minor=99_00)},
    )
    assert found.per_programme == {"harbour": 10_00, "euro": 0}
    assert found.left_out == ()


def test_two_programmes_never_pay_the_same_line_and_the_narrow_one_comes_first() -> None:
    tea, mug = line(20_00, category_ids=("tea",)), line(10_00)
    narrow, wide = programme("mugs", spend=only("tea")), programme("all")
    purses = {"mugs": Purse(available_minor=50_00), "all": Purse(available_minor=15_00)}
    found = spendable([wide, narrow], basket(tea, mug), purses)
    assert found.per_programme == {"mugs": 10_00, "all": 15_00}
    assert found.amount_minor == 25_00


def test_what_expires_sooner_is_offered_first() -> None:
    plans = [programme("later"), programme("sooner")]
    purses = {
        "later": Purse(available_minor=50_00, expires_at=NOW + timedelta(days=90)),
        "sooner": Purse(available_minor=50_00, expires_at=NOW + timedelta(days=1)),
    }
    found = spendable(plans, basket(line(60_00)), purses)
    assert found.per_programme == {"later": 10_00, "sooner": 50_00}


def test_credit_that_goes_with_no_other_is_used_alone_where_it_pays_more() -> None:
    shy = programme("shy", combines=Combines(spend_with_others=False))
    purses = {"shy": Purse(available_minor=20_00), "open": Purse(available_minor=15_00)}
    found = spendable([shy, programme("open")], basket(line(60_00)), purses)
    assert found.per_programme == {"shy": 20_00, "open": 0}
    assert [out.code for out in found.left_out] == ["others"]
    alone = spendable([shy], basket(line(60_00)), purses)
    assert alone.left_out == ()


AMOUNT = st.integers(0, 90_00)
KINDS = st.sampled_from([(), ("tea",), ("cups",), ("tea", "cups")])


@settings(max_examples=examples(50), deadline=None)
@given(
    lines=st.lists(st.builds(line, AMOUNT, category_ids=KINDS), max_size=4),
    rules=st.lists(st.sampled_from([(), ("tea",), ("cups",)]), min_size=1, max_size=3),
    have=st.lists(AMOUNT, min_size=3, max_size=3),
    shipping=AMOUNT,
)
def test_nothing_is_paid_that_may_not_be(
    lines: list[PricedLine], rules: list[tuple[str, ...]], have: list[int], shipping: int
) -> None:
    plans = [programme(f"p{n}", spend=only(*out)) for n, out in enumerate(rules)]
    purses = {plan.key: Purse(available_minor=h) for plan, h in zip(plans, have, strict=False)}
    purchase = basket(*lines, shipping_minor=shipping)
    found = spendable(plans, purchase, purses)
    assert found.amount_minor == sum(found.per_programme.values())
    allowed = 0
    for each in lines:
        if any(set(out).isdisjoint(each.category_ids) for out in rules):
            allowed += each.total_minor
    assert 0 <= found.amount_minor <= allowed
    for plan, out in zip(plans, rules, strict=True):
        own = sum(x.total_minor for x in lines if set(out).isdisjoint(x.category_ids))
        assert found.per_programme[plan.key] <= min(own, purses[plan.key].available_minor)
    if len(plans) == 1 and plans[0].spend == only():
        assert found.amount_minor == min(have[0], sum(x.total_minor for x in lines))
