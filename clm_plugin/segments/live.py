"""Published segments in memory: reloaded when the version of the set moved on."""

from __future__ import annotations

import logging
from collections import defaultdict
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING

from clm_plugin.segments.changes import ALL
from clm_plugin.segments.models import CompiledSegment, SegmentSet

if TYPE_CHECKING:
    from collections.abc import Mapping

    from clm_plugin.segments.data import Group

logger = logging.getLogger("clm_plugin")


@dataclass(frozen=True, slots=True)
class Live:
    """A published segment, ready to run. ``group`` is None for a static list."""

    key: str
    name: str
    persona: bool
    version: int
    group: Group | None
    facets: frozenset[str]
    refers: frozenset[str]
    timed: bool


@dataclass(frozen=True)
class LiveSet:
    """All published segments, and which of them a facet touches."""

    version: int
    segments: Mapping[str, Live]
    broken: Mapping[str, str] = field(default_factory=dict)
    """Key -> name of those whose stored rules cannot be read: nobody enters or leaves them."""

    @cached_property
    def levels(self) -> tuple[tuple[str, ...], ...]:
        """Keys in an order in which each comes after those it refers to.

        Publishing refuses circles; should there be one all the same (a database put together by
        hand), its segments are left out rather than looked at for ever.
        """
        left = {key for key, live in self.segments.items() if live.group is not None}
        done = self.segments.keys() - left
        levels = []
        while level := {key for key in left if not self.segments[key].refers & left}:
            levels.append(tuple(sorted(level)))
            left -= level
            done |= level
        return tuple(levels)

    @cached_property
    def referring(self) -> Mapping[str, tuple[str, ...]]:
        """Segment -> the segments that ask for its members."""
        found: dict[str, list[str]] = defaultdict(list)
        for key, live in sorted(self.segments.items()):
            for other in live.refers:
                found[other].append(key)
        return {key: tuple(keys) for key, keys in found.items()}

    def touched_by(self, facets: frozenset[str]) -> tuple[str, ...]:
        """Keys of the rule segments that these facets can change."""
        rules = (live for live in self.segments.values() if live.group is not None)
        return tuple(live.key for live in rules if facets == ALL or live.facets & facets)


_held = LiveSet(-1, {})
_told: set[tuple[str, int]] = set()
"""(key, version) of broken segments that the log knows about."""


def set_version() -> int:
    """The version of the set of published segments; one query."""
    return SegmentSet.objects.filter(id=1).values_list("version", flat=True).first() or 0


def live_segments(version: int | None = None) -> LiveSet:
    """All published segments; reads them only when ``version`` (else asked for) is news."""
    global _held
    if version is None:
        version = set_version()
    if _held.version != version:
        rows = {row.key: row for row in CompiledSegment.objects.all()}
        found = {live.key: live for live in map(_read, rows.values()) if live is not None}
        broken = {key: row.name or key for key, row in rows.items() if key not in found}
        _held = LiveSet(version, found, broken)
    return _held


def forget_segments() -> None:
    """Drop what is held in memory (tests, and databases that were swapped)."""
    global _held
    _held = LiveSet(-1, {})


def _read(row: CompiledSegment) -> Live | None:
    """None when it cannot be read: one bad row must not stop what happens to everybody else."""
    from clm_plugin.segments.language import from_json

    try:
        return Live(
            key=row.key,
            name=row.name,
            persona=row.persona,
            version=row.version,
            group=from_json(row.rules) if row.kind == CompiledSegment.Kind.RULE else None,
            facets=frozenset(row.facets),
            refers=frozenset(row.refers),
            timed=row.timed,
        )
    except Exception as error:
        if (row.key, row.version) not in _told:
            _told.add((row.key, row.version))
            logger.error(
                "clm: the rules of segment %s cannot be read (%s: %s); nobody enters or leaves it"
                " until you publish it again",
                row.key, type(error).__name__, error,
            )  # fmt: skip
        return None
