"""A trait of a person: its value, or whether it is known at all."""

from __future__ import annotations

import operator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Q
from django.db.models.functions import StrIndex
from django.db.models.lookups import GreaterThan
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from clm_plugin.segments.ascii import ascii_lower
from clm_plugin.segments.data import Condition, Labels, Need, SegmentError, Subject
from clm_plugin.segments.expressions import AsciiLower, among
from clm_plugin.segments.facets import TRAITS as FACET
from clm_plugin.segments.fields import (
    MAX_DAYS,
    check_moment,
    check_number,
    check_scalar,
    check_text,
    check_whole,
    checked,
    choice,
    text,
)
from clm_plugin.segments.parts import TRAITS, TraitWord
from clm_plugin.segments.phrases import moment
from clm_plugin.segments.windows import later, soonest

_SENTENCES = {
    "eq": gettext_lazy("have “%(value)s” as %(trait)s"),
    "ne": gettext_lazy("do not have “%(value)s” as %(trait)s"),
    "contains": gettext_lazy("have “%(value)s” in their %(trait)s"),
    "gt": gettext_lazy("have more than %(value)s as %(trait)s"),
    "gte": gettext_lazy("have at least %(value)s as %(trait)s"),
    "lt": gettext_lazy("have less than %(value)s as %(trait)s"),
    "lte": gettext_lazy("have at most %(value)s as %(trait)s"),
    "set": gettext_lazy("have told us their %(trait)s"),
    "unset": gettext_lazy("have not told us their %(trait)s"),
    "before": gettext_lazy("have a date before %(value)s as %(trait)s"),
    "after": gettext_lazy("have %(value)s or a later date as %(trait)s"),
    "older": gettext_lazy("have a date at least %(value)s days ago as %(trait)s"),
    "newer": gettext_lazy("have a date in the last %(value)s days as %(trait)s"),
    "ahead": gettext_lazy("have a date in the next %(value)s days as %(trait)s"),
}
OPS = tuple(_SENTENCES)
DAYS = ("older", "newer", "ahead")
DATES = ("before", "after")
_COMPARE = {"gt": operator.gt, "gte": operator.ge, "lt": operator.lt, "lte": operator.le}


@dataclass(frozen=True, kw_only=True)
class HasTrait(Condition):
    """Compares a trait with a value of its own type.

    ``eq``, ``ne``: text, number, true/false. ``contains``: part of a text, capitals of A to Z do
    not matter. ``gt`` … ``lte``: number. ``set``, ``unset``: no value. ``before``, ``after`` (from
    then on): a date, ISO 8601. ``older``, ``newer``, ``ahead``: a time so many days ago or more, in
    the last so many days, in the next so many days. ``ne`` and ``unset`` are the opposites of
    ``eq`` and ``set``: they hold for who has no such trait too.
    """

    kind = "trait"
    key: str = text(limit=64)
    op: str = choice(OPS, default="eq")
    value: str | int | float | bool | None = checked(lambda value, name: value, None)

    def check(self) -> None:
        check_value(self.op, self.value)

    def q(self, now: datetime) -> Q:
        return trait_q(self.key, self.op, self.value, now)

    def holds(self, subject: Subject, now: datetime) -> bool:
        return trait_holds(subject.parts["traits"].get(self.key), self.op, self.value, now)

    def next_change(self, subject: Subject, now: datetime) -> datetime | None:
        word: TraitWord | None = subject.parts["traits"].get(self.key)
        return None if word is None else turns(word.moment, self.op, self.value, now)

    def sentence(self, labels: Labels) -> str:
        name = labels.traits.get(self.key) or f"“{self.key}”"
        return str(_SENTENCES[self.op]) % {"trait": name, "value": shown(self.op, self.value)}

    def why(self, subject: Subject, now: datetime, labels: Labels) -> str:
        return trait_words(subject.parts["traits"].get(self.key))

    @property
    def facets(self) -> frozenset[str]:
        return frozenset({FACET})

    @property
    def needs(self) -> tuple[Need, ...]:
        return (Need(part=TRAITS, key=self.key),)


