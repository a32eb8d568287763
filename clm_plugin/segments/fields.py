"""Fields of conditions: each with the check that its values pass, wherever they come from. Pure.

A check takes a value and the field's name, and returns the clean value or raises SegmentError.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Collection
from dataclasses import MISSING, field
from datetime import UTC, datetime
from typing import Any

from clm_plugin.money import MAX_MINOR
from clm_plugin.segments.data import SegmentError

MAX_COUNT = 2**31 - 1
"""Fits the counters' columns."""
MAX_DAYS = 3_650
MAX_TEXT = 255
MAX_VALUES = 200
"""Entries of one list."""
MAX_NUMBER = 2**53 - 1
"""Whole numbers beyond it are not exact as floats, in no database."""

Check = Callable[[Any, str], Any]


def checked(check: Check, default: Any = MISSING) -> Any:
    """A dataclass field with a check."""
    return field(default=default, metadata={"check": check})


def whole(*, low: int = 0, high: int = MAX_COUNT, default: Any = None) -> Any:
    """A whole number; None where it may be left out."""
    return checked(lambda value, name: check_whole(value, name, low, high), default)


def minor(*, default: Any = None) -> Any:
    """An amount in minor units."""
    return whole(low=-MAX_MINOR, high=MAX_MINOR, default=default)


def days(*, low: int = 1, default: Any = None) -> Any:
    return whole(low=low, high=MAX_DAYS, default=default)


def choice(options: Collection[str], *, default: Any = MISSING) -> Any:
    return checked(lambda value, name: _one_of(value, name, options), default)


def text(*, limit: int = MAX_TEXT, default: Any = MISSING) -> Any:
    """Text that is not empty; with a default it may be left out."""
    needed = default is MISSING
    return checked(lambda value, name: _text(value, name, limit, needed=needed), default)


def texts(*, limit: int = MAX_TEXT, needed: bool = False, options: Collection[str] = ()) -> Any:
    """A list of texts without repeats; ``needed``: at least one."""

    def check(values: Any, name: str) -> tuple[str, ...]:
        if not isinstance(values, list | tuple):
            raise SegmentError(name, "must be a list")
        if needed and not values:
            raise SegmentError(name, "needs at least one entry")
        if len(values) > MAX_VALUES:
            raise SegmentError(name, f"has more than {MAX_VALUES} entries")
        clean = []
        for i, value in enumerate(values):
            at = f"{name}[{i}]"
            clean.append(_one_of(value, at, options) if options else _text(value, at, limit))
        return tuple(dict.fromkeys(clean))

    return checked(check, MISSING if needed else ())


def yes_no(*, default: bool) -> Any:
    def check(value: Any, name: str) -> bool:
        if not isinstance(value, bool):
            raise SegmentError(name, "must be true or false")
        return value

    return checked(check, default)


def check_whole(value: Any, name: str, low: int, high: int) -> int | None:
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, int):
        raise SegmentError(name, "must be a whole number")
    if not low <= value <= high:
        raise SegmentError(name, f"must be between {low} and {high}")
    return value


def check_number(value: Any, name: str) -> int | float:
    """A finite number that databases and Python hold alike."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise SegmentError(name, "must be a number")
    if isinstance(value, float) and not math.isfinite(value):
        raise SegmentError(name, "must be a finite number")
    if abs(value) > MAX_NUMBER:
        raise SegmentError(name, f"must be between {-MAX_NUMBER} and {MAX_NUMBER}")
    return value


def check_scalar(value: Any, name: str) -> str | int | float | bool:
    """Text, a number or true/false: what a trait or a property is compared with."""
    if isinstance(value, bool):
        return value
    if isinstance(value, str):
        return check_text(value, name)
    return check_number(value, name)


def check_text(value: Any, name: str, limit: int = MAX_TEXT) -> str:
    """Text that every database stores: no NUL, no lone surrogates, not too long."""
    if not isinstance(value, str):
        raise SegmentError(name, "must be text")
    if len(value) > limit:
        raise SegmentError(name, f"is longer than {limit} characters")
    if "\x00" in value:
        raise SegmentError(name, "has a NUL character")
    try:
        value.encode()
    except UnicodeEncodeError:
        raise SegmentError(name, "is not valid Unicode") from None
    return value


def check_moment(value: Any, name: str) -> datetime:
    """A date or time in ISO 8601, from 1900 to 2200; without a zone it is UTC."""
    try:
        moment = datetime.fromisoformat(check_text(value, name, 40))
    except ValueError as error:
        if isinstance(error, SegmentError):
            raise
        raise SegmentError(name, "must be a date such as 2026-05-01") from None
    if not 1900 <= moment.year <= 2200:
        raise SegmentError(name, "must be between the years 1900 and 2200")
    return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)


def in_order(low: float | None, high: float | None, name: str, *, gap: bool = False) -> None:
    """Refuse a range that nothing can be in; ``gap``: its upper end is not part of it."""
    if low is not None and high is not None and (high <= low if gap else high < low):
        raise SegmentError(name, f"must be {'more than' if gap else 'at least'} {low}")


def one_given(name: str, *values: Any) -> None:
    """Refuse when none of the values is given."""
    if all(value is None or value == () or value == "" for value in values):
        raise SegmentError(name, "must be given")


def _one_of(value: Any, name: str, options: Collection[str]) -> str:
    if not isinstance(value, str) or value not in options:
        raise SegmentError(name, f"must be one of {', '.join(options)}")
    return value


def _text(value: Any, name: str, limit: int, *, needed: bool = True) -> str:
    clean = check_text(value, name, limit)
    if needed and not clean:
        raise SegmentError(name, "must not be empty")
    return clean
