"""Rules as sentences: a table, no database."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import pytest
from django.utils import translation

from clm_plugin.money import Money
from clm_plugin.statements.explaining import (
    earn_sentences,
    earn_small_print,
    spend_sentences,
    whole,
)
from clm_plugin.wallet.plan import (
    Caps,
    Choice,
    Combines,
    EarnRule,
    Exclusions,
    Expiry,
    Multiplier,
    SpendRules,
)
from tests.statements.words import NOW, plan

if TYPE_CHECKING:
    from collections.abc import Sequence

TEA = Choice(categories=("7",))


def names(choice: Choice) -> list[str]:
    return {"7": ["Tea & table"]}.get("".join(choice.categories), [])


@pytest.mark.parametrize(
    ("rule", "words"),
    [
        (EarnRule(id="a", kind="per_full", amount_minor=10_00, per_minor=50_00),
         "£10 for every full £50 of one order."),
        (EarnRule(id="a", kind="percent", basis_points=500), "5 per cent of each order."),
        (EarnRule(id="a", kind="percent", basis_points=250), "2.5 per cent of each order."),
        (EarnRule(id="a", kind="event", event="customer.registered", amount_minor=5_00),
         "£5 for creating an account."),
        (EarnRule(id="a", kind="event", event="review.added", amount_minor=50, once="each"),
         "£0.50 for a review."),
        (EarnRule(id="a", kind="event", event="life_event.declared", amount_minor=5_00,
                  once="year"),
         "£5 for a day that matters to you. Once a year."),
        (EarnRule(id="a", kind="event", event="referral.converted", amount_minor=5_00,
                  waits_for_order=True),
         "£5 for a friend of yours who orders. It comes with your next order."),
    ],
)  # fmt: skip
def test_a_way_to_earn(rule: EarnRule, words: str) -> None:
    assert earn_sentences(plan(earn=(rule,)), names) == (words,)


def test_what_counts_several_times() -> None:
    found = earn_sentences(plan(multipliers=(Multiplier(percent=250, choice=TEA),)), names)
    assert found[1:] == ("Tea & table: counts 2.5 times.",)


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({}, ("Buys everything except gift cards and shipping.",)),
        ({"spend": SpendRules(exclusions=Exclusions(gift_cards=False, shipping=False))},
         ("Buys everything in the shop.",)),
        ({"spend": SpendRules(exclusions=Exclusions(choice=TEA, discounted=True, tax=True))},
         ("Buys everything except Tea & table, gift cards, what is reduced already, shipping "
          "and tax.",)),
        ({"spend": SpendRules(min_order_minor=20_00, max_percent=50, max_minor=15_50),
          "combines": Combines(spend_with_codes=False, spend_with_others=False)},
         ("Buys everything except gift cards and shipping.",
          "For orders from £20 on.",
          "Pays at most 50 per cent of them.",
          "Pays at most £15.50 of one order.",
          "Not together with a voucher code.",
          "Not together with other store credit.")),
    ],
)  # fmt: skip
def test_what_it_can_buy(changes: dict[str, Any], expected: Sequence[str]) -> None:
    assert spend_sentences(plan(**changes), names) == tuple(expected)


def test_a_programme_that_is_gone_sends_her_to_the_shop() -> None:
    assert spend_sentences(None, names) == ("Ask the shop what it can buy.",)


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({}, ["It opens 14 days after it was earned, when nothing was sent back.",
              "It is good for 30 days after that."]),
        ({"pending_days": 0, "expiry": Expiry(kind="days", days=1)}, ["It is good for 1 day."]),
        ({"pending_days": 1, "expiry": Expiry()},
         ["It opens 1 day after it was earned, when nothing was sent back."]),
        ({"pending_days": 0, "expiry": Expiry(kind="window"), "min_order_minor": 20_00,
          "earn_until": datetime(2026, 12, 1, tzinfo=UTC),
          "redeem_from": datetime(2026, 12, 5, tzinfo=UTC),
          "redeem_until": datetime(2027, 1, 1, tzinfo=UTC),
          "caps": Caps(order_minor=50_00, period_minor=80_00, customer_minor=200_00),
          "combines": Combines(earn_with_codes=False)},
         ["From £20 of what counts.",
          "Nothing is earned together with a voucher code.",
          "At most £50 for one order.", "At most £80 in 30 days.", "At most £200 in all.",
          "Earn it until 30 November 2026, end of the day (GMT).",
          "Spend it from 5 December 2026 (GMT).",
          "Spend it until 31 December 2026, end of the day (GMT)."]),
    ],
)  # fmt: skip
def test_the_small_print(changes: dict[str, Any], expected: list[str]) -> None:
    found = list(earn_small_print(plan(**changes), names, now=NOW))
    assert "Does not count: gift cards and shipping." in found
    found.remove("Does not count: gift cards and shipping.")
    assert found == expected


@pytest.mark.parametrize(
    ("minor", "currency", "language", "words"),
    [
        (10_00, "GBP", "en", "£10"),
        (10_50, "GBP", "en", "£10.50"),
        (1_000_00, "GBP", "en", "£1,000"),
        (1_000_00, "EUR", "de", "1.000\N{NO-BREAK SPACE}€"),
        (1_000, "JPY", "en", "¥1,000"),
        (10_000, "KWD", "en", "10\N{NO-BREAK SPACE}KWD"),
        (10_500, "KWD", "en", "10.500\N{NO-BREAK SPACE}KWD"),
    ],
)
def test_whole_amounts_have_no_decimals(
    minor: int, currency: str, language: str, words: str
) -> None:
    with translation.override(language):
        assert whole(Money(minor, currency)) == words
