"""What somebody bought, how much of it and when; or never."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.db.models import Q, Sum
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from clm_plugin.segments.data import Condition, Labels, Need, SegmentError, Subject
from clm_plugin.segments.expressions import among
from clm_plugin.segments.facets import ORDERS
from clm_plugin.segments.fields import days, one_given, texts, whole, yes_no
from clm_plugin.segments.parts import LINES, Line
from clm_plugin.segments.phrases import newest, things, within
from clm_plugin.segments.windows import later, soonest, start

if TYPE_CHECKING:
    from django.db.models import QuerySet


@dataclass(frozen=True, kw_only=True)
class Bought(Condition):
    """At least so many pieces of the products or categories, in orders that were not cancelled.

    ``never``: none of them (in the window). A line's category is the one it was ordered under.
    """

    kind = "bought"
    products: tuple[str, ...] = texts(limit=64)
    categories: tuple[str, ...] = texts(limit=64)
    at_least: int = whole(low=1, default=1)
    within_days: int | None = days()
    never: bool = yes_no(default=False)

    def check(self) -> None:
        one_given("products", self.products, self.categories)
        if self.never and self.at_least != 1:
            raise SegmentError("at_least", "does not go with never")

    def q(self, now: datetime) -> Q:
        rows = lines_of(self.products, self.categories, start(now, self.within_days))
        if self.at_least > 1:
            # The alias may not be called like a column, or the sum would be taken of itself.
            rows = rows.annotate(pieces=Sum("quantity")).filter(pieces__gte=self.at_least)
            rows = rows.values("order__profile")
        found = among(rows)
        return ~found if self.never else found

    def holds(self, subject: Subject, now: datetime) -> bool:
        pieces = sum(line.quantity for line in self._lines(subject, now))
        return (pieces >= self.at_least) != self.never

    def next_change(self, subject: Subject, now: datetime) -> datetime | None:
        if self.within_days is None:
            return None
        pieces = 0
        for line in self._lines(subject, now):
            pieces += line.quantity
            if pieces >= self.at_least:  # it takes this line to have enough, until it leaves
                return soonest((later(line.at, self.within_days),), now)
        return None

    def sentence(self, labels: Labels) -> str:
        what = things(self.products, self.categories, labels)
        if self.never:
            text = _("never bought %(what)s") if not self.within_days else _("did not buy %(what)s")
        elif self.at_least == 1:
            text = _("bought %(what)s")
        else:
            text = ngettext(
                "bought at least %(n)d piece of %(what)s",
                "bought at least %(n)d pieces of %(what)s",
                self.at_least,
            )
        return text % {"what": what, "n": self.at_least} + within(self.within_days)

    def why(self, subject: Subject, now: datetime, labels: Labels) -> str:
        lines = self._lines(subject, now)
        pieces = sum(line.quantity for line in lines)
        text = ngettext("bought %(n)d piece", "bought %(n)d pieces", pieces) % {"n": pieces}
        return text + within(self.within_days) + newest((line.at for line in lines), now)

    def _lines(self, subject: Subject, now: datetime) -> list[Line]:
        return lines_in(subject, self.products, self.categories, start(now, self.within_days))

    @property
    def facets(self) -> frozenset[str]:
        return frozenset({ORDERS})

    @property
    def needs(self) -> tuple[Need, ...]:
        return line_needs(self.products, self.categories, self.within_days)


def lines_of(
    products: Iterable[str], categories: Iterable[str], after: datetime | None
) -> QuerySet[Any, Any]:
    """Who bought one of these after a moment: a column of profile ids."""
    from clm_plugin.profiles.models import ItemFact

    wanted = Q(product_id__in=products) if products else Q()
    wanted |= Q(category_id__in=categories) if categories else Q()
    rows = ItemFact.objects.filter(
        wanted,
        quantity__gt=0,
        order__cancelled_at__isnull=True,
        order__placed_at__isnull=False,
        order__profile__isnull=False,
    )
    if after is not None:
        rows = rows.filter(order__placed_at__gt=after)
    return rows.values("order__profile")


def lines_in(
    subject: Subject,
    products: tuple[str, ...],
    categories: tuple[str, ...],
    after: datetime | None,
) -> list[Line]:
    """Her lines of one of these after a moment, newest first."""
    lines: Iterable[Line] = subject.parts["lines"]
    return [
        line
        for line in lines
        if (line.product_id in products or line.category_id in categories)
        and (after is None or line.at > after)
    ]


def line_needs(
    products: tuple[str, ...], categories: tuple[str, ...], within_days: int | None
) -> tuple[Need, ...]:
    columns = (("product_id", products), ("category_id", categories))
    return tuple(
        Need(part=LINES, key=column, keys=keys, days=within_days)
        for column, keys in columns
        if keys
    )
