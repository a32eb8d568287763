"""Membership of other segments."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Q
from django.utils.translation import gettext as _

from clm_plugin.arrays import any_of
from clm_plugin.segments.data import Condition, Labels, Need, Part, Subject
from clm_plugin.segments.expressions import among
from clm_plugin.segments.facets import of_segment
from clm_plugin.segments.fields import texts, yes_no
from clm_plugin.segments.phrases import names_of


def _read(ids: Sequence[int], needs: Sequence[Need], now: datetime) -> dict[int, Any]:
    from clm_plugin.segments.models import Membership

    keys = sorted({key for need in needs for key in need.keys})
    rows = Membership.objects.filter(any_of("profile", ids), segment__in=keys, inside=True)
    found: dict[int, set[str]] = defaultdict(set)
    for profile_id, key in rows.values_list("profile_id", "segment_id"):
        found[profile_id].add(key)
    return found


MEMBERSHIPS = Part("segments", _read, frozenset())
"""Keys of the segments she is inside."""


@dataclass(frozen=True, kw_only=True)
class InSegment(Condition):
    """Inside at least one of the segments; ``inside=False``: in none of them. As their membership
    is written down: the segments asked for are looked at first."""

    kind = "segment"
    segments: tuple[str, ...] = texts(limit=64, needed=True)
    inside: bool = yes_no(default=True)

    def q(self, now: datetime) -> Q:
        from clm_plugin.segments.models import Membership

        rows = Membership.objects.filter(segment__in=self.segments, inside=True)
        found = among(rows.values("profile"))
        return found if self.inside else ~found

    def holds(self, subject: Subject, now: datetime) -> bool:
        return (not subject.parts["segments"].isdisjoint(self.segments)) == self.inside

    def sentence(self, labels: Labels) -> str:
        text = _("are in %(segment)s") if self.inside else _("are not in %(segment)s")
        return text % {"segment": names_of(self.segments, labels.segments)}

    def why(self, subject: Subject, now: datetime, labels: Labels) -> str:
        found = [key for key in self.segments if key in subject.parts["segments"]]
        if not found:
            return _("in none of them")
        return _("in %(segment)s") % {"segment": names_of(found, labels.segments)}

    @property
    def facets(self) -> frozenset[str]:
        return frozenset(of_segment(key) for key in self.segments)

    @property
    def needs(self) -> tuple[Need, ...]:
        return (Need(part=MEMBERSHIPS, keys=self.segments),)
