"""What is worked out anew once a night, and once after a back-fill."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from clm_plugin.events.api import purge_keys
from clm_plugin.lifecycle.api import recompute_gaps
from clm_plugin.recommendations.api import NumericsMissing, rebuild

if TYPE_CHECKING:
    from datetime import datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Upkeep:
    """What a run did. ``pairs`` is None where numpy and scipy are not installed."""

    gaps: int
    pairs: int | None
    keys: int


def upkeep(*, now: datetime) -> Upkeep:
    """Purchase gaps, co-purchase, and the dedupe keys that may go."""
    gaps = recompute_gaps(now=now)
    try:
        pairs: int | None = rebuild(now=now)
    except NumericsMissing:
        pairs = None
    return Upkeep(gaps=gaps, pairs=pairs, keys=purge_keys(now=now))
