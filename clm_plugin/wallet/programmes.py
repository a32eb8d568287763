"""Published programmes in memory: reloaded when the version of the set moved on.

A stored plan that cannot be read (a restored backup of another release, an edit by hand) is left
out, logged and shown in the console; it stops neither orders nor other programmes.
"""

from __future__ import annotations

import logging
from dataclasses import dataclass
from typing import TYPE_CHECKING

from clm_plugin.wallet.encoding import PlanError, from_json
from clm_plugin.wallet.programme_models import CompiledProgramme, ProgrammeSet, ProgrammeVersion

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from clm_plugin.wallet.plan import Programme

logger = logging.getLogger("clm_plugin")


@dataclass(frozen=True, slots=True)
class LiveProgrammes:
    """All programmes whose credit can be spent, by key, and those that could not be read."""

    version: int
    plans: Mapping[str, Programme]
    broken: Mapping[str, str]
    """Key -> what is wrong."""


_held = LiveProgrammes(-1, {}, {})


def set_version() -> int:
    """The version of the set of published programmes; one query."""
    return ProgrammeSet.objects.filter(id=1).values_list("version", flat=True).first() or 0


def live_programmes() -> LiveProgrammes:
    """All published programmes; one query, and one more when something was published."""
    global _held
    version = set_version()
    if _held.version != version:
        _held = _load(version)
    return _held


def programmes(now: datetime) -> tuple[Programme, ...]:
    """The programmes that somebody can earn of now, by key; at most two queries."""
    return tuple(plan for plan in live_programmes().plans.values() if plan.earns_at(now))


def programme(key: str) -> Programme | None:
    """The plan in force under a key, also of a programme taken offline (``withdrawn``); None when
    there is none that can be read."""
    return live_programmes().plans.get(key)


def programme_version(key: str, version: int) -> Programme | None:
    """A plan that was in force once. Raises PlanError when it cannot be read; one query."""
    row = ProgrammeVersion.objects.filter(key=key, version=version).first()
    return from_json(row.plan) if row else None


def forget_programmes() -> None:
    """Drop what is held in memory (tests, and databases that were swapped)."""
    global _held
    _held = LiveProgrammes(-1, {}, {})


def _load(version: int) -> LiveProgrammes:
    plans, broken = {}, {}
    for key, stored in CompiledProgramme.objects.order_by("key").values_list("key", "plan"):
        try:
            plans[key] = from_json(stored)
        except PlanError as error:
            broken[key] = str(error)
            logger.error("clm: the plan of programme %s cannot be read: %s", key, error)
    return LiveProgrammes(version, plans, broken)
