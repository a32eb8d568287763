"""Limits at the boundary: what may come in, and how times and odd values are made harmless.

Pure. The corpus that led to each rule is in ``tests/events/test_limits.py``.
"""

from __future__ import annotations

import json
import math
from datetime import UTC, datetime, timedelta
from typing import Any

from clm_plugin.exceptions import ClmError

MAX_BODY = 64 * 1024
"""Bytes of one request to the beacon (browsers cap sendBeacon at 64 KiB too)."""
MAX_EVENTS = 100
"""Events in one request."""
MAX_EVENT = 8 * 1024
"""Bytes of one event's payload as JSON."""
MAX_TEXT = 1024
MAX_DEPTH = 6
MAX_INT = 2**53 - 1
EARLIEST = datetime(2000, 1, 1, tzinfo=UTC)
BROWSER_MEMORY = timedelta(hours=24)


class BadEvent(ClmError, ValueError):
    """An event that is refused; ``field`` names the place, the message says why."""

    def __init__(self, field: str, why: str) -> None:
        super().__init__(f"{field}: {why}")
        self.field = field
        self.why = why


def clean_text(value: str, field: str, limit: int = MAX_TEXT) -> str:
    """Refuse what no database stores (NUL, lone surrogates) and what is longer than ``limit``."""
    if len(value) > limit:
        raise BadEvent(field, f"longer than {limit} characters")
    if "\x00" in value:
        raise BadEvent(field, "has a NUL character")
    try:
        value.encode()
    except UnicodeEncodeError:
        raise BadEvent(field, "is not valid Unicode") from None
    return value


def clean_int(value: object, field: str, low: int = -MAX_INT, high: int = MAX_INT) -> int:
    """A whole number inside a range; a bool, NaN or a float with a fraction is refused."""
    if isinstance(value, float) and math.isfinite(value) and value == int(value):
        value = int(value)
    if isinstance(value, bool) or not isinstance(value, int):
        raise BadEvent(field, "must be a whole number")
    if not low <= value <= high:
        raise BadEvent(field, f"must be between {low} and {high}")
    return value


def clean_json(
    value: object, field: str, depth: int = MAX_DEPTH, *, longest: int = MAX_TEXT
) -> Any:
    """A value of free form (custom properties, traits) that every database stores as JSON."""
    if value is None or isinstance(value, bool):
        return value
    if isinstance(value, str):
        return clean_text(value, field, longest)
    if isinstance(value, int):
        return clean_int(value, field)
    if isinstance(value, float):
        if not math.isfinite(value):
            raise BadEvent(field, "must be a finite number")
        return value
    if depth == 0:
        raise BadEvent(field, "is nested too deep")
    if isinstance(value, dict):
        return {
            clean_text(str(name), field, 255): clean_json(
                item, f"{field}.{name}"[:64], depth - 1, longest=longest
            )
            for name, item in value.items()
        }
    if isinstance(value, list | tuple):
        return [clean_json(item, field, depth - 1, longest=longest) for item in value]
    raise BadEvent(field, "must be JSON")


def parse_json(raw: bytes, limit: int = MAX_BODY) -> Any:
    """JSON without NaN and Infinity, of at most ``limit`` bytes. Raises BadEvent."""
    if len(raw) > limit:
        raise BadEvent("body", f"larger than {limit} bytes")
    try:
        return json.loads(raw, parse_constant=_refuse_constant, parse_int=_short_int)
    except (ValueError, RecursionError) as error:
        if isinstance(error, BadEvent):
            raise
        raise BadEvent("body", "is not valid JSON") from None


def _refuse_constant(name: str) -> float:
    raise BadEvent("body", f"{name} is not JSON")


def _short_int(digits: str) -> int:
    if len(digits) > 20:
        raise BadEvent("body", "a number has more than 20 digits")
    return int(digits)


def clamp(occurred_at: datetime, *, received_at: datetime, memory: timedelta | None) -> datetime:
    """A time that every database can hold and that no wrong clock can push about.

    Nothing happens after its receipt. ``memory`` is how far back a source may date (None: to the
    year 2000, for the shop's own records). A naive time is taken as UTC.
    """
    if occurred_at.tzinfo is None:
        occurred_at = occurred_at.replace(tzinfo=UTC)
    floor = EARLIEST if memory is None else received_at - memory
    # Compared before conversion: astimezone(UTC) overflows at the ends of the calendar.
    if occurred_at >= received_at:
        return received_at.astimezone(UTC)
    return (floor if occurred_at <= floor else occurred_at).astimezone(UTC)
