"""Who entered and left segments, by day."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import transaction
from django.db.models import Count, Q

from clm_plugin.insights.models import SegmentFlow
from clm_plugin.segments.models import CompiledSegment, MembershipChange

if TYPE_CHECKING:
    from datetime import date, datetime


def count_memberships(day: date, start: datetime, end: datetime) -> None:
    """The comings and goings of a day, of the segments there are: by their index, not all rows."""
    rows = (
        MembershipChange.objects.filter(
            segment__in=list(CompiledSegment.objects.values_list("key", flat=True)),
            changed_at__gte=start,
            changed_at__lt=end,
        )
        .order_by()
        .values_list("segment_id")
        .annotate(came=Count("pk", filter=Q(entered=True)), all=Count("pk"))
    )
    with transaction.atomic():
        made = [
            SegmentFlow(day=day, segment=key, entered=came, left=every - came)
            for key, came, every in rows
        ]
        SegmentFlow.objects.filter(day=day).delete()
        SegmentFlow.objects.bulk_create(made, ignore_conflicts=True)


def segment_flows(first: date, last: date) -> dict[str, dict[date, int]]:
    """Entered minus left by segment and day, from the first to the last day; one query."""
    found: dict[str, dict[date, int]] = {}
    rows = SegmentFlow.objects.filter(day__gte=first, day__lte=last)
    for key, day, entered, left in rows.values_list("segment", "day", "entered", "left"):
        found.setdefault(key, {})[day] = entered - left
    return found
