"""A number that the facts hold: spend, orders, days since the last order."""

from __future__ import annotations

from dataclasses import dataclass

from clm_plugin.segments.data import Condition
from clm_plugin.segments.fields import check_number, checked, choice

MINOR = ("spend", "average_order", "margin", "refunded")
"""Amounts, in minor units."""
COUNTS = ("orders", "items", "sessions", "page_views", "product_views")
DAYS = (
    "gap_days",
    "days_since_last_order",
    "days_since_first_order",
    "days_since_last_seen",
    "days_since_registered",
)
FIGURES = (*MINOR, *COUNTS, *DAYS)


def _number(value: float | None, name: str) -> float | None:
    return None if value is None else check_number(value, name)


@dataclass(frozen=True, kw_only=True)
class Figure(Condition):
    """A number that the facts hold: spend, orders, days since the last order."""

    kind = "figure"
    figure: str = choice(FIGURES)
    at_least: float | None = checked(_number, None)
    at_most: float | None = checked(_number, None)
