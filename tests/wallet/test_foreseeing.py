"""How much more earns how much more: tables and a property, no database; and what it costs."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from clm_plugin.models import Profile
from clm_plugin.wallet.earning import NOTHING, SoFar, earned
from clm_plugin.wallet.foreseeing import foresee, next_step
from clm_plugin.wallet.plan import Caps, Choice, EarnRule, Exclusions, Multiplier, Programme
from clm_plugin.wallet.publishing import publish
from clm_plugin.wallet.purchase import PricedLine, Purchase
from tests.lengths import examples

NOW = datetime(2026, 3, 20, 12, tzinfo=UTC)
PER_FULL = EarnRule(id="a", kind="per_full", amount_minor=10_00, per_minor=50_00)
PERCENT = EarnRule(id="b", kind="percent", basis_points=500)


def plan(**changes: Any) -> Programme:
    start = Programme(key="harbour", version=1, name="Harbour", currency="GBP", earn=(PER_FULL,))
    return replace(start, **changes)


def bought(*totals: int, **changes: Any) -> Purchase:
    lines = tuple(PricedLine(product_id=f"{n}", total_minor=t) for n, t in enumerate(totals))
    return Purchase(currency="GBP", lines=lines, **changes)


@pytest.mark.parametrize(
    ("changes", "paid", "expected"),
    [
        ({}, 38_00, (12_00, 10_00)),
        ({}, 0, (50_00, 10_00)),
        ({}, 49_99, (1, 10_00)),
        ({}, 50_00, (50_00, 10_00)),
        ({}, 88_01, (11_99, 10_00)),
        # The minimum order is the nearer step, and earns what was earned but for it.
        ({"min_order_minor": 80_00}, 60_00, (20_00, 10_00)),
        ({"min_order_minor": 60_00}, 20_00, (40_00, 10_00)),
        ({"earn": (PERCENT,)}, 38_00, None),
        ({"earn": (PERCENT,), "min_order_minor": 40_00}, 38_00, (2_00, 2_00)),
        ({"caps": Caps(order_minor=10_00)}, 50_00, None),
        ({"caps": Caps(order_minor=15_00)}, 60_00, (40_00, 5_00)),
        ({"earn": ()}, 38_00, None),
        ({"currency": "EUR"}, 38_00, None),
        ({"withdrawn": True}, 38_00, None),
    ],
)
def test_the_next_step(changes: dict[str, Any], paid: int, expected: object) -> None:
    assert next_step(plan(**changes), bought(paid), at=NOW) == expected


def test_a_double_category_is_counted_twice_on_the_way_to_the_step() -> None:
    double = Multiplier(percent=200, choice=Choice(products=("0",)))
    assert next_step(plan(multipliers=(double,)), bought(20_00), at=NOW) == (10_00, 10_00)


def test_what_does_not_count_is_no_step_forward() -> None:
    out = Exclusions(choice=Choice(products=("1",)))
    step = next_step(plan(earn_exclusions=out), bought(30_00, 500_00), at=NOW)
    assert step == (20_00, 10_00)


def test_what_credit_pays_makes_the_way_longer() -> None:
    purchase = bought(60_00, paid_by_credit_minor=20_00)
    step = next_step(plan(), purchase, at=NOW)
    assert step is not None
    missing, gain = step
    assert (missing >= 10_00, gain) == (True, 10_00)
    more = replace(
        purchase, lines=(*purchase.lines, PricedLine(product_id="", total_minor=missing))
    )
    assert earned(plan(), more, at=NOW).amount_minor == 10_00


@given(
    st.lists(st.integers(0, 200_00), max_size=4),
    st.integers(0, 120_00),
    st.integers(0, 40_00),
    st.sampled_from([None, 10_00, 25_00]),
)
@settings(max_examples=examples(50), deadline=None)
def test_what_is_promised_is_earned_and_a_penny_less_is_not(
    totals: list[int], least: int, credit: int, cap: int | None
) -> None:
    programme = plan(min_order_minor=least, caps=Caps(order_minor=cap))
    purchase = bought(*totals, paid_by_credit_minor=min(credit, sum(totals)))
    before = earned(programme, purchase, at=NOW).amount_minor
    step = next_step(programme, purchase, at=NOW)
    if step is None:
        return
    missing, gain = step
    assert missing > 0

    def with_more(minor: int) -> int:
        extra = PricedLine(product_id="", total_minor=minor)
        more = replace(purchase, lines=(*purchase.lines, extra))
        return earned(programme, more, at=NOW).amount_minor

    assert with_more(missing) - before == gain > 0
    if not purchase.paid_by_credit_minor:
        assert with_more(missing - 1) == before


def test_caps_of_the_person_are_asked() -> None:
    had = SoFar(customer_minor=95_00)
    programme = plan(caps=Caps(customer_minor=100_00))
    assert next_step(programme, bought(38_00), NOTHING, at=NOW) == (12_00, 10_00)
    assert next_step(programme, bought(38_00), had, at=NOW) == (12_00, 5_00)


@pytest.mark.parametrize(
    ("minor", "percent", "step"),
    [
        (38_00, 100, (12_00, 10_00)),
        (38_00, 200, (12_00, 10_00)),  # 76.00 counted: 24.00 more, 12.00 of which is paid
        (30_00, 150, (3_34, 10_00)),
        (38_00, 50, (12_00, 10_00)),  # no offer makes it less
    ],
)
def test_a_step_is_as_near_as_an_offer_makes_it(
    minor: int, percent: int, step: tuple[int, int]
) -> None:
    purchase = bought(minor)
    assert next_step(plan(), purchase, at=NOW, boost_percent=percent) == step
    missing, gain = step
    extra = PricedLine(product_id="", total_minor=missing)
    more = replace(purchase, lines=(*purchase.lines, extra))
    before, after = (
        earned(plan(), each, at=NOW, boost_percent=percent).amount_minor
        for each in (purchase, more)
    )
    assert after - before == gain


@pytest.mark.django_db
def test_foreseen_with_days_and_reasons(django_assert_max_num_queries: Any) -> None:
    publish(
        plan(pending_days=14, caps=Caps(customer_minor=500_00), budget_minor=10_000_00), now=NOW
    )
    publish(plan(key="euros", currency="EUR"), now=NOW)
    person = Profile.objects.create(created_at=NOW)
    gift = PricedLine(product_id="9", total_minor=25_00, is_gift_card=True, title="Gift card")
    purchase = bought(38_00)
    purchase = replace(purchase, lines=(*purchase.lines, gift))
    foresee(None, purchase, at=NOW)
    with django_assert_max_num_queries(3):
        (found,) = foresee(person.pk, purchase, at=NOW)
    assert (found.amount_minor, found.missing_minor, found.gain_minor) == (0, 12_00, 10_00)
    assert (found.opens_at - NOW).days == 14
    assert [(out.title, out.reason) for out in found.left_out] == [
        ("Gift card", "Gift cards are left out.")
    ]
    with django_assert_max_num_queries(2):
        (guest,) = foresee(None, purchase, at=NOW)
    assert guest.gain_minor == 10_00
