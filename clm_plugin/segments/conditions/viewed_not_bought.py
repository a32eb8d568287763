"""Viewed but not bought."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from functools import cached_property

from django.db.models import Q
from django.utils.translation import gettext as _

from clm_plugin.segments.conditions.bought import line_needs, lines_in, lines_of
from clm_plugin.segments.data import Condition, Labels, Need, Subject
from clm_plugin.segments.expressions import Doers, among
from clm_plugin.segments.facets import ORDERS, VIEWS, of_type
from clm_plugin.segments.fields import days, one_given, texts
from clm_plugin.segments.parts import PAYLOADS
from clm_plugin.segments.parts import VIEWS as VIEWED
from clm_plugin.segments.payload import Comparison, Filters
from clm_plugin.segments.phrases import newest, things, within
from clm_plugin.segments.windows import inside, later, soonest, start

_VIEW = "product.viewed"


@dataclass(frozen=True, kw_only=True)
class ViewedNotBought(Condition):
    """Viewed one of the products, or a product of one of the categories, in the last days, and
    bought none of them in the same days."""

    kind = "viewed_not_bought"
    products: tuple[str, ...] = texts(limit=64)
    categories: tuple[str, ...] = texts(limit=64)
    within_days: int = days(default=30)

    def check(self) -> None:
        one_given("products", self.products, self.categories)
        one_given("within_days", self.within_days)

    @cached_property
    def _in_categories(self) -> Filters:
        return Filters(
            either=tuple(
                Comparison(path=("category_ids",), op="contains", value=category)
                for category in self.categories
            )
        )

    def q(self, now: datetime) -> Q:
        from clm_plugin.profiles.models import ProductFact

        after = start(now, self.within_days)
        q = Q()
        if self.products:
            rows = ProductFact.objects.filter(
                product_id__in=self.products, last_viewed_at__gt=after
            )
            q |= among(rows.values("profile"))
        if self.categories:
            q |= among(Doers(type=_VIEW, after=after, filters=self._in_categories))
        return q & ~among(lines_of(self.products, self.categories, after))

    def holds(self, subject: Subject, now: datetime) -> bool:
        return bool(self._views(subject, now)) and not self._buys(subject, now)

    def next_change(self, subject: Subject, now: datetime) -> datetime | None:
        views, buys = self._views(subject, now), self._buys(subject, now)
        if not views:
            return None
        # In: until the last view is too old. Out: until the last purchase is.
        return soonest((later(max(buys or views), self.within_days),), now)

    def sentence(self, labels: Labels) -> str:
        return _("viewed but did not buy %(what)s%(within)s") % {
            "what": things(self.products, self.categories, labels),
            "within": within(self.within_days),
        }

    def why(self, subject: Subject, now: datetime, labels: Labels) -> str:
        views, buys = self._views(subject, now), self._buys(subject, now)
        if not views:
            return _("did not view it")
        if buys:
            return _("bought it%(last)s") % {"last": newest(buys, now)}
        return _("viewed it%(last)s") % {"last": newest(views, now)}

    def _views(self, subject: Subject, now: datetime) -> list[datetime]:
        viewed = subject.parts["views"] if self.products else {}
        moments = [viewed[product] for product in self.products if product in viewed]
        if self.categories:
            wanted = self._in_categories
            moments += [
                one.at for one in subject.parts["payloads"][_VIEW] if wanted.hold(one.payload)
            ]
        return [at for at in moments if inside(at, now, self.within_days)]

    def _buys(self, subject: Subject, now: datetime) -> list[datetime]:
        after = start(now, self.within_days)
        return [line.at for line in lines_in(subject, self.products, self.categories, after)]

    @property
    def facets(self) -> frozenset[str]:
        return frozenset({VIEWS, ORDERS, of_type(_VIEW)})

    @property
    def needs(self) -> tuple[Need, ...]:
        found = line_needs(self.products, self.categories, self.within_days)
        if self.products:
            found += (Need(part=VIEWED, keys=self.products),)
        if self.categories:
            found += (Need(part=PAYLOADS, key=_VIEW, days=self.within_days),)
        return found
