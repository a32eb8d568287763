"""Bought products or categories, so many of them, in a window; or never."""

from __future__ import annotations

from dataclasses import dataclass

from clm_plugin.segments.data import Condition
from clm_plugin.segments.fields import days, texts, whole, yes_no


@dataclass(frozen=True, kw_only=True)
class Bought(Condition):
    """Bought products or categories, so many of them, in a window; or never."""

    kind = "bought"
    products: tuple[str, ...] = texts(limit=64)
    categories: tuple[str, ...] = texts(limit=64)
    at_least: int = whole(low=1, default=1)
    within_days: int | None = days()
    never: bool = yes_no(default=False)
