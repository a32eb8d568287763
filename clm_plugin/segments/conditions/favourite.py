"""Favourite categories: a large share of what somebody spends."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Q
from django.utils.formats import number_format
from django.utils.translation import gettext as _

from clm_plugin.segments.data import (
    READY,
    Condition,
    Labels,
    Need,
    Part,
    Readiness,
    SegmentError,
    Subject,
)
from clm_plugin.segments.expressions import among
from clm_plugin.segments.facets import FAVOURITE as FACET
from clm_plugin.segments.fields import check_number, checked, texts
from clm_plugin.segments.phrases import names_of


def _read(ids: Sequence[int], needs: Sequence[Need], now: datetime) -> dict[int, Any]:
    from clm_plugin.segments.models import MicroSegment

    found: dict[int, dict[str, float]] = defaultdict(dict)
    rows = MicroSegment.objects.filter(profile__in=ids)
    for profile_id, category, share in rows.values_list("profile", "category_id", "share"):
        found[profile_id][category] = share
    return found


SHARES = Part("shares", _read, {})
"""Category -> share of spend."""


def _share(value: float, name: str) -> float:
    if not 0 <= check_number(value, name) <= 1:
        raise SegmentError(name, "must be between 0 and 1")
    return value


@dataclass(frozen=True, kw_only=True)
class Favourite(Condition):
    """At least this share (0 to 1) of the spend went to one of the categories; known are the
    shares that the nightly micro-segments keep."""

    kind = "favourite"
    categories: tuple[str, ...] = texts(limit=64, needed=True)
    at_least: float = checked(_share, 0.0)

    def q(self, now: datetime) -> Q:
        from clm_plugin.segments.models import MicroSegment

        rows = MicroSegment.objects.filter(
            category_id__in=self.categories, share__gte=self.at_least
        )
        return among(rows.values("profile"))

    def holds(self, subject: Subject, now: datetime) -> bool:
        shares = subject.parts["shares"]
        return any(shares.get(category, -1.0) >= self.at_least for category in self.categories)

    def sentence(self, labels: Labels) -> str:
        what = names_of(self.categories, labels.categories)
        if not self.at_least:
            return _("love %(what)s") % {"what": what}
        return _("spend at least %(share)s %% on %(what)s") % {
            "share": number_format(self.at_least * 100, 0),
            "what": what,
        }

    def why(self, subject: Subject, now: datetime, labels: Labels) -> str:
        shares = subject.parts["shares"]
        known = [category for category in self.categories if category in shares]
        if not known:
            return _("none of them is a favourite")
        best = max(known, key=lambda category: shares[category])
        return _("%(share)s %% on %(what)s") % {
            "share": number_format(shares[best] * 100, 0),
            "what": names_of([best], labels.categories),
        }

    @property
    def facets(self) -> frozenset[str]:
        return frozenset({FACET})

    @property
    def needs(self) -> tuple[Need, ...]:
        return (Need(part=SHARES),)

    def ready(self) -> Readiness:
        from clm_plugin.segments.models import MicroSegment

        if MicroSegment.objects.exists():
            return READY
        return Readiness(ready=False, why=_("Favourite categories have not been computed yet."))
