"""Money as whole minor units and an ISO 4217 currency. Pure: no Django, no floats.

Minor units (pence, yen, fils) keep sums exact on every database and in JSON.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal, InvalidOperation
from typing import Self

from clm_plugin.exceptions import ClmError

# ISO 4217 currencies whose minor unit is not 1/100.
_EXPONENTS = {
    **dict.fromkeys(
        (
            "BIF",
            "CLP",
            "DJF",
            "GNF",
            "ISK",
            "JPY",
            "KMF",
            "KRW",
            "PYG",
            "RWF",
            "UGX",
            "UYI",
            "VND",
            "VUV",
            "XAF",
            "XOF",
            "XPF",
        ),
        0,
    ),
    **dict.fromkeys(("BHD", "IQD", "JOD", "KWD", "LYD", "OMR", "TND"), 3),
}
ODD: dict[int, list[str]] = {
    digits: sorted(code for code, its in _EXPONENTS.items() if its == digits)
    for digits in sorted(set(_EXPONENTS.values()))
}
"""The currencies whose minor unit is not 1/100, by how many digits theirs has."""
# Fits a signed 64-bit column with room to sum a million of them.
MAX_MINOR = 10**12
"""The most that comes in as one amount: a price, a grant, an order."""
MAX_SUM = 10**18
"""The most that amounts come to: what somebody has, what a shop owes."""


class MoneyError(ClmError):
    """An amount that is not sane money: not finite, too large, or of another currency."""


def exponent(currency: str) -> int:
    """Digits after the decimal point of a currency: 2 for GBP, 0 for JPY, 3 for KWD."""
    return _EXPONENTS.get(currency, 2)


@dataclass(frozen=True, slots=True)
class Money:
    """An amount: ``minor`` units of ``currency`` (``Money(1050, "GBP")`` is £10.50)."""

    minor: int
    currency: str

    def __post_init__(self) -> None:
        if type(self.minor) is not int:  # bool is an int, and never an amount
            raise MoneyError(f"minor units must be a whole number, not {self.minor!r}")
        if abs(self.minor) > MAX_SUM:
            raise MoneyError(f"amount {self.minor} is beyond {MAX_SUM} minor units")
        if len(self.currency) != 3 or not self.currency.isascii() or not self.currency.isupper():
            raise MoneyError(f"{self.currency!r} is not an ISO 4217 currency code")

    @classmethod
    def of(cls, amount: Decimal | str | int, currency: str) -> Self:
        """Round a decimal amount half up to minor units. Raises MoneyError, never returns NaN."""
        if isinstance(amount, bool | float):
            raise MoneyError(f"{amount!r} is not a decimal amount")
        try:
            value = Decimal(amount)
            if not value.is_finite():
                raise MoneyError(f"{amount!r} is not a finite amount")
            minor = (value * 10 ** exponent(currency)).to_integral_value(ROUND_HALF_UP)
            if abs(minor) > MAX_MINOR:
                raise MoneyError(f"amount {amount} is beyond {MAX_MINOR} minor units")
        except InvalidOperation as error:
            raise MoneyError(f"{amount!r} is not a decimal amount") from error
        return cls(int(minor), currency)

    @property
    def amount(self) -> Decimal:
        """The amount in major units, with the currency's own number of decimals."""
        return Decimal(self.minor).scaleb(-exponent(self.currency))

    def __add__(self, other: Money) -> Money:
        self._same(other)
        return Money(self.minor + other.minor, self.currency)

    def __sub__(self, other: Money) -> Money:
        self._same(other)
        return Money(self.minor - other.minor, self.currency)

    def __str__(self) -> str:
        return f"{self.amount} {self.currency}"

    def _same(self, other: Money) -> None:
        if self.currency != other.currency:
            raise MoneyError(f"cannot mix {self.currency} and {other.currency}")


def allocate(total: int, weights: list[int]) -> list[int]:
    """Split ``total`` minor units by ``weights`` so that the parts sum to it exactly.

    Largest-remainder (Hamilton) method; ties go to the earlier part. Raises MoneyError when there
    is something to split and no positive weight.
    """
    whole = sum(weights)
    if whole <= 0 or min(weights) < 0:
        raise MoneyError("weights must not be negative and at least one must be positive")
    shares = [divmod(abs(total) * weight, whole) for weight in weights]
    parts = [quotient for quotient, _ in shares]
    by_remainder = sorted(range(len(weights)), key=lambda i: (-shares[i][1], i))
    for i in by_remainder[: abs(total) - sum(parts)]:
        parts[i] += 1
    return parts if total >= 0 else [-part for part in parts]
