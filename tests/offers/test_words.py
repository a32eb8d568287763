"""What shoppers read."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import pytest
from django.utils import translation

from clm_plugin.offers import api as offers
from clm_plugin.offers.plan import Effect, Offer
from clm_plugin.offers.wording import REASONS
from tests.factories import NOW
from tests.offers.plans import basket, candidates, line, plan

END = datetime(2026, 11, 30, 22, 59, tzinfo=UTC)


@pytest.fixture(autouse=True)
def _british() -> Iterator[None]:
    with translation.override("en-gb"):
        yield


@pytest.mark.parametrize(
    ("effect", "text"),
    [
        (Effect(kind="percent", percent=1_000), "10 % off"),
        (Effect(kind="percent", percent=1_250), "12.5 % off"),
        (Effect(kind="percent", percent=333, most_minor=500), "3.33 % off, at most £5.00"),
        (Effect(kind="amount", amount_minor=1_050), "£10.50 off"),
        (Effect(kind="free_shipping"), "Free shipping"),
        (Effect(kind="gift", product_id="1"), "A gift"),
        (Effect(kind="gift", product_id="1", quantity=2), "2 gifts"),
        (Effect(kind="store_credit", amount_minor=500), "£5.00 store credit"),
        (Effect(kind="multiplier", factor=200), "Earn 2 times as much"),
        (Effect(kind="trial", entitlement="membership", days=7), "Membership for 7 days"),
    ],
)
def test_what_an_offer_gives(effect: Effect, text: str) -> None:
    assert offers.gives(plan(effect=effect)) == text


def test_an_end_is_printed_with_its_zone() -> None:
    assert offers.until(END, "Europe/Paris") == "until 30 November 2026, 23:59 (CET)"
    told = offers.until(END, "America/New_York")
    assert told == "until 30 November 2026, 17:59 (EST)"
    midnight = datetime(2026, 11, 30, 23, tzinfo=UTC)
    told = offers.until(midnight, "Europe/Paris")
    assert told == "until the end of 30 November 2026 (CET)"
    assert offers.until(None, "Europe/Paris") == ""
    with translation.override("de"):
        assert "23:59" in offers.until(END, "Europe/Paris")


def test_the_small_print_has_all_that_a_shopper_must_know() -> None:
    found: Offer = plan(
        closes_at=END,
        terms="Not on books.",
        conditions={"min_basket_minor": 3_000, "first_order": True, "full_price_only": True},
    )
    text = " ".join(offers.small_print(found))
    for part in ("Until 30 November", "£30.00", "first order", "reduced", "other offers", "books"):
        assert part in text
    assert "22:00" in " ".join(offers.small_print(found, END.replace(hour=22, minute=0)))


@pytest.mark.parametrize(
    ("fields", "on", "text"),
    [
        ({"conditions": {"min_basket_minor": 1_500}}, basket(),
         "Ten: Add goods for £5.00 more; the offer begins at £15.00."),
        ({"currency": "EUR"}, basket(), "Ten: This offer counts only in EUR."),
        ({}, basket(), "Ten: £1.00 off."),
    ],
)  # fmt: skip
def test_a_sentence_for_every_offer_before_she_pays(
    fields: dict[str, Any], on: Any, text: str
) -> None:
    stack = offers.stacking(candidates(plan(**fields)), on, now=NOW)
    assert offers.explain(stack, "GBP") == [text]


def test_the_better_offer_is_named() -> None:
    stack = offers.stacking(candidates(plan("big", amount=900), plan()), basket(line()), now=NOW)
    assert offers.explain(stack, "GBP")[1] == "Ten: Not together with “Big”, which saves you more."


def test_every_reason_has_words() -> None:
    given = {"closed", "currency", "first_order", "minimum", "no_goods", "not_for_you", "not_here",
             "not_with", "nothing_left", "once"}  # fmt: skip
    assert set(REASONS) == given
