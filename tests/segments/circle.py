"""Small makers of segments for the tests of membership."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from clm_plugin.models import CompiledSegment, Identifier, Membership, MembershipChange
from clm_plugin.segments import api as segments
from tests.factories import NOW


def group(*members: dict[str, Any], kind: str = "all") -> segments.Group:
    return segments.from_json({"kind": kind, "members": list(members)})


def orders(at_least: int = 1) -> dict[str, Any]:
    return {"kind": "figure", "figure": "orders", "at_least": at_least}


def did(type_: str, at_least: int = 1, **more: Any) -> dict[str, Any]:
    return {"kind": "event", "type": type_, "at_least": at_least, **more}


def inside(*keys: str, yes: bool = True) -> dict[str, Any]:
    found: dict[str, Any] = {"kind": "segment", "segments": list(keys)}
    return found if yes else {**found, "inside": False}


def publish(
    key: str, *members: dict[str, Any], now: datetime = NOW, kind: str = "all", **more: Any
) -> CompiledSegment:
    rules = group(*members, kind=kind) if members else None
    return segments.publish(key=key, name=key.title(), group=rules, now=now, **more)


def pid(actor: str) -> int:
    return Identifier.objects.get(actor=actor).profile_id


def members(key: str) -> set[str]:
    """The names of those inside, by one of their actors."""
    ids = set(segments.members(key).values_list("id", flat=True))
    assert ids == set(segments.member_ids(key))
    return set(Identifier.objects.filter(profile__in=ids).values_list("actor", flat=True))


def told(key: str) -> list[tuple[bool, str]]:
    """The history of a segment, oldest first: (entered, cause)."""
    rows = MembershipChange.objects.filter(segment=key).order_by("id")
    return [(row.entered, row.reason["cause"]) for row in rows]


def rows() -> list[tuple[int, str, bool, datetime, datetime | None]]:
    found = Membership.objects.order_by("profile_id", "segment_id")
    return list(found.values_list("profile_id", "segment_id", "inside", "since", "due_at"))
