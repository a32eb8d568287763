"""Reads of memberships, their history, and the sizes of segments."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.db.models import Count, Min, Q

from clm_plugin.profiles.api import profiles
from clm_plugin.segments.evaluation import next_evaluation, progress
from clm_plugin.segments.live import live_segments
from clm_plugin.segments.membership import due_rows
from clm_plugin.segments.models import (
    CompiledSegment,
    Membership,
    MembershipChange,
    MicroField,
    MicroSegment,
    RfmScore,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from datetime import datetime

    from django.db.models import QuerySet

    from clm_plugin.profiles.models import Profile


@dataclass(frozen=True, slots=True, kw_only=True)
class Inside:
    """A segment somebody is in. ``due_at``: when time alone may change that."""

    segment: str
    name: str
    persona: bool
    since: datetime
    due_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Size:
    """How many people are in a published segment. ``progress`` is below 1 while it is evaluated."""

    segment: str
    name: str
    kind: str
    persona: bool
    members: int
    progress: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """A line of the history. ``reason``: ``{"cause": …, "conditions": [[condition, holds, why]]}``,
    conditions only where somebody was looked at one by one."""

    profile_id: int
    segment: str
    name: str
    entered: bool
    changed_at: datetime
    reason: Mapping[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class MicroSize:
    """A category with the buyers who spend most on it, and their mean share (0 to 1)."""

    category_id: str
    buyers: int
    share: float


def members(key: str) -> QuerySet[Profile]:
    """The people inside a segment, to be ordered and paged by whoever asks."""
    return profiles().filter(
        memberships__segment=key, memberships__inside=True, merged_into__isnull=True
    )


def member_ids(key: str, *, after: int = 0, limit: int = 1000) -> list[int]:
    """Ids of members by ascending id, a page behind ``after``; a range of one index."""
    rows = Membership.objects.filter(segment=key, inside=True, profile__gt=after)
    return list(rows.order_by("profile_id").values_list("profile_id", flat=True)[:limit])


def sizes(known: Mapping[str, int] | None = None) -> dict[str, Size]:
    """All published segments with their number of members, by key; three queries at most.

    ``known`` are numbers that were counted before: only the others, and those that are being
    evaluated, are counted now.
    """
    published = CompiledSegment.objects.order_by("name", "key")
    rows = list(published.values_list("key", "name", "kind", "persona"))
    done = progress()
    kept = {key: number for key, number in (known or {}).items() if key not in done}
    inside = {**kept, **_inside([key for key, *_ in rows if key not in kept])}
    return {
        key: Size(
            segment=key,
            name=name or key,
            kind=kind,
            persona=persona,
            members=inside.get(key, 0),
            progress=done.get(key, 1.0),
        )
        for key, name, kind, persona in rows
    }


def _inside(keys: Sequence[str]) -> dict[str, int]:
    if not keys:
        return {}
    rows = Membership.objects.filter(inside=True, segment__in=keys).values_list("segment_id")
    return dict(rows.annotate(number=Count("profile_id")))


def broken_segments() -> dict[str, str]:
    """The published segments whose rules cannot be read: key -> name. Publishing mends them."""
    return dict(live_segments().broken)


def segment_names() -> dict[str, str]:
    """The published segments: key -> name."""
    return {key: live.name or key for key, live in live_segments().segments.items()}


def segments_of(profile_id: int) -> list[Inside]:
    """The published segments somebody is in, the newest first; two queries at most."""
    lives = live_segments().segments
    rows = Membership.objects.filter(profile=profile_id, inside=True).order_by("-since")
    return [
        Inside(
            segment=key,
            name=lives[key].name or key,
            persona=lives[key].persona,
            since=since,
            due_at=due_at,
        )
        for key, since, due_at in rows.values_list("segment_id", "since", "due_at")
        if key in lives
    ]


def segments_of_many(profile_ids: Iterable[int]) -> dict[int, frozenset[str]]:
    """The keys of the segments that each of these people is in; absent: in none. One query."""
    rows = Membership.objects.filter(profile__in=list(profile_ids), inside=True)
    found: dict[int, set[str]] = defaultdict(set)
    for pid, key in rows.values_list("profile_id", "segment_id"):
        found[pid].add(key)
    return {pid: frozenset(keys) for pid, keys in found.items()}


def personas_of(profile_id: int) -> list[Inside]:
    """The personas of somebody: the segments marked as one that she is in."""
    return [inside for inside in segments_of(profile_id) if inside.persona]


def history(
    *, profile_id: int | None = None, segment: str = "", limit: int = 50, offset: int = 0
) -> list[Told]:
    """Who entered and left, of a person or a segment (or of her in it), the newest first."""
    rows = MembershipChange.objects.order_by("-changed_at", "-id")
    if profile_id is not None:
        rows = rows.filter(profile=profile_id)
    if segment:
        rows = rows.filter(segment=segment)
    names = segment_names()
    return [
        Told(
            profile_id=pid,
            segment=key,
            name=names.get(key, key),
            entered=entered,
            changed_at=at,
            reason=reason,
        )
        for pid, key, entered, at, reason in rows.values_list(
            "profile_id", "segment_id", "entered", "changed_at", "reason"
        )[offset : offset + limit]
    ]


def movement(segment: str, *, since: datetime, until: datetime) -> tuple[int, int]:
    """(entered, left) between two moments; one query."""
    rows = MembershipChange.objects.filter(
        segment=segment, changed_at__gte=since, changed_at__lt=until
    )
    found = rows.aggregate(
        came=Count("id", filter=Q(entered=True)), went=Count("id", filter=Q(entered=False))
    )
    return found["came"], found["went"]


def micro_counts(limit: int = 50) -> list[MicroSize]:
    """The micro-segments with most buyers first, as of the last working out; one query."""
    rows = MicroField.objects.order_by("-buyers", "category_id")
    return [
        MicroSize(category_id=row.category_id, buyers=row.buyers, share=row.share)
        for row in rows[:limit]
    ]


def micro_of(profile_id: int) -> list[tuple[str, float]]:
    """The micro-segments of somebody: (category id, share), the largest first."""
    rows = MicroSegment.objects.filter(profile=profile_id).order_by("-share", "category_id")
    return list(rows.values_list("category_id", "share"))


def rfm_of(profile_id: int) -> RfmScore | None:
    """The score of somebody, if she bought."""
    return RfmScore.objects.filter(profile=profile_id).first()


def next_due() -> datetime | None:
    """When time alone may change who is in a segment next, or an evaluation goes on."""
    member: datetime | None = due_rows(live_segments()).aggregate(at=Min("due_at"))["at"]
    times = (member, next_evaluation())
    return min((at for at in times if at is not None), default=None)
