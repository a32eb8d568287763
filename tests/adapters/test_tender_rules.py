"""Amounts of a tender: what a shopper typed, what is used, how a refund is split. No database."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from clm_plugin.adapters.tender.rules import read_amount, split, used
from clm_plugin.money import Money, MoneyError
from tests.lengths import examples


@pytest.mark.parametrize(
    ("text", "currency", "minor"),
    [
        ("12.50", "GBP", 1250),
        (" 7 ", "GBP", 700),
        ("0.5", "GBP", 50),
        ("150", "JPY", 150),
        ("1.125", "KWD", 1125),
    ],
)
def test_an_amount_is_read(text: str, currency: str, minor: int) -> None:
    assert read_amount(text, currency) == Money(minor, currency)


@pytest.mark.parametrize(
    "text",
    [
        *("", "NaN", "Infinity", "-inf", "1e3", "1e30", "-1", "-0.01", "+1", "0", "0.00"),
        *("1,00", "1 000", "True", "0.001", "9" * 30, "٣", "1.", ".5", "0x10", "1_0", "£5"),
    ],
)
def test_only_plain_money_is_read(text: str) -> None:
    with pytest.raises(MoneyError):
        read_amount(text, "GBP")


@pytest.mark.parametrize(("text", "currency"), [("1.5", "JPY"), ("1.1234", "KWD")])
def test_no_more_decimals_than_the_currency_has(text: str, currency: str) -> None:
    with pytest.raises(MoneyError):
        read_amount(text, currency)


@pytest.mark.parametrize(
    ("wish", "up_to", "total", "amount"),
    [
        (None, 1000, 4500, 1000),
        (None, 1000, 700, 700),
        (400, 1000, 4500, 400),
        (2000, 1000, 4500, 1000),
        (None, -5, 4500, 0),  # nothing, never cash
        (None, 1000, 0, 0),
        (None, 1000, -1, 0),
    ],
)
def test_what_is_used(wish: int | None, up_to: int, total: int, amount: int) -> None:
    assert used(wish, up_to, total) == amount


def test_case_34_a_partial_refund_is_split_by_largest_remainder() -> None:
    """£3.33, £3.33 and £3.34 of £10.00, half paid with credit, give back all of both halves."""
    left, parts = [500, 500], []
    for amount in (333, 333, 334):
        part = split(amount, left)
        assert sum(part) == amount
        left = [has - takes for has, takes in zip(left, part, strict=True)]
        parts.append(part)
    assert left == [0, 0]
    assert parts == [[167, 166], [166, 167], [167, 167]]


@pytest.mark.parametrize(("amount", "left"), [(0, [1]), (-1, [5]), (11, [5, 5]), (1, []), (1, [0])])
def test_no_more_is_split_than_there_is(amount: int, left: list[int]) -> None:
    with pytest.raises(MoneyError):
        split(amount, left)


@settings(max_examples=examples(50))
@given(
    st.lists(st.integers(0, 10_000), min_size=1, max_size=4).filter(any),
    st.lists(st.integers(1, 5_000), min_size=1, max_size=6),
)
def test_any_row_of_refunds_ends_at_what_was_paid(paid: list[int], wanted: list[int]) -> None:
    left = list(paid)
    for amount in [*wanted, 10**9]:
        rest = min(amount, sum(left))
        if not rest:
            break
        part = split(rest, left)
        assert sum(part) == rest
        assert all(0 <= takes <= has for takes, has in zip(part, left, strict=True))
        left = [has - takes for has, takes in zip(left, part, strict=True)]
    assert not any(left)
