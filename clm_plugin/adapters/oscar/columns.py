"""Reading Oscar's columns in bulk: keys from text, money as whole numbers, names of accounts."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.core.exceptions import FieldDoesNotExist, ValidationError
from django.db.models import BigIntegerField, DecimalField, ExpressionWrapper, F, Field, Value
from django.db.models.functions import Cast, Round

from clm_plugin.money import Money, exponent

if TYPE_CHECKING:
    from collections.abc import Iterable

    from django.db.models import Model
    from django.db.models.expressions import Combinable


def keys(model: type[Model], ids: Iterable[str]) -> list[Any]:
    """Primary keys from the ids that the plugin keeps as text; what cannot be one is left out."""
    field: Any = model._meta.pk
    found: dict[Any, None] = {}
    for text in ids:
        try:
            key = field.to_python(text)
            field.run_validators(key)
        except (ValidationError, ValueError, OverflowError):
            continue
        if key not in (None, ""):
            found[key] = None
    return list(found)


def hundredths(amount: str | Combinable) -> ExpressionWrapper:
    """A decimal column (or expression) times 100, rounded to a whole number by the database.

    Oscar's amounts have two places; a million Decimals would be seconds of Python.
    """
    value = F(amount) if isinstance(amount, str) else amount
    product = ExpressionWrapper(value * Value(100), DecimalField(max_digits=20, decimal_places=2))
    # As a plain field: Django would send each number of an integer expression through int() again.
    return ExpressionWrapper(Cast(Round(product), BigIntegerField()), output_field=Field())


def minor_of(amount: int, currency: str) -> int:
    """Minor units of a currency from hundredths, half up."""
    places = exponent(currency)
    if places == 2:
        return amount
    if places > 2:
        return amount * int(10 ** (places - 2))
    step = int(10 ** (2 - places))
    whole = (abs(amount) + step // 2) // step
    return whole if amount >= 0 else -whole


class Purse(dict[int, Money]):
    """Money of one currency by hundredths: ``purse[1050]`` is £10.50; equal amounts are one object.

    A dictionary, because a look-up costs a tenth of making (and checking) another Money.
    """

    def __init__(self, currency: str) -> None:
        super().__init__()
        self.currency = currency

    def __missing__(self, amount: int) -> Money:
        found = self[amount] = Money(minor_of(amount, self.currency), self.currency)
        return found


def column_or_empty(model: type[Model], name: str, path: str = "") -> Combinable:
    """A column of a model that hosts swap (the user), or "" where theirs has none of that name."""
    try:
        model._meta.get_field(name)
    except FieldDoesNotExist:
        return Value("")
    return F(f"{path}{name}")
