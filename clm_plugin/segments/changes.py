"""Changes of membership as they cross the door, and the reason each is told with."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from clm_plugin.segments.data import NO_LABELS, Group
from clm_plugin.segments.facets import FLAG, STAGE
from clm_plugin.segments.language import condition_to_json

if TYPE_CHECKING:
    from clm_plugin.segments.data import Condition, Labels, Subject

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
_INSTANT = timedelta(microseconds=1)
MOST_CONDITIONS = 4
"""In a reason: what fits a line of the history."""


Line = tuple[Mapping[str, Any], bool, str]
"""(condition as JSON, whether it holds, her own value)."""


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


def reason_of(cause: str, told: Sequence[Line] = ()) -> dict[str, Any]:
    """What the history keeps: the cause, and the conditions that decided, with her values then."""
    reason: dict[str, Any] = {"cause": cause}
    if told:
        reason["conditions"] = [list(line) for line in told]
    return reason


def deciding(
    group: Group,
    subject: Subject,
    now: datetime,
    *,
    entered: bool,
    touched: frozenset[str] = frozenset(),
    before: datetime | None = None,
    labels: Labels | None = NO_LABELS,
) -> list[Line]:
    """The conditions that decided: those that stand for the outcome and could have
    flipped, because their facets were ``touched`` or, where time passed, because their answer just
    before ``before`` was another one. Where none is told apart, all that stand for the outcome.

    A condition inside "none of" stands for an entry when it does not hold. Without ``labels`` her
    own values are left out, which cost most of the time. Conditions are kept as they are and put
    into words by who reads them, in her language and with the names of that day.
    """
    leaves = [
        (condition, condition.holds(subject, now), positive)
        for condition, positive in _leaves(group, positive=True)
    ]
    standing = [(each, holds) for each, holds, positive in leaves if (holds == positive) == entered]
    if before is not None:
        earlier = before - _INSTANT
        near = [one for one in standing if one[0].holds(subject, earlier) != one[1]]
    else:
        near = [one for one in standing if touched == ALL or one[0].facets & touched]
    return [
        (
            _as_json(condition),
            holds,
            condition.why(subject, now, labels) if labels is not None else "",
        )
        for condition, holds in (near or standing)[:MOST_CONDITIONS]
    ]


def _leaves(group: Group, *, positive: bool) -> Iterator[tuple[Condition, bool]]:
    positive = positive != (group.kind == "none")
    for member in group.members:
        if isinstance(member, Group):
            yield from _leaves(member, positive=positive)
        else:
            yield member, positive


@lru_cache(maxsize=2048)
def _as_json(condition: Condition) -> Mapping[str, Any]:
    """The same for everybody, so it is made once."""
    return condition_to_json(condition)
