"""Bought A, but never B."""

from __future__ import annotations

from dataclasses import dataclass

from clm_plugin.segments.data import Condition
from clm_plugin.segments.fields import days, texts


@dataclass(frozen=True, kw_only=True)
class BoughtNot(Condition):
    """Bought A, but never B."""

    kind = "bought_not"
    products: tuple[str, ...] = texts(limit=64)
    categories: tuple[str, ...] = texts(limit=64)
    within_days: int | None = days()
    not_products: tuple[str, ...] = texts(limit=64)
    not_categories: tuple[str, ...] = texts(limit=64)
