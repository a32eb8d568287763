"""The UTM values of the links somebody came by."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from functools import cached_property

from django.db.models import Q
from django.utils.translation import gettext as _

from clm_plugin.segments.data import Condition, Labels, Need, Subject
from clm_plugin.segments.expressions import Doers, among
from clm_plugin.segments.facets import of_type
from clm_plugin.segments.fields import days, one_given, text
from clm_plugin.segments.parts import PAYLOADS
from clm_plugin.segments.payload import Comparison, Filters
from clm_plugin.segments.phrases import joined, newest, within
from clm_plugin.segments.windows import inside, later, soonest, start

_PAGE = "page.viewed"


@dataclass(frozen=True, kw_only=True)
class Utm(Condition):
    """Began a visit by a link with these UTM values: a part of each is enough, capitals of A to Z
    do not matter; all that are given must be on one link."""

    kind = "utm"
    source: str = text(default="")
    medium: str = text(default="")
    campaign: str = text(default="")
    within_days: int | None = days()

    def check(self) -> None:
        one_given("source", self.source, self.medium, self.campaign)

    @property
    def _given(self) -> tuple[tuple[str, str], ...]:
        named = (("source", self.source), ("medium", self.medium), ("campaign", self.campaign))
        return tuple((name, value) for name, value in named if value)

    @cached_property
    def _filters(self) -> Filters:
        return Filters(
            (
                Comparison(path=("session",), value=True),
                *(Comparison(path=(k,), op="contains", value=v) for k, v in self._given),
            )
        )

    def q(self, now: datetime) -> Q:
        return among(Doers(type=_PAGE, after=start(now, self.within_days), filters=self._filters))

    def holds(self, subject: Subject, now: datetime) -> bool:
        return bool(self._landings(subject, now))

    def next_change(self, subject: Subject, now: datetime) -> datetime | None:
        landings = self._landings(subject, now)
        if self.within_days is None or not landings:
            return None
        return soonest((later(landings[0], self.within_days),), now)

    def sentence(self, labels: Labels) -> str:
        words = {
            "source": _("UTM source"),
            "medium": _("UTM medium"),
            "campaign": _("UTM campaign"),
        }
        parts = [f"{words[name]} “{value}”" for name, value in self._given]
        return _("came by a link with %(what)s") % {"what": joined(parts, _("and"))} + within(
            self.within_days
        )

    def why(self, subject: Subject, now: datetime, labels: Labels) -> str:
        landings = self._landings(subject, now)
        if not landings:
            return _("did not come by it")
        return _("came by it%(last)s") % {"last": newest(landings, now)}

    def _landings(self, subject: Subject, now: datetime) -> list[datetime]:
        filters = self._filters
        return [
            one.at
            for one in subject.parts["payloads"][_PAGE]
            if inside(one.at, now, self.within_days) and filters.hold(one.payload)
        ]

    @property
    def facets(self) -> frozenset[str]:
        return frozenset({of_type(_PAGE)})

    @property
    def needs(self) -> tuple[Need, ...]:
        return (Need(part=PAYLOADS, key=_PAGE, days=self.within_days),)
