"""Came by a link with these UTM values (a part of each, capitals do not matter)."""

from __future__ import annotations

from dataclasses import dataclass

from clm_plugin.segments.data import Condition
from clm_plugin.segments.fields import days, text


@dataclass(frozen=True, kw_only=True)
class Utm(Condition):
    """Came by a link with these UTM values (a part of each, capitals do not matter)."""

    kind = "utm"
    source: str = text(default="")
    medium: str = text(default="")
    campaign: str = text(default="")
    within_days: int | None = days()
