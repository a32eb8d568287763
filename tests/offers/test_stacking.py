"""Which offers are used together: worked examples, and properties against brute force."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from itertools import permutations
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from clm_plugin.offers.data import Candidate, Shopper
from clm_plugin.offers.plan import Effect, Offer
from clm_plugin.offers.stacking import stacking
from tests.factories import NOW
from tests.lengths import examples
from tests.offers.plans import basket, candidates, line, plan


def used(*plans: Offer, on: Any = None) -> tuple[list[str], int]:
    stack = stacking(candidates(*plans), on or basket(line(minor=10_000)), now=NOW)
    return [each.candidate.offer.key for each in stack.applied], stack.discount_minor


ALL = {"combines": "all"}


@pytest.mark.parametrize(
    ("plans", "keys", "off"),
    [
        ([plan("p", percent=1_000)], ["p"], 1_000),
        ([plan("p", percent=1_250)], ["p"], 1_250),
        ([plan("a", amount=500)], ["a"], 500),
        # alone: the one that saves more
        ([plan("p", percent=1_000), plan("a", amount=500)], ["p"], 1_000),
        ([plan("p", percent=1_000), plan("a", amount=1_500)], ["a"], 1_500),
        # together, the higher priority first: 100 - 10 % - 5
        ([plan("p", percent=1_000, priority=60, **ALL), plan("a", amount=500, **ALL)],
         ["p", "a"], 1_500),
        # ... or 100 - 5, then 10 % of the rest
        ([plan("p", percent=1_000, **ALL), plan("a", amount=500, priority=60, **ALL)],
         ["a", "p"], 1_450),
        # both have to allow it
        ([plan("p", percent=1_000, **ALL), plan("a", amount=500)], ["p"], 1_000),
        ([plan("p", percent=1_000, combines="named", combines_with=("a",)),
          plan("a", amount=500, combines="named", combines_with=("p",))], ["a", "p"], 1_450),
        ([plan("p", percent=1_000, combines="named", combines_with=("x",)),
          plan("a", amount=500, **ALL)], ["p"], 1_000),
        # two that combine beat one that does not, when they are worth more
        ([plan("big", amount=1_400), plan("p", percent=1_000, priority=60, **ALL),
          plan("a", amount=500, **ALL)], ["p", "a"], 1_500),
        ([plan("big", amount=1_600), plan("p", percent=1_000, priority=60, **ALL),
          plan("a", amount=500, **ALL)], ["big"], 1_600),
        # a draw: the higher priority, then the key
        ([plan("b", amount=500), plan("a", amount=500)], ["a"], 500),
        ([plan("b", amount=500, priority=51), plan("a", amount=500)], ["b"], 500),
    ],
)  # fmt: skip
def test_the_best_that_is_allowed(plans: list[Offer], keys: list[str], off: int) -> None:
    assert used(*plans) == (keys, off)


def test_stacked_discounts_end_at_nought_and_never_pay_out() -> None:  # case 40
    plans = [plan(f"a{n}", amount=700, **ALL) for n in range(4)]
    stack = stacking(candidates(*plans), basket(line(minor=1_000), shipping=300), now=NOW)
    assert stack.discount_minor == 1_000, "goods only; shipping is still paid"
    assert stack.to_pay_minor == 300
    assert len(stack.applied) == 2, "the third would have nothing left to do, and is kept"
    assert [each.reason for each in stack.refused] == ["nothing_left"] * 2


def test_gift_cards_are_money_and_never_discounted() -> None:
    on = basket(line("card", 5_000, is_gift_card=True), line("b", 1_000))
    stack = stacking(candidates(plan(percent=5_000)), on, now=NOW)
    assert stack.applied[0].lines == {"b": 500}


def test_an_amount_is_shared_by_the_largest_remainder() -> None:
    on = basket(line("a", 333), line("b", 333), line("c", 334))
    stack = stacking(candidates(plan(amount=100)), on, now=NOW)
    assert stack.applied[0].lines == {"a": 33, "b": 33, "c": 34}
    assert stack.discount_minor == 100


def test_a_percentage_is_rounded_once_and_bounded() -> None:
    on = basket(line("a", 5), line("b", 5), line("c", 5))
    assert used(plan(percent=1_000), on=on)[1] == 2, "10 % of 15 is 1.5, half up"
    bounded = plan(effect=Effect(kind="percent", percent=5_000, most_minor=300))
    assert used(bounded)[1] == 300


@pytest.mark.parametrize(
    ("fields", "on", "reason"),
    [
        ({"conditions": {"min_basket_minor": 1_001}}, basket(), "minimum"),
        ({"conditions": {"min_basket_minor": 1_000}}, basket(), None),
        ({"conditions": {"products": ("x",)}}, basket(), "no_goods"),
        ({"conditions": {"products": ("a",)}}, basket(), None),
        ({"conditions": {"products": ("p",)}}, basket(line(parent_id="p")), None),
        ({"conditions": {"categories": ("7",)}}, basket(line(category_ids=("3", "7"))), None),
        ({"conditions": {"not_categories": ("7",)}}, basket(line(category_ids=("7",))), "no_goods"),
        ({"conditions": {"not_products": ("a",), "categories": ("7",)}},
         basket(line(category_ids=("7",))), "no_goods"),
        ({"conditions": {"full_price_only": True}}, basket(line(is_discounted=True)), "no_goods"),
        ({"conditions": {"first_order": True}}, basket(shopper=Shopper(orders=1)), "first_order"),
        ({"conditions": {"first_order": True}}, basket(), None),
        ({"conditions": {"stages": ("retain",)}}, basket(shopper=Shopper(stage="reach")),
         "not_for_you"),
        ({"conditions": {"segments": ("vip",)}},
         basket(shopper=Shopper(segments=frozenset({"vip"}))), None),
        ({"conditions": {"segments": ("vip",)}}, basket(), "not_for_you"),
        ({"currency": "EUR"}, basket(), "currency"),
        ({"closes_at": NOW}, basket(), "closed"),
        ({"closes_at": NOW + timedelta(microseconds=1)}, basket(), None),
        ({"opens_at": NOW + timedelta(microseconds=1)}, basket(), "closed"),
        ({"opens_at": NOW}, basket(), None),
        ({"effect": Effect(kind="store_credit", amount_minor=5)}, basket(), "not_here"),
        ({"effect": Effect(kind="free_shipping")}, basket(), "nothing_left"),
        ({"effect": Effect(kind="free_shipping")}, basket(shipping=5), None),
        ({"effect": Effect(kind="gift", product_id="g")}, basket(), "nothing_left"),
        ({"effect": Effect(kind="gift", product_id="g")}, basket(gift_minor={"g": 300}), None),
    ],
)  # fmt: skip
def test_conditions(fields: dict[str, Any], on: Any, reason: str | None) -> None:
    stack = stacking(candidates(plan(**fields)), on, now=NOW)
    assert [each.reason for each in stack.refused] == ([reason] if reason else [])
    assert len(stack.applied) == (not reason)


def test_the_minimum_holds_for_what_other_offers_leave() -> None:  # case 29
    least = {"min_basket_minor": 9_500}
    a = plan("a", amount=800, priority=60, **ALL)
    b = plan("b", amount=700, conditions=least, **ALL)
    assert used(a, b) == (["a"], 800), "with both, the goods are 92 for an offer from 95"
    assert used(plan("a", amount=400, priority=60, **ALL), b) == (["a", "b"], 1_100)


def test_free_shipping_takes_no_more_than_shipping_costs() -> None:
    free = plan("s", effect=Effect(kind="free_shipping"), **ALL)
    both = candidates(free, plan("p", percent=1_000, **ALL))
    stack = stacking(both, basket(line(minor=1_000), shipping=395), now=NOW)
    assert stack.discount_minor == 495
    assert stack.to_pay_minor == 900
    capped = plan("s", effect=Effect(kind="free_shipping", most_minor=200))
    assert stacking(candidates(capped), basket(shipping=395), now=NOW).discount_minor == 200


def test_a_gift_is_weighed_and_is_no_discount() -> None:
    gift = plan("g", effect=Effect(kind="gift", product_id="mug"))
    on = basket(line(minor=1_000), gift_minor={"mug": 150})
    stack = stacking(candidates(gift, plan("p", percent=1_000)), on, now=NOW)
    assert [each.gift_product_id for each in stack.applied] == ["mug"]
    assert (stack.discount_minor, stack.to_pay_minor) == (0, 1_000)


def test_a_second_code_of_an_offer_is_kept() -> None:
    offer = plan(**ALL)
    two = [Candidate(offer=offer, code="ACDEF23457"), Candidate(offer=offer, code="ACDEF23458")]
    stack = stacking(two, basket(), now=NOW)
    assert [each.candidate.code for each in stack.applied] == ["ACDEF23457"]
    assert [each.reason for each in stack.refused] == ["once"]


def test_who_is_refused_is_told_for_which_offer() -> None:
    stack = stacking(
        candidates(plan("big", amount=900), plan("small", amount=1)), basket(), now=NOW
    )
    assert stack.refused[0].inputs == {"others": ["Big"]}


_offers = st.builds(
    lambda key, percent, amount, combines, named, priority, least: plan(
        key,
        **({"percent": percent} if percent else {"amount": amount}),
        combines=combines,
        combines_with=tuple(named),
        priority=priority,
        conditions={"min_basket_minor": least},
    ),
    key=st.sampled_from("abcde"),
    percent=st.sampled_from([0, 0, 500, 1_000, 9_999]),
    amount=st.integers(1, 3_000),
    combines=st.sampled_from(["alone", "named", "all", "all"]),
    named=st.sets(st.sampled_from("abcde"), max_size=3),
    priority=st.sampled_from([10, 50, 90]),
    least=st.sampled_from([0, 0, 500]),
)
_lines = st.lists(st.integers(1, 2_000), min_size=1, max_size=4).map(
    lambda minors: basket(*(line(str(n), minor) for n, minor in enumerate(minors)), shipping=100)
)


@settings(max_examples=examples(50), deadline=None)
@given(st.lists(_offers, max_size=5, unique_by=lambda offer: offer.key), _lines)
def test_properties(plans: list[Offer], on: Any) -> None:
    stack = stacking(candidates(*plans), on, now=NOW)
    keys = [each.candidate.offer.key for each in stack.applied]
    # never cash: no line below nought, and the sums are the sums of the lines
    for each in on.lines:
        off = sum(one.lines.get(each.id, 0) for one in stack.applied)
        assert 0 <= off <= each.total_minor
    assert stack.to_pay_minor == on.goods_minor + on.shipping_minor - stack.discount_minor
    assert stack.to_pay_minor >= on.shipping_minor >= 0
    # every offer is told of, once
    told = keys + [each.candidate.offer.key for each in stack.refused]
    assert sorted(told) == sorted(offer.key for offer in plans)
    # deterministic, whatever the order
    for order in list(permutations(plans))[:6]:
        assert stacking(candidates(*order), on, now=NOW) == stack
    # nobody is worse off by an offer more
    for one in plans:
        fewer = [offer for offer in plans if offer.key != one.key]
        assert stacking(candidates(*fewer), on, now=NOW).discount_minor <= stack.discount_minor
    # what is used together is allowed together
    for a in stack.applied:
        for b in stack.applied:
            if a is not b:
                x, y = a.candidate.offer, b.candidate.offer
                assert x.combines == "all" or y.key in x.combines_with


def test_many_offers_are_weighed_in_bounded_time() -> None:
    many = [plan(f"o{n:02}", amount=10 + n, **ALL) for n in range(40)]
    stack = stacking(candidates(*many), basket(line(minor=100_000)), now=NOW)
    assert len(stack.applied) == 10
    assert stack.applied[0].candidate.offer.key in {f"o{n}" for n in range(30, 40)}


def test_the_plan_of_an_offer_that_ended_is_told_even_beside_others() -> None:
    over = replace(plan("over"), closes_at=NOW)
    stack = stacking(candidates(over, plan("ten")), basket(), now=NOW)
    assert {each.candidate.offer.key: each.reason for each in stack.refused} == {"over": "closed"}
