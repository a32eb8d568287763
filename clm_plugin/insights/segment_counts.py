"""Who entered and left segments, by day; and how many are in, as of the last count."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import transaction
from django.db.models import Count, Exists, Q

from clm_plugin.insights.models import SegmentFlow, Tally
from clm_plugin.segments.models import CompiledSegment, Membership, MembershipChange

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import date, datetime

    from django.db.models import QuerySet


def count_memberships(day: date, start: datetime, end: datetime, *, is_today: bool = False) -> None:
    """The comings and goings of a day, of the segments there are: by their index, not all rows."""
    keys = list(CompiledSegment.objects.values_list("key", flat=True))
    rows = (
        MembershipChange.objects.filter(
            segment__in=keys,
            changed_at__gte=start,
            changed_at__lt=end,
        )
        .order_by()
        .values_list("segment_id")
        .annotate(came=Count("pk", filter=Q(entered=True)), all=Count("pk"))
    )
    moved = {key: (came, every - came) for key, came, every in rows}
    with transaction.atomic():
        known = SegmentFlow.objects.filter(day=day)
        members = _members(keys) if is_today else _kept(known)
        made = [
            SegmentFlow(
                day=day, segment=key, entered=came, left=left, members=members.get(key)
            )
            for key in sorted(moved.keys() | members.keys())
            for came, left in [moved.get(key, (0, 0))]
        ]  # fmt: skip
        known.delete()
        SegmentFlow.objects.bulk_create(made, ignore_conflicts=True)


def _kept(rows: QuerySet[SegmentFlow]) -> dict[str, int]:
    pairs = rows.filter(members__isnull=False).values_list("segment", "members")
    return {key: number for key, number in pairs if number is not None}


def _members(keys: Iterable[str]) -> dict[str, int]:
    """How many people are in each of these; one query over the index of members."""
    inside = Membership.objects.filter(inside=True).order_by().values_list("segment_id")
    counted = dict(inside.annotate(number=Count("profile_id")))
    return {key: counted.get(key, 0) for key in keys}


def segment_members(day: date, *, since: datetime) -> dict[str, int]:
    """How many people were in each segment at the last count of a day; one query.

    Empty where nobody counted since then, so that a caller counts herself.
    """
    counted = Tally.objects.filter(counted_at__gte=since)
    return _kept(SegmentFlow.objects.filter(Exists(counted), day=day))


def segment_flows(first: date, last: date) -> dict[str, dict[date, int]]:
    """Entered minus left by segment and day, from the first to the last day; one query."""
    found: dict[str, dict[date, int]] = {}
    rows = SegmentFlow.objects.filter(day__gte=first, day__lte=last).exclude(entered=0, left=0)
    for key, day, entered, left in rows.values_list("segment", "day", "entered", "left"):
        found.setdefault(key, {})[day] = entered - left
    return found
