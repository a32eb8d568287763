"""Viewed products or categories in a window and bought none of them in it."""

from __future__ import annotations

from dataclasses import dataclass

from clm_plugin.segments.data import Condition
from clm_plugin.segments.fields import days, texts


@dataclass(frozen=True, kw_only=True)
class ViewedNotBought(Condition):
    """Viewed products or categories in a window and bought none of them in it."""

    kind = "viewed_not_bought"
    products: tuple[str, ...] = texts(limit=64)
    categories: tuple[str, ...] = texts(limit=64)
    within_days: int = days(default=30)
