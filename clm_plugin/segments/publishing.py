"""Publishing segments and taking them offline."""

from __future__ import annotations

import random
from typing import TYPE_CHECKING

from django.db import transaction

from clm_plugin.segments.changes import PUBLISHED, SEGMENT
from clm_plugin.segments.conditions.figure import Figure
from clm_plugin.segments.conditions.segment import InSegment
from clm_plugin.segments.conditions.stage import InStage
from clm_plugin.segments.conditions.survey import AnsweredSurvey
from clm_plugin.segments.conditions.trait import DAYS, HasTrait
from clm_plugin.segments.data import Condition, SegmentError
from clm_plugin.segments.evaluation import request_evaluation
from clm_plugin.segments.language import to_json
from clm_plugin.segments.models import CompiledSegment, Membership, SegmentSet, StaticMember
from clm_plugin.segments.rules import facets

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from clm_plugin.segments.data import Group


def publish(
    *, key: str, name: str, group: Group | None, persona: bool = False, now: datetime
) -> CompiledSegment:
    """Put a segment in force, and everybody in or out of it in the background.

    ``group`` None makes it a static list. From the commit on, events are looked at with the new
    rules; the evaluation of everybody else goes on meanwhile (``evaluate``). Rules that did not
    change are not evaluated again. Raises SegmentError when the segment refers to itself, straight
    or through others.
    """
    refers = sorted(refers_to(group)) if group is not None else []
    rules = to_json(group) if group is not None else {}
    kind = CompiledSegment.Kind.STATIC if group is None else CompiledSegment.Kind.RULE
    with transaction.atomic():
        _lock_set()  # two publishes at once could close a circle that neither of them sees
        refuse_circle(key, refers)
        before = CompiledSegment.objects.filter(key=key).first()
        row, _ = CompiledSegment.objects.update_or_create(
            key=key,
            defaults={
                "name": name,
                "kind": kind,
                "persona": persona,
                "version": _new_version(),
                "rules": rules,
                "facets": sorted(facets(group)) if group is not None else [],
                "refers": refers,
                "timed": group is not None and is_timed(group),
                "compiled_at": now,
            },
        )
        _renew()
        if before is None or (before.rules, before.kind) != (rules, kind):
            request_evaluation([key], cause=PUBLISHED, now=now)
    return row


def withdraw(key: str, *, now: datetime) -> None:
    """Take a segment offline: nobody is inside any more. Its history and a static list stay."""
    with transaction.atomic():
        _lock_set()
        referring = [k for k, refers in _references().items() if key in refers and k != key]
        Membership.objects.filter(segment=key).delete()
        CompiledSegment.objects.filter(key=key).delete()
        _renew()
        request_evaluation(referring, cause=SEGMENT, now=now)


def purge() -> int:
    """Delete memberships of segments that are no more (a batch that was under way wrote them)."""
    keys = CompiledSegment.objects.values("key")
    return Membership.objects.exclude(segment__in=keys).delete()[0]


def drop_list(key: str) -> None:
    """Forget a static list for good: it was deleted."""
    StaticMember.objects.filter(segment=key).delete()


def refers_to(group: Group) -> frozenset[str]:
    """Keys of the segments whose membership a group asks for."""
    asked = (c.segments for c in group.conditions() if isinstance(c, InSegment))
    return frozenset(key for keys in asked for key in keys)


def is_timed(group: Group) -> bool:
    """Whether time alone may change who is in."""
    return any(_waits(condition) for condition in group.conditions())


def _waits(condition: Condition) -> bool:
    """Whether ``next_change`` may ever give a time; when in doubt, yes."""
    if type(condition).next_change is Condition.next_change:
        return False
    if isinstance(condition, Figure):
        return condition.figure.startswith("days_since")
    if isinstance(condition, HasTrait | AnsweredSurvey):
        return condition.op in DAYS
    if isinstance(condition, InStage):
        return condition.min_days is not None or condition.max_days is not None
    return getattr(condition, "within_days", 0) is not None


def refuse_circle(key: str, refers: list[str]) -> None:
    """Raise SegmentError when ``key`` would ask, itself or through others, for its own members."""
    known = {**_references(), key: refers}
    way = _way_back(key, known)
    if way:
        raise SegmentError("", "refers to itself: " + " -> ".join((key, *way)))


def _way_back(goal: str, refers: Mapping[str, list[str]]) -> tuple[str, ...]:
    ways: list[tuple[str, ...]] = [(one,) for one in refers.get(goal, ())]
    seen: set[str] = set()
    while ways:
        way = ways.pop()
        if way[-1] == goal:
            return way
        if way[-1] not in seen:
            seen.add(way[-1])
            ways += [(*way, one) for one in refers.get(way[-1], ())]
    return ()


def _references() -> dict[str, list[str]]:
    return dict(CompiledSegment.objects.values_list("key", "refers"))


def _lock_set() -> None:
    SegmentSet.objects.get_or_create(id=1)
    SegmentSet.objects.select_for_update().get(id=1)


def _renew() -> None:
    SegmentSet.objects.filter(id=1).update(version=_new_version())


def _new_version() -> int:
    return random.SystemRandom().getrandbits(62)
