"""Bought A, but never B."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Q
from django.utils.translation import gettext as _

from clm_plugin.segments.conditions.bought import line_needs, lines_in, lines_of
from clm_plugin.segments.data import Condition, Labels, Need, Subject
from clm_plugin.segments.expressions import among
from clm_plugin.segments.facets import ORDERS
from clm_plugin.segments.fields import days, one_given, texts
from clm_plugin.segments.phrases import newest, things, within
from clm_plugin.segments.windows import later, soonest, start


@dataclass(frozen=True, kw_only=True)
class BoughtNot(Condition):
    """Bought one of these products or categories (in the window), and never one of the others."""

    kind = "bought_not"
    products: tuple[str, ...] = texts(limit=64)
    categories: tuple[str, ...] = texts(limit=64)
    within_days: int | None = days()
    not_products: tuple[str, ...] = texts(limit=64)
    not_categories: tuple[str, ...] = texts(limit=64)

    def check(self) -> None:
        one_given("products", self.products, self.categories)
        one_given("not_products", self.not_products, self.not_categories)

    def q(self, now: datetime) -> Q:
        bought = lines_of(self.products, self.categories, start(now, self.within_days))
        never = lines_of(self.not_products, self.not_categories, None)
        return among(bought) & ~among(never)

    def holds(self, subject: Subject, now: datetime) -> bool:
        after = start(now, self.within_days)
        return bool(lines_in(subject, self.products, self.categories, after)) and not lines_in(
            subject, self.not_products, self.not_categories, None
        )

    def next_change(self, subject: Subject, now: datetime) -> datetime | None:
        if self.within_days is None or not self.holds(subject, now):
            return None
        lines = lines_in(subject, self.products, self.categories, start(now, self.within_days))
        return soonest((later(lines[0].at, self.within_days),), now)

    def sentence(self, labels: Labels) -> str:
        return _("bought %(what)s%(within)s but never %(other)s") % {
            "what": things(self.products, self.categories, labels),
            "within": within(self.within_days),
            "other": things(self.not_products, self.not_categories, labels),
        }

    def why(self, subject: Subject, now: datetime, labels: Labels) -> str:
        others = lines_in(subject, self.not_products, self.not_categories, None)
        if others:
            return _("bought the other too%(last)s") % {
                "last": newest((line.at for line in others), now)
            }
        lines = lines_in(subject, self.products, self.categories, start(now, self.within_days))
        if not lines:
            return _("bought neither")
        return _("bought only the first%(last)s") % {
            "last": newest((line.at for line in lines), now)
        }

    @property
    def facets(self) -> frozenset[str]:
        return frozenset({ORDERS})

    @property
    def needs(self) -> tuple[Need, ...]:
        return (
            *line_needs(self.products, self.categories, self.within_days),
            *line_needs(self.not_products, self.not_categories, None),
        )
