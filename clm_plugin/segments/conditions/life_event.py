"""A life event, at any time or in a window of days around today (UTC). Yearly ones recur."""

from __future__ import annotations

from dataclasses import dataclass

from clm_plugin.segments.data import Condition
from clm_plugin.segments.fields import texts, whole


@dataclass(frozen=True, kw_only=True)
class HasLifeEvent(Condition):
    """A life event, at any time or in a window of days around today (UTC). Yearly ones recur."""

    kind = "life_event"
    events: tuple[str, ...] = texts(limit=64, needed=True)
    from_days: int | None = whole(low=-366, high=366)
    to_days: int | None = whole(low=-366, high=366)