def check_value(op: str, value: Any) -> None:
    """Refuse a value of a type that the comparison cannot take. Raises SegmentError."""
    if op in ("set", "unset"):
        if value is not None:
            raise SegmentError("value", f"does not go with {op}")
    elif value is None:
        raise SegmentError("value", "is missing")
    elif op in _COMPARE:
        check_number(value, "value")
    elif op in DAYS:
        check_whole(value, "value", 1, MAX_DAYS)
    elif op in DATES:
        check_moment(value, "value")
    elif op == "contains":
        if not check_text(value, "value"):
            raise SegmentError("value", "must not be empty")
    else:
        check_scalar(value, "value")


def trait_q(key: str, op: str, value: Any, now: datetime, *, moment: str = "moment") -> Q:
    """Whose trait fulfils the comparison; ``moment`` is the column that times are read from."""
    from clm_plugin.profiles.models import TraitValue

    if op in ("ne", "unset"):
        return ~trait_q(key, "eq" if op == "ne" else "set", value, now)
    rows = TraitValue.objects.filter(key=key)
    if op == "eq":
        column = "text" if isinstance(value, str) else "number"
        rows = rows.filter(**{column: value if isinstance(value, str) else float(value)})
    elif op == "contains":
        rows = rows.filter(
            GreaterThan(StrIndex(AsciiLower("text"), _as_text(ascii_lower(value))), 0)
        )
    elif op in _COMPARE:
        rows = rows.filter(**{f"number__{op}": float(value)})
    elif op == "before":
        rows = rows.filter(**{f"{moment}__lt": check_moment(value, "value")})
    elif op == "after":
        rows = rows.filter(**{f"{moment}__gte": check_moment(value, "value")})
    elif op == "older":
        rows = rows.filter(**{f"{moment}__lte": now - timedelta(days=value)})
    elif op == "newer":
        rows = rows.filter(**{f"{moment}__gt": now - timedelta(days=value), f"{moment}__lte": now})
    elif op == "ahead":
        rows = rows.filter(**{f"{moment}__gt": now, f"{moment}__lte": now + timedelta(days=value)})
    return among(rows.values("profile"))


def _as_text(value: str) -> Any:
    from django.db.models import CharField, Value

    return Value(value, output_field=CharField())


def trait_holds(
    word: TraitWord | None, op: str, value: Any, now: datetime, *, told: bool = False
) -> bool:
    """The same for one person; ``told``: times are when it was told, not the trait's own."""
    if op == "ne":
        return not trait_holds(word, "eq", value, now)
    if word is None or op in ("set", "unset"):
        return (word is None) == (op == "unset")
    if op == "eq":
        found = word.text == value if isinstance(value, str) else word.number == float(value)
    elif op == "contains":
        found = word.text is not None and ascii_lower(value) in ascii_lower(word.text)
    elif op in _COMPARE:
        found = word.number is not None and _COMPARE[op](word.number, float(value))
    else:
        at = word.told_at if told else word.moment
        found = at is not None and _in_time(at, op, value, now)
    return bool(found)


def _in_time(at: datetime, op: str, value: Any, now: datetime) -> bool:
    if op == "before":
        return at < check_moment(value, "value")
    if op == "after":
        return at >= check_moment(value, "value")
    span = timedelta(days=value)
    if op == "older":
        return at <= now - span
    if op == "newer":
        return now - span < at <= now
    return now < at <= now + span


def turns(at: datetime | None, op: str, value: Any, now: datetime) -> datetime | None:
    """When time turns the answer."""
    if at is None or op not in DAYS:
        return None
    if op == "older":
        return soonest((later(at, value),), now)
    return soonest((at, later(at, value) if op == "newer" else later(at, -value)), now)


def shown(op: str, value: Any) -> str:
    """A value in words."""
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    return moment(check_moment(value, "value")) if op in DATES else str(value)


def trait_words(word: TraitWord | None) -> str:
    """What is known, in words."""
    if word is None:
        return _("not known")
    if word.moment is not None:
        return moment(word.moment)
    return f"“{word.text}”" if word.text is not None else f"{word.number:g}"
