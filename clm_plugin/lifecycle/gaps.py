"""Purchase gaps of the store and its categories: the yardstick of "has been silent for long"."""

from __future__ import annotations

from collections import defaultdict
from statistics import median
from typing import TYPE_CHECKING

from clm_plugin.lifecycle.models import PurchaseGap
from clm_plugin.lifecycle.rules import STORE_GAPS
from clm_plugin.profiles.api import purchase_gaps

if TYPE_CHECKING:
    from datetime import datetime

Gaps = dict[str, float]
"""Median days between orders by category id; "" is the store."""


def load_gaps() -> Gaps:
    """The medians that stand on enough gaps to be trusted; one query."""
    rows = PurchaseGap.objects.filter(gaps__gte=STORE_GAPS)
    return dict(rows.values_list("category_id", "median_days"))


def recompute_gaps(*, now: datetime) -> int:
    """Measure the medians anew from all orders; returns how many categories have one."""
    by_category: dict[str, list[float]] = defaultdict(list)
    for category, days in purchase_gaps():
        by_category[""].append(days)
        if category:
            by_category[category].append(days)
    PurchaseGap.objects.bulk_create(
        [
            PurchaseGap(
                category_id=category, median_days=median(days), gaps=len(days), computed_at=now
            )
            for category, days in by_category.items()
        ],
        update_conflicts=True,
        unique_fields=["category_id"],
        update_fields=["median_days", "gaps", "computed_at"],
    )
    return len(by_category)
