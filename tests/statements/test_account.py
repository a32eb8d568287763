"""What a customer reads: balances by currency, lots with days, history in plain words."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from clm_plugin.statements.api import chip, statement, whole_history
from clm_plugin.statements.movements import line_of
from clm_plugin.wallet import api as wallet
from clm_plugin.wallet.plan import EarnRule, Exclusions, SpendRules
from tests.statements.words import NOW, customer, give, in_force, spend

pytestmark = pytest.mark.django_db
END = datetime(2026, 12, 1, tzinfo=UTC)
"""Midnight in London: the last day is 30 November."""


@pytest.fixture
def ann() -> int:
    in_force()
    return customer()[1]


def told(profile_id: int) -> list[tuple[str, str, str]]:
    return [(line.plain, line.note, line.amount) for line in whole_history(profile_id)]


def test_nothing_at_all_still_says_how_to_earn(ann: int) -> None:
    for who in (ann, None):
        found = statement(who, now=NOW)
        assert found.is_empty
        (way,) = found.ways
        assert way.programme == "Harbour credit"
        assert way.earn == ("£10 for every full £50 of one order.",)


def test_what_is_not_earned_now_is_not_promised() -> None:
    in_force(earn_until=NOW - timedelta(days=1))
    in_force(key="later", earn_from=NOW + timedelta(days=1))
    assert statement(None, now=NOW).ways == ()


def test_open_pending_held_and_the_days(ann: int) -> None:
    give(ann, 10_00, expires_at=END)
    give(ann, 5_00, opens_at=NOW + timedelta(days=14), expires_at=NOW + timedelta(days=60))
    give(ann, 2_00, expires_at=None, reason="sorry", key="x")
    wallet.hold(
        profile_id=ann, amount=_gbp(3_00), key="h", now=NOW,
        expires_at=NOW + timedelta(minutes=30),
    )  # fmt: skip
    (purse,) = statement(ann, now=NOW).purses
    assert (purse.available, purse.pending, purse.held) == ("£9.00", "£5.00", "£3.00")
    assert (purse.next_expiry, purse.next_until) == (
        "£7.00", "30 November 2026, end of the day (GMT)",
    )  # fmt: skip
    assert purse.opens == "6 December 2026, 12:00 (GMT)"
    first, *others = purse.lots
    assert (first.amount, first.until, first.held, first.opens) == (
        "£10.00", "30 November 2026, end of the day (GMT)", "£3.00", "",
    )  # fmt: skip
    assert {lot.until for lot in others} == {"21 January 2027, 12:00 (GMT)", ""}
    (terms,) = purse.terms
    assert terms.sentences == ("Buys everything except gift cards and shipping.",)


def _gbp(minor: int) -> Any:
    from clm_plugin.money import Money

    return Money(minor, "GBP")


def test_case_39_currencies_are_kept_apart_and_never_converted(ann: int) -> None:
    in_force(key="euros", name="Euro credit", currency="EUR", zone="Europe/Berlin")
    give(ann, 10_00, expires_at=END)
    give(ann, 7_00, programme="euros", currency="EUR", expires_at=END - timedelta(hours=1))
    euro, pound = statement(ann, now=NOW).purses
    assert (euro.currency, euro.available, len(euro.lots)) == ("EUR", "€7.00", 1)
    assert (pound.currency, pound.available, len(pound.lots)) == ("GBP", "£10.00", 1)
    assert euro.next_until == "30 November 2026, end of the day (CET)"
    shown = chip(ann, now=NOW)
    assert shown is not None
    assert (shown.amount, shown.parts) == (
        "£10", (("£10.00", "30 November 2026, end of the day (GMT)"),),
    )  # fmt: skip


def test_history_in_plain_words(ann: int) -> None:
    give(ann, 10_00, source=wallet.Source("order", "100234"), actor="plugin", reason="For an order")
    give(ann, 5_00, source=wallet.Source("event", "customer.registered:7"), actor="plugin",
         reason="For opening an account")  # fmt: skip
    given = give(ann, 4_00, reason="For the broken mug")
    spend(ann, 6_00, "100300")
    wallet.restore(order_id="100300", amount_minor=2_00, key="r", now=NOW,
                   grace=timedelta(days=14), reason="x", actor="plugin")  # fmt: skip
    wallet.claw_back(source=wallet.Source("order", "100234"), amount_minor=1_00, key="c",
                     policy="lot", now=NOW, reason="For a refund", actor="plugin")  # fmt: skip
    wallet.deduct(profile_id=ann, programme="harbour", amount=_gbp(1_00), key="d",
                  reason="Counted twice", actor="staff:eve", now=NOW)  # fmt: skip
    assert given.transaction_id is not None
    assert told(ann) == [
        ("Corrected by the shop", "Counted twice", "−£1.00"),
        ("Taken back: order 100234 was cancelled or sent back", "", "−£1.00"),
        ("Given back from order 100300", "", "+£2.00"),
        ("Spent on order 100300", "", "−£6.00"),
        ("Given by the shop", "For the broken mug", "+£4.00"),
        ("For opening an account", "", "+£5.00"),
        ("Earned on order 100234", "", "+£10.00"),
    ]


def test_a_link_only_where_she_may_follow_it_and_nothing_runs() -> None:
    movement = wallet.Movement(
        transaction_id=1, at=NOW, kind="grant", amount_minor=1, programme="p", currency="GBP",
        reason="", actor="plugin", order_id="", source=wallet.Source("order", "<b>1</b>"),
    )  # fmt: skip
    assert line_of(movement, None, {}).sentence == "Earned on order &lt;b&gt;1&lt;/b&gt;"
    linked = line_of(movement, None, {"<b>1</b>": '/o/"1/'}).sentence
    assert linked == 'Earned on order <a href="/o/&quot;1/">&lt;b&gt;1&lt;/b&gt;</a>'


def test_pages_of_the_history_lose_and_repeat_nothing(ann: int) -> None:
    for number in range(45):
        give(ann, 1_00 + number, now=NOW - timedelta(days=1))
    seen, before = [], None
    for _ in range(3):
        page = statement(ann, now=NOW, before=before)
        seen += [line.amount_minor for line in page.history]
        before = page.older
    assert before is None
    assert seen == [1_00 + number for number in reversed(range(45))]


def test_a_page_is_not_torn_inside_a_transaction(ann: int) -> None:
    in_force(key="second", name="Second")
    for _ in range(19):
        give(ann, 1_00)
    give(ann, 1_00, programme="second")
    spend(ann, 20_00, "100400")  # of both programmes: two movements of one transaction
    for _ in range(19):
        give(ann, 1_00)
    first = statement(ann, now=NOW)
    second = statement(ann, now=NOW, before=first.older)
    assert [line.order_id for line in first.history].count("100400") == 0
    assert [line.order_id for line in second.history].count("100400") == 2


def test_a_thousand_lots_cost_no_more_queries_than_one(
    ann: int, django_assert_max_num_queries: Any
) -> None:
    for number in range(120):
        give(ann, 1_00, expires_at=END + timedelta(days=number))
    wallet.live_programmes()  # a page after an edit has one more
    with django_assert_max_num_queries(5):
        found = statement(ann, now=NOW)
    assert (len(found.purses[0].lots), found.purses[0].more) == (50, 70)
    assert found.purses[0].available == "£120.00"
    with django_assert_max_num_queries(2):
        assert chip(ann, now=NOW) is not None


@pytest.mark.parametrize(
    ("lots", "amount", "until", "pending"),
    [
        ([], None, "", ""),
        ([{"expires_at": END}], "£10", "30 November", ""),
        ([{"expires_at": None}], "£10", "", ""),
        ([{"expires_at": None}, {"expires_at": END}], "£20", "30 November", ""),
        ([{"opens_at": NOW + timedelta(days=14), "expires_at": None}], "", "", "£10.00"),
        ([{"expires_at": NOW + timedelta(days=80)}], "£10", "10 February 2027", ""),
    ],
)
def test_the_chip(ann: int, lots: list[Any], amount: str | None, until: str, pending: str) -> None:
    for each in lots:
        give(ann, **each)
    found = chip(ann, now=NOW)
    if amount is None:
        assert found is None
        return
    assert found is not None
    assert (found.amount, found.until, found.pending) == (amount, until, pending)
    assert found.opens_day == ("6 December" if pending else "")


@pytest.mark.parametrize(
    ("ends", "is_part", "parts", "rest"),
    [
        ([], False, 0, ""),
        ([30], False, 1, ""),
        ([30, 30], False, 1, ""),
        ([30, None], True, 1, "£10.00"),
        ([30, 40, 50], True, 3, ""),
        ([30, 40, 50, 60, None], True, 3, "£20.00"),
    ],
)
def test_the_chip_says_where_its_day_is_that_of_a_part(
    ann: int, ends: list[int | None], is_part: bool, parts: int, rest: str
) -> None:
    give(ann, 10_00, opens_at=NOW + timedelta(days=14), expires_at=None)
    for number in ends:
        give(ann, 10_00, expires_at=NOW + timedelta(days=number) if number else None)
    found = chip(ann, now=NOW)
    assert found is not None
    assert (found.is_part, len(found.parts), found.rest) == (is_part, parts, rest)


def test_the_chip_is_gone_with_the_credit(ann: int) -> None:
    give(ann, 10_00, expires_at=END)
    assert chip(ann, now=END - timedelta(milliseconds=1)) is not None
    assert chip(ann, now=END) is None
    spend(ann, 10_00, "1")
    assert chip(ann, now=NOW) is None


def test_what_it_can_buy_is_of_the_programme_of_each_lot(ann: int) -> None:
    review = EarnRule(id="e", kind="event", event="review.added", amount_minor=1)
    everything = SpendRules(exclusions=Exclusions(gift_cards=False, shipping=False))
    in_force(key="free", name="Free credit", earn=(review,), spend=everything)
    give(ann, 1_00, expires_at=END)
    give(ann, 1_00, programme="free", expires_at=END + timedelta(days=1))
    (purse,) = statement(ann, now=NOW).purses
    assert [(each.programme, each.sentences[0]) for each in purse.terms] == [
        ("Harbour credit", "Buys everything except gift cards and shipping."),
        ("Free credit", "Buys everything in the shop."),
    ]
