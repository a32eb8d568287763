"""Did something, so many times, in a window; or did it not."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import Any

from django.db.models import Q
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from clm_plugin.events.api import TYPES
from clm_plugin.segments.data import Condition, Labels, Need, SegmentError, Subject
from clm_plugin.segments.event_labels import label_of
from clm_plugin.segments.expressions import Doers, among
from clm_plugin.segments.facets import of_type
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
from clm_plugin.segments.parts import EVENTS, PAYLOADS, Happening
from clm_plugin.segments.payload import Comparison, Filters
from clm_plugin.segments.phrases import joined, newest, times, within
from clm_plugin.segments.windows import later, soonest, start

_CLAUSES = {
    "eq": gettext_lazy("%(field)s is “%(value)s”"),
    "ne": gettext_lazy("%(field)s is not “%(value)s”"),
    "gt": gettext_lazy("%(field)s is more than %(value)s"),
    "gte": gettext_lazy("%(field)s is at least %(value)s"),
    "lt": gettext_lazy("%(field)s is less than %(value)s"),
    "lte": gettext_lazy("%(field)s is at most %(value)s"),
    "contains": gettext_lazy("%(field)s contains “%(value)s”"),
}
OPS = tuple(_CLAUSES)
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
        if not self.at_least and self.at_most is None:
            raise SegmentError("at_least", "must be at least 1")

    @cached_property
    def filters(self) -> Filters:
        """What the payload has to fulfil."""
        tracked = self.type == TRACKED
        named = (Comparison(path=("name",), value=self.name),) if self.name else ()
        return Filters(
            (
                *named,
                *(
                    Comparison(
                        path=("properties", one.field) if tracked else (one.field,),
                        op=one.op,
                        value=one.value,
                    )
                    for one in self.where
                ),
            )
        )

    def q(self, now: datetime) -> Q:
        after, filters = start(now, self.within_days), self.filters
        if self.at_least:
            return among(
                Doers(
                    type=self.type,
                    after=after,
                    filters=filters,
                    low=self.at_least,
                    high=self.at_most,
                )
            )
        too_many = Doers(type=self.type, after=after, filters=filters, low=(self.at_most or 0) + 1)
        return ~among(too_many)

    def holds(self, subject: Subject, now: datetime) -> bool:
        number = sum(1 for _at in self._times(subject, now))
        return number >= (self.at_least or 0) and (self.at_most is None or number <= self.at_most)

    def next_change(self, subject: Subject, now: datetime) -> datetime | None:
        if self.within_days is None:
            return None
        # Time only takes events out of the window: what counts is when the last one leaves that is
        # needed to have enough, and the one that makes them too many.
        moments = self._times(subject, now)
        turning = [] if self.at_least is None else [self.at_least]
        turning += [] if self.at_most is None else [self.at_most + 1]
        return soonest(
            (
                later(moments[place - 1], self.within_days)
                for place in turning
                if 0 < place <= len(moments)
            ),
            now,
        )

    def sentence(self, labels: Labels) -> str:
        what = self.name or label_of(self.type)
        if self.at_most == 0:
            text = _("did not do “%(what)s”") % {"what": what}
        else:
            text = _("did “%(what)s” %(times)s") % {
                "what": what,
                "times": times(self.at_least or None, self.at_most),
            }
        if self.where:
            clauses = [
                str(_CLAUSES[one.op]) % {"field": one.field, "value": one.value}
                for one in self.where
            ]
            text += " " + _("where %(what)s") % {"what": joined(clauses, _("and"))}
        return text + within(self.within_days)

    def why(self, subject: Subject, now: datetime, labels: Labels) -> str:
        moments = self._times(subject, now)
        text = ngettext("%(n)d time", "%(n)d times", len(moments)) % {"n": len(moments)}
        if not self._filtered and len(moments) >= self._counted_to:
            text = _("at least %(times)s") % {"times": text}
        return text + within(self.within_days) + newest(moments, now)

    @property
    def facets(self) -> frozenset[str]:
        return frozenset({of_type(self.type)})

    @property
    def needs(self) -> tuple[Need, ...]:
        if self._filtered:
            return (Need(part=PAYLOADS, key=self.type, days=self.within_days),)
        return (Need(part=EVENTS, key=self.type, days=self.within_days, newest=self._counted_to),)

    @property
    def _filtered(self) -> bool:
        return bool(self.where or self.name)

    @property
    def _counted_to(self) -> int:
        """How many of the newest events settle the answer and the time of its change."""
        return max(self.at_least or 0, (self.at_most if self.at_most is not None else -1) + 1)

    def _times(self, subject: Subject, now: datetime) -> list[datetime]:
        """When she did it, newest first."""
        part = PAYLOADS if self._filtered else EVENTS
        happened: list[Happening] = subject.parts[part.name][self.type]
        after = start(now, self.within_days)
        recent = happened if after is None else [one for one in happened if one.at > after]
        if not self._filtered:
            return [one.at for one in recent]
        filters = self.filters
        return [one.at for one in recent if filters.hold(one.payload)]
