from __future__ import annotations

from datetime import UTC, datetime

import pytest
from django.utils import timezone, translation

from clm_plugin.console.wording import day, hour, moment, money, percent, whole


@pytest.mark.parametrize(
    ("minor", "currency", "text"),
    [
        (123450, "GBP", "£1,234.50"),
        (-5, "EUR", "−€0.05"),
        (1234, "JPY", "¥1,234"),
        (1500, "KWD", "KWD 1.500"),
        (0, "USD", "$0.00"),
        (10**15, "IDR", "Rp 10,000,000,000,000.00"),
    ],
)
def test_money(minor: int, currency: str, text: str) -> None:
    assert money(minor, currency) == text


def test_money_in_a_language_with_other_marks() -> None:
    with translation.override("id"):
        assert money(123450, "GBP") == "£1.234,50"


@pytest.mark.parametrize(
    ("share", "text"),
    [(0, "0 %"), (0.0004, "< 0.1 %"), (0.052, "5.2 %"), (0.125, "12 %"), (1.0, "100 %")],
)
def test_percent(share: float, text: str) -> None:
    assert percent(share) == text


def test_whole() -> None:
    assert whole(1_234_567) == "1,234,567"


def test_times_are_in_the_readers_zone() -> None:
    at = datetime(2026, 11, 21, 23, 30, tzinfo=UTC)
    with timezone.override("Asia/Jakarta"):
        assert (day(at), hour(at), moment(at)) == ("22 Nov 2026", "06:30", "22 Nov 2026, 06:30")
