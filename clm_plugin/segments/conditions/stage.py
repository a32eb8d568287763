"""Is in one of the stages, for a number of days."""

from __future__ import annotations

from dataclasses import dataclass

from clm_plugin.segments.data import Condition
from clm_plugin.segments.fields import days, texts


@dataclass(frozen=True, kw_only=True)
class InStage(Condition):
    """Is in one of the stages, for a number of days."""

    kind = "stage"
    stages: tuple[str, ...] = texts(limit=32, needed=True)
    min_days: int | None = days()
    max_days: int | None = days()
