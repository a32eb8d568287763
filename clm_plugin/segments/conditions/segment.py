"""Is inside one of other segments, or in none of them."""

from __future__ import annotations

from dataclasses import dataclass

from clm_plugin.segments.data import Condition
from clm_plugin.segments.fields import texts, yes_no


@dataclass(frozen=True, kw_only=True)
class InSegment(Condition):
    """Is inside one of other segments, or in none of them."""

    kind = "segment"
    segments: tuple[str, ...] = texts(limit=64, needed=True)
    inside: bool = yes_no(default=True)
