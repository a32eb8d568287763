"""Money as a shopper reads it, without a library for it: symbol, grouping and decimals."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

from django.utils.formats import number_format
from django.utils.translation import get_language

from clm_plugin.money import exponent

if TYPE_CHECKING:
    from clm_plugin.money import Money

_SYMBOLS = {
    "AUD": "A$",
    "BRL": "R$",
    "CAD": "CA$",
    "CNY": "CN¥",
    "EUR": "€",
    "GBP": "£",
    "ILS": "₪",
    "INR": "₹",
    "JPY": "¥",
    "KRW": "₩",
    "MXN": "MX$",
    "NZD": "NZ$",
    "PHP": "₱",
    "USD": "$",
    "VND": "₫",
}
# Languages that write the symbol first; the others put it behind the amount (Unicode CLDR).
_SYMBOL_FIRST = ("en", "ja", "zh", "ko", "hi", "th", "ga", "cy", "mt", "id", "ms", "tr")


def price(money: Money) -> str:
    """``Money(1050, "GBP")`` as "£10.50" in English, "10,50 £" (no-break space) in German."""
    return _price(money, get_language() or "en")


@lru_cache(maxsize=4096)
def _price(money: Money, language: str) -> str:
    amount = number_format(
        money.amount, decimal_pos=exponent(money.currency), use_l10n=True, force_grouping=True
    )
    symbol = _SYMBOLS.get(money.currency, "")
    if symbol and language.split("-")[0] in _SYMBOL_FIRST:
        return f"{symbol}{amount}"
    return f"{amount}\N{NO-BREAK SPACE}{symbol or money.currency}"
