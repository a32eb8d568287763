"""Stages and moves as they cross the door; no Django."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta


@dataclass(frozen=True, slots=True, kw_only=True)
class Stage:
    """A stage of the model. ``order`` places it on the board; a higher one is further along."""

    key: str
    label: str
    order: int
    goal: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Cutoffs:
    """How long silence may last: ``gap`` is the purchase gap that applies to this person.

    ``source`` says whose gap it is: ``own``, ``category``, ``store`` or ``default``.
    """

    gap: timedelta
    source: str

    @property
    def at_risk(self) -> timedelta:
        return self.gap

    @property
    def lapsed(self) -> timedelta:
        return self.gap * 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Placement:
    """Where a person stands, and when time alone will move her (None: never)."""

    stage: str
    due_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Move:
    """A change of stage; ``from_stage`` is empty for a new profile."""

    profile_id: int
    from_stage: str
    to_stage: str
    moved_at: datetime
    cause: str
