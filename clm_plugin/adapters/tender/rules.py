"""Pure decisions about amounts."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from clm_plugin.money import MAX_MINOR, Money, MoneyError, allocate, exponent

if TYPE_CHECKING:
    from collections.abc import Sequence

_AMOUNT = re.compile(r"\d{1,10}(?:\.\d{1,3})?", re.ASCII)


def split(amount_minor: int, left: Sequence[int], *, coin: int = 1) -> list[int]:
    """Spread a refund over tenders by what each of them has left, largest remainder first.

    Never more than is left anywhere, so any row of partial refunds ends at exactly what was paid.
    ``coin``: the parts are multiples of it, as the amounts must be. Raises MoneyError when the
    amount is not positive, more than is left in all, or no multiple.
    """
    if not 0 < amount_minor <= sum(left) or amount_minor % coin:
        raise MoneyError(f"{amount_minor} cannot be refunded of {sum(left)}")
    return [share * coin for share in allocate(amount_minor // coin, [it // coin for it in left])]


def coin_of(currency: str, decimal_places: int | None) -> int:
    """The smallest amount, in minor units, that a currency has and a shop's books can hold."""
    digits = exponent(currency)
    return 1 if decimal_places is None else int(10 ** max(digits - decimal_places, 0))


def read_amount(text: str, currency: str) -> Money:
    """The amount a shopper typed, "12.50". Raises MoneyError for anything that is not plain money
    of the currency: signs, commas, exponents, more decimals than it has."""
    text = text.strip()
    if not _AMOUNT.fullmatch(text):
        raise MoneyError(f"{text!r} is not an amount")
    whole, _, decimals = text.partition(".")
    places = exponent(currency)
    if len(decimals) > places:
        raise MoneyError(f"{text!r} has more decimals than {currency}")
    minor = int(whole) * 10**places + int((decimals or "0").ljust(places, "0") or "0")
    if not 0 < minor <= MAX_MINOR:
        raise MoneyError(f"{text!r} is not a possible amount")
    return Money(minor, currency)


def used(wish_minor: int | None, up_to_minor: int, total_minor: int, *, coin: int = 1) -> int:
    """How much credit pays: as wished (None: all of it), never more than allowed or to be paid,
    in whole coins."""
    most = max(min(up_to_minor, total_minor), 0)
    amount = most if wish_minor is None else max(min(wish_minor, most), 0)
    return amount - amount % coin
