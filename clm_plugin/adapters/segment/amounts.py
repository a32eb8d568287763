"""Money and quantities as senders write them: decimal major units. Pure."""

from __future__ import annotations

import re
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from clm_plugin.events.api import BadEvent, clean_int
from clm_plugin.money import Money, MoneyError

if TYPE_CHECKING:
    from collections.abc import Mapping

_NUMBER = re.compile(r"-?[0-9]{1,16}(\.[0-9]{1,20})?\Z")
_MOST = 10_000


def currency_of(properties: Mapping[str, Any], default: str) -> str:
    """The ISO 4217 code of a message. Raises BadEvent."""
    told = properties.get("currency")
    if told is None or told == "":
        return default
    if not isinstance(told, str) or not re.fullmatch(r"[A-Za-z]{3}", told):
        raise BadEvent("properties.currency", "must be an ISO 4217 code such as GBP")
    return told.upper()


def minor_of(value: object, currency: str, field: str) -> int:
    """Minor units of a decimal amount, which must not be negative. Raises BadEvent."""
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        raise BadEvent(field, "must be an amount such as 12.50")
    # The shortest text of a float is the number that was sent.
    text = value.strip() if isinstance(value, str) else format(Decimal(repr(value)), "f")
    if not _NUMBER.match(text):
        raise BadEvent(field, "must be an amount such as 12.50")
    try:
        minor = Money.of(text, currency).minor
    except MoneyError as error:
        raise BadEvent(field, str(error)) from None
    if minor < 0:
        raise BadEvent(field, "must not be negative")
    return minor


def first_amount(
    properties: Mapping[str, Any], names: tuple[str, ...], currency: str
) -> int | None:
    """The first of these amounts that was told; None when none was. Raises BadEvent."""
    for name in names:
        value = properties.get(name)
        if value is not None and value != "":
            return minor_of(value, currency, f"properties.{name}")
    return None


def quantity_of(value: object, field: str) -> int:
    """A whole number of pieces, 1 where nothing is told. Raises BadEvent."""
    if value is None:
        return 1
    if isinstance(value, str) and re.fullmatch(r"[0-9]{1,9}", value):
        value = int(value)
    return clean_int(value, field, 0, _MOST)
