"""Did something, so many times, in a window; or did it not."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from clm_plugin.events.api import TYPES
from clm_plugin.segments.data import Condition, SegmentError
from clm_plugin.segments.fields import (
    check_number,
    check_scalar,
    check_text,
    checked,
    choice,
    days,
    in_order,
    one_given,
    text,
    whole,
)

OPS = ("eq", "ne", "gt", "gte", "lt", "lte", "contains")
TRACKED = "custom.tracked"
MAX_FILTERS = 10


@dataclass(frozen=True, slots=True, kw_only=True)
class Property:
    """A filter on a field of the event's payload; of ``custom.tracked``, on one of its properties.

    ``contains`` is a part of a text (capitals of A to Z do not matter) or an entry of a list. A
    value of another type, or none, only fulfils ``ne``. Text is compared exactly.
    """

    field: str
    op: str = "eq"
    value: str | int | float | bool = ""


def _filters(values: Any, name: str) -> tuple[Property, ...]:
    if not isinstance(values, list | tuple):
        raise SegmentError(name, "must be a list")
    if len(values) > MAX_FILTERS:
        raise SegmentError(name, f"has more than {MAX_FILTERS} entries")
    return tuple(_filter(value, f"{name}[{i}]") for i, value in enumerate(values))


def _filter(value: Any, at: str) -> Property:
    if isinstance(value, Property):
        value = {"field": value.field, "op": value.op, "value": value.value}
    if not isinstance(value, dict):
        raise SegmentError(at, "must be an object")
    for key in value:
        if key not in ("field", "op", "value"):
            raise SegmentError(f"{at}.{str(key)[:64]}", "is not a field of a filter")
    field = check_text(value.get("field"), f"{at}.field", 64)
    if not field or not field.isprintable() or set(field) & set('"\\'):
        raise SegmentError(f"{at}.field", "must be a name without quotes and backslashes")
    op, wanted = value.get("op", "eq"), value.get("value")
    if op not in OPS:
        raise SegmentError(f"{at}.op", f"must be one of {', '.join(OPS)}")
    if op in ("gt", "gte", "lt", "lte"):
        wanted = check_number(wanted, f"{at}.value")
    elif op == "contains":
        wanted = check_text(wanted, f"{at}.value")
        if not wanted:
            raise SegmentError(f"{at}.value", "must not be empty")
    else:
        wanted = check_scalar(wanted, f"{at}.value")
    return Property(field=field, op=op, value=wanted)


@dataclass(frozen=True, kw_only=True)
class DidEvent(Condition):
    """Events of a type, ``at_least`` to ``at_most`` times; absence is ``at_most=0``.

    ``name`` is the shop's own name of a ``custom.tracked`` event. Counted are events of all names
    of a person, as they stand in the log.
    """

    kind = "event"
    type: str = choice(TYPES)
    name: str = text(default="")
    at_least: int | None = whole(high=10_000)
    at_most: int | None = whole(high=10_000)
    within_days: int | None = days()
    where: tuple[Property, ...] = checked(_filters, ())

    def check(self) -> None:
        one_given("at_least", self.at_least, self.at_most)
        in_order(self.at_least, self.at_most, "at_most")
        if self.name and self.type != TRACKED:
            raise SegmentError("name", f"goes with the type {TRACKED} only")
