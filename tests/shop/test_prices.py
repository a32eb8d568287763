"""Money as a shopper reads it."""

import pytest
from django.utils import translation

from clm_plugin.money import Money
from clm_plugin.shop.api import price


@pytest.mark.parametrize(
    ("language", "money", "words"),
    [
        ("en", Money(1050, "GBP"), "£10.50"),
        ("en", Money(123456789, "USD"), "$1,234,567.89"),
        ("en", Money(5, "EUR"), "€0.05"),
        ("en", Money(1000, "JPY"), "¥1,000"),
        ("en", Money(1234, "KWD"), "1.234\xa0KWD"),
        ("en", Money(0, "GBP"), "£0.00"),
        ("de", Money(123456, "EUR"), "1.234,56\xa0€"),
        ("fr", Money(1050, "GBP"), "10,50\xa0£"),
    ],
)
def test_price(language: str, money: Money, words: str) -> None:
    with translation.override(language):
        assert price(money) == words
