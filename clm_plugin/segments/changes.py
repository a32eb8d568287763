"""Changes of membership as they cross the door, and the reason each is told with. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Any

from clm_plugin.segments.data import Group
from clm_plugin.segments.facets import FLAG, STAGE

if TYPE_CHECKING:
    from clm_plugin.segments.data import Condition, Explanation, Subject

TIME = "time"
PUBLISHED = "published"
BACKFILL = "backfill"
LIST = "list"
SEGMENT = "segment"
NIGHTLY = "nightly"
REBUILD = "rebuild"
MERGE = "merge"
"""Causes beside the types of events."""

SILENT = frozenset({PUBLISHED, BACKFILL, NIGHTLY, REBUILD, MERGE})
"""Causes that are about our bookkeeping, not about what the person does: they start nothing."""

ALL = frozenset({"*"})
"""Facets of somebody of whom anything may have changed (a merge)."""
STAGE_FACETS = frozenset({STAGE, FLAG})
"""Facets of somebody who moved between stages, or whose flags changed."""
MOST_CONDITIONS = 8
"""In a reason: what fits a line of the history."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """Somebody entered (or left) a segment. ``cause``: an event's type, or one of the above."""

    profile_id: int
    segment: str
    entered: bool
    changed_at: datetime
    cause: str
    reason: Mapping[str, Any] = field(default_factory=dict)

    @property
    def is_silent(self) -> bool:
        return self.cause in SILENT


def reason_of(cause: str, flipped: list[Explanation]) -> dict[str, Any]:
    """What the history keeps: the cause, and the conditions that decided, with her values then."""
    reason: dict[str, Any] = {"cause": cause}
    if flipped:
        reason["conditions"] = [
            [one.sentence, one.holds, one.why] for one in flipped[:MOST_CONDITIONS]
        ]
    return reason


def flipped(
    group: Group, explanation: Explanation, *, entered: bool, touched: frozenset[str]
) -> list[Explanation]:
    """The conditions that decided: those that could have flipped and now stand for the outcome.

    ``touched`` are the facets that changed; empty (time passed, or everything is new) asks all.
    A condition inside "none of" stands for an entry when it does not hold.
    """
    pairs = list(_leaves(group, explanation, positive=True))
    deciding = [
        (condition, leaf)
        for condition, leaf, positive in pairs
        if (leaf.holds == positive) == entered
    ]
    near = [leaf for condition, leaf in deciding if _touches(condition, touched)]
    return near or [leaf for _, leaf in deciding]


def _touches(condition: Condition, touched: frozenset[str]) -> bool:
    return not touched or touched == ALL or bool(condition.facets & touched)


def _leaves(
    group: Group, explanation: Explanation, *, positive: bool
) -> Iterator[tuple[Condition, Explanation, bool]]:
    positive = positive != (group.kind == "none")
    for member, answer in zip(group.members, explanation.members, strict=True):
        if isinstance(member, Group):
            yield from _leaves(member, answer, positive=positive)
        else:
            yield member, answer, positive


def timed_flips(
    group: Group, subject: Subject, explanation: Explanation, *, before: datetime, entered: bool
) -> list[Explanation]:
    """The conditions that time flipped: their answer a moment before ``before`` was another."""
    return [
        leaf
        for condition, leaf, positive in _leaves(group, explanation, positive=True)
        if (leaf.holds == positive) == entered and condition.holds(subject, before) != leaf.holds
    ]
