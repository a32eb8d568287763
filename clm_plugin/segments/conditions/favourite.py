"""A category that a large share of somebody's spend goes to."""

from __future__ import annotations

from dataclasses import dataclass

from clm_plugin.segments.data import Condition, SegmentError
from clm_plugin.segments.fields import check_number, checked, texts


def _share(value: float, name: str) -> float:
    if not 0 <= check_number(value, name) <= 1:
        raise SegmentError(name, "must be between 0 and 1")
    return value


@dataclass(frozen=True, kw_only=True)
class Favourite(Condition):
    """A category that a large share of somebody's spend goes to."""

    kind = "favourite"
    categories: tuple[str, ...] = texts(limit=64, needed=True)
    at_least: float = checked(_share, 0.0)
