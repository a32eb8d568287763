"""RFM scores: named segments, and ranges of the scores 1 to 5."""

from __future__ import annotations

from dataclasses import dataclass

from clm_plugin.segments.data import Condition
from clm_plugin.segments.fields import texts, whole


@dataclass(frozen=True, kw_only=True)
class Rfm(Condition):
    """RFM scores: named segments, and ranges of the scores 1 to 5."""

    kind = "rfm"
    names: tuple[str, ...] = texts(limit=32)
    r_min: int | None = whole(low=1, high=5)
    r_max: int | None = whole(low=1, high=5)
    f_min: int | None = whole(low=1, high=5)
    f_max: int | None = whole(low=1, high=5)
    m_min: int | None = whole(low=1, high=5)
    m_max: int | None = whole(low=1, high=5)
