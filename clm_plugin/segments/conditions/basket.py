"""What is in the basket now."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import Any

from django.db.models import Q
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from clm_plugin.segments.columns import between, in_range
from clm_plugin.segments.data import Condition, Labels, Need, Part, Subject
from clm_plugin.segments.expressions import HoldersOfBasket, OnRow, among, on_facts
from clm_plugin.segments.facets import BASKET
from clm_plugin.segments.fields import in_order, minor, one_given, texts, whole
from clm_plugin.segments.payload import Comparison, Filters
from clm_plugin.segments.phrases import amount, joined, spread, things


def _read(ids: Sequence[int], needs: Sequence[Need], now: datetime) -> dict[int, Any]:
    from clm_plugin.events.models import Event
    from clm_plugin.profiles.models import Facts

    rows = Facts.objects.filter(profile__in=ids, basket_items__gt=0, basket_event__isnull=False)
    of_event = {event: pid for pid, event in rows.values_list("profile", "basket_event")}
    payloads = Event.objects.filter(pk__in=list(of_event)).values_list("pk", "payload")
    return {of_event[event]: payload for event, payload in payloads}


CONTENTS = Part("basket", _read, {})
"""The payload of the basket's latest change."""


@dataclass(frozen=True, kw_only=True)
class Basket(Condition):
    """Number of pieces, value (minor units) and contents of the basket, as its latest change left
    it; contents are read from that event, which the facts name. One product or category is enough.
    """

    kind = "basket"
    min_items: int | None = whole()
    max_items: int | None = whole()
    min_minor: int | None = minor()
    max_minor: int | None = minor()
    products: tuple[str, ...] = texts(limit=64)
    categories: tuple[str, ...] = texts(limit=64)

    def check(self) -> None:
        given = (self.min_items, self.max_items, self.min_minor, self.max_minor)
        one_given("min_items", *given, self.products, self.categories)
        in_order(self.min_items, self.max_items, "max_items")
        in_order(self.min_minor, self.max_minor, "max_minor")

    @cached_property
    def _filters(self) -> Filters:
        return Filters(
            either=tuple(
                Comparison(path=(column,), op="contains", value=key)
                for column, keys in (
                    ("product_ids", self.products),
                    ("category_ids", self.categories),
                )
                for key in keys
            )
        )

    def q(self, now: datetime) -> Q | OnRow:
        ends = (self.min_items, self.max_items), (self.min_minor, self.max_minor)
        size = on_facts(
            between("basket_items", *ends[0]) & between("basket_minor", *ends[1]),
            missing=all(in_range(0, *end) for end in ends),
        )
        if not self.products and not self.categories:
            return size
        holders = among(HoldersOfBasket(self._filters))
        return size.as_q() & holders if size.test else holders

    def holds(self, subject: Subject, now: datetime) -> bool:
        if not in_range(subject.basket_items, self.min_items, self.max_items):
            return False
        if not in_range(subject.basket_minor, self.min_minor, self.max_minor):
            return False
        if not self.products and not self.categories:
            return True
        return subject.basket_items > 0 and self._filters.hold(subject.parts["basket"])

    def sentence(self, labels: Labels) -> str:
        parts = []
        if self.min_items is not None or self.max_items is not None:
            number = self.max_items if self.min_items is None else self.min_items
            pieces = ngettext("%(range)s piece", "%(range)s pieces", number or 0)
            parts.append(pieces % {"range": spread(self.min_items, self.max_items)})
        if self.min_minor is not None or self.max_minor is not None:
            ends = (None if x is None else amount(x) for x in (self.min_minor, self.max_minor))
            parts.append(_("a value of %(range)s") % {"range": spread(*ends)})
        if self.products or self.categories:
            parts.append(things(self.products, self.categories, labels))
        return _("have in their basket: %(what)s") % {"what": joined(parts, _("and"))}

    def why(self, subject: Subject, now: datetime, labels: Labels) -> str:
        if subject.basket_items < 1:
            return _("the basket is empty")
        pieces = ngettext("%(n)d piece", "%(n)d pieces", subject.basket_items)
        return f"{pieces % {'n': subject.basket_items}}, {amount(subject.basket_minor)}"

    @property
    def facets(self) -> frozenset[str]:
        return frozenset({BASKET})

    @property
    def needs(self) -> tuple[Need, ...]:
        return (Need(part=CONTENTS),) if self.products or self.categories else ()
