"""A trait of a person: its value, or whether it is known at all."""

from __future__ import annotations

from dataclasses import dataclass

from clm_plugin.segments.data import Condition
from clm_plugin.segments.fields import checked, choice, text

OPS = (
    "eq",
    "ne",
    "contains",
    "gt",
    "gte",
    "lt",
    "lte",
    "set",
    "unset",
    "before",
    "after",
    "older",
    "newer",
    "ahead",
)


@dataclass(frozen=True, kw_only=True)
class HasTrait(Condition):
    """Compares a trait with a value of its own type.

    ``eq``, ``ne``: text, number, true/false. ``contains``: part of a text, capitals of A to Z do
    not matter. ``gt`` … ``lte``: number. ``set``, ``unset``: no value. ``before``, ``after``: a
    date, ISO 8601. ``older``, ``newer``: a time more than, or less than, so many days ago.
    ``ahead``: a time in the next so many days. ``ne`` is the opposite of ``eq``: it holds for who
    has no such trait too.
    """

    kind = "trait"
    key: str = text(limit=64)
    op: str = choice(OPS, default="eq")
    value: str | int | float | bool | None = checked(lambda value, name: value, None)
