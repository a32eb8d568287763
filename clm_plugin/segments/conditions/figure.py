"""A number that the facts hold: spend, orders, days since the last order."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db.models import BigIntegerField, F, Q
from django.db.models.functions import Cast
from django.db.models.lookups import GreaterThanOrEqual, LessThanOrEqual
from django.utils.formats import number_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext_lazy

from clm_plugin.money import MAX_MINOR
from clm_plugin.segments.columns import between, in_range
from clm_plugin.segments.data import Condition, Labels, SegmentError, Subject
from clm_plugin.segments.expressions import OnRow, on_facts
from clm_plugin.segments.facets import ORDERS, PAGES, REGISTERED, SEEN, SESSIONS, VIEWS
from clm_plugin.segments.fields import (
    MAX_COUNT,
    MAX_DAYS,
    check_number,
    check_whole,
    checked,
    choice,
    in_order,
    one_given,
)
from clm_plugin.segments.phrases import ago, amount, spread
from clm_plugin.segments.windows import later, soonest

AVERAGE, GAP = "average_order", "gap_days"
_MINOR = {
    "spend": ("spend_minor", gettext_lazy("have spent %(range)s")),
    AVERAGE: ("", gettext_lazy("have an average order of %(range)s")),
    "margin": ("margin_minor", gettext_lazy("have earned the shop a margin of %(range)s")),
    "refunded": ("refunded_minor", gettext_lazy("got %(range)s back")),
}
_COUNTS = {
    "orders": (
        "orders",
        ngettext_lazy("have placed %(range)s order", "have placed %(range)s orders", "n"),
    ),
    "items": (
        "items_bought",
        ngettext_lazy("have bought %(range)s item", "have bought %(range)s items", "n"),
    ),
    "sessions": (
        "sessions",
        ngettext_lazy("have visited %(range)s time", "have visited %(range)s times", "n"),
    ),
    "page_views": (
        "page_views",
        ngettext_lazy("have viewed %(range)s page", "have viewed %(range)s pages", "n"),
    ),
    "product_views": (
        "product_views",
        ngettext_lazy("have viewed %(range)s product", "have viewed %(range)s products", "n"),
    ),
}
_SINCE = {
    "days_since_last_order": (
        "last_order_at",
        ngettext_lazy("last ordered %(range)s day ago", "last ordered %(range)s days ago", "n"),
    ),
    "days_since_first_order": (
        "first_order_at",
        ngettext_lazy("first ordered %(range)s day ago", "first ordered %(range)s days ago", "n"),
    ),
    "days_since_last_seen": (
        "last_seen_at",
        ngettext_lazy("were last seen %(range)s day ago", "were last seen %(range)s days ago", "n"),
    ),
    "days_since_registered": (
        "registered_at",
        ngettext_lazy(
            "opened their account %(range)s day ago",
            "opened their account %(range)s days ago",
            "n",
        ),
    ),
}
_GAP_SENTENCE = ngettext_lazy(
    "have %(range)s day between orders", "have %(range)s days between orders", "n"
)
FIGURES = (*_MINOR, *_COUNTS, GAP, *_SINCE)
_FACETS = {
    "sessions": SESSIONS,
    "page_views": PAGES,
    "product_views": VIEWS,
    "days_since_last_seen": SEEN,
    "days_since_registered": REGISTERED,
}


def _number(value: float | None, name: str) -> float | None:
    return None if value is None else check_number(value, name)


@dataclass(frozen=True, kw_only=True)
class Figure(Condition):
    """``at_least`` to ``at_most``, both ends in the range.

    Amounts are minor units. Of ``days_since_…`` a day is 24 hours and ``at_most`` is the moment at
    which so many days are over (30: less than 30 days ago). Who never ordered has no last order, no
    average and no gap, and is in no range of them.
    """

    kind = "figure"
    figure: str = choice(FIGURES)
    at_least: float | None = checked(_number, None)
    at_most: float | None = checked(_number, None)

    def check(self) -> None:
        one_given("at_least", self.at_least, self.at_most)
        if self.figure != GAP:
            low, high = 0, MAX_COUNT
            if self.figure in _MINOR:
                low, high = -MAX_MINOR, MAX_MINOR
            elif self.figure in _SINCE:
                low, high = 0, MAX_DAYS
            for name in ("at_least", "at_most"):
                check_whole(getattr(self, name), name, low, high)
        elif min(self.at_least or 0, self.at_most or 0) < 0:
            raise SegmentError("at_least", "must not be negative")
        in_order(self.at_least, self.at_most, "at_most", gap=self.figure in _SINCE)

    def q(self, now: datetime) -> OnRow:
        if self.figure == AVERAGE:
            return on_facts(self._average_q())
        if self.figure == GAP:
            known = Q(gap_days__isnull=False)
            return on_facts(known & between("gap_days", self.at_least, self.at_most))
        if self.figure in _SINCE:
            return on_facts(self._since_q(_SINCE[self.figure][0], now))
        return on_facts(
            between(self._column, self.at_least, self.at_most),
            missing=in_range(0, self.at_least, self.at_most),
        )

    def _average_q(self) -> Q:
        # spend / orders >= x, without the rounding of a division
        orders = Cast(F("orders"), BigIntegerField())
        q = Q(orders__gt=0)
        if self.at_least is not None:
            q &= Q(GreaterThanOrEqual(F("spend_minor"), orders * int(self.at_least)))
        if self.at_most is not None:
            q &= Q(LessThanOrEqual(F("spend_minor"), orders * int(self.at_most)))
        return q

    def _since_q(self, column: str, now: datetime) -> Q:
        q = Q(**{f"{column}__isnull": False})
        if self.at_least is not None:
            q &= Q(**{f"{column}__lte": now - timedelta(days=self.at_least)})
        if self.at_most is not None:
            q &= Q(**{f"{column}__gt": now - timedelta(days=self.at_most)})
        return q

    def holds(self, subject: Subject, now: datetime) -> bool:
        if self.figure == AVERAGE:
            orders, spend = subject.orders, subject.spend_minor
            return orders > 0 and (
                (self.at_least is None or spend >= orders * self.at_least)
                and (self.at_most is None or spend <= orders * self.at_most)
            )
        value = getattr(subject, self._column)
        if self.figure not in _SINCE:
            return value is not None and in_range(value, self.at_least, self.at_most)
        return (
            value is not None
            and (self.at_least is None or value <= now - timedelta(days=self.at_least))
            and (self.at_most is None or value > now - timedelta(days=self.at_most))
        )

    def next_change(self, subject: Subject, now: datetime) -> datetime | None:
        if self.figure not in _SINCE:
            return None
        since = getattr(subject, self._column)
        if since is None:
            return None
        ends = (self.at_least, self.at_most)
        return soonest((later(since, int(end)) for end in ends if end is not None), now)

    def sentence(self, labels: Labels) -> str:
        if self.figure in _MINOR:
            low, high = (None if end is None else amount(int(end)) for end in self._ends)
            return str(_MINOR[self.figure][1]) % {"range": spread(low, high)}
        low, high = (None if end is None else number_format(end) for end in self._ends)
        words = {
            "n": int(self.at_least or self.at_most or 0),
            "range": spread(low, high, below=self.figure in _SINCE),
        }
        if self.figure == GAP:
            return str(_GAP_SENTENCE % words)
        return str({**_COUNTS, **_SINCE}[self.figure][1] % words)

    def why(self, subject: Subject, now: datetime, labels: Labels) -> str:
        if self.figure == AVERAGE:
            if subject.orders < 1:
                return _("no order yet")
            return amount(subject.spend_minor // subject.orders)
        value = getattr(subject, self._column)
        if self.figure in _MINOR:
            return amount(value)
        if value is None:
            return _("never") if self.figure in _SINCE else _("not known: less than two orders")
        if self.figure in _SINCE:
            return ago(value, now)
        return number_format(value, 1 if self.figure == GAP else 0)

    @property
    def _ends(self) -> tuple[Any, Any]:
        return self.at_least, self.at_most

    @property
    def _column(self) -> str:
        if self.figure == GAP:
            return "gap_days"
        return next(
            table[self.figure][0] for table in (_MINOR, _COUNTS, _SINCE) if self.figure in table
        )

    @property
    def facets(self) -> frozenset[str]:
        return frozenset({_FACETS.get(self.figure, ORDERS)})
