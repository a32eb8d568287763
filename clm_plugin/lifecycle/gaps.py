"""Purchase gaps of the store and its categories: the yardstick of "has been silent for long"."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from statistics import median
from typing import TYPE_CHECKING

from clm_plugin.lifecycle.models import PurchaseGap
from clm_plugin.lifecycle.rules import STORE_GAPS, gap_micros
from clm_plugin.profiles.api import facts, purchase_gaps

if TYPE_CHECKING:
    from datetime import datetime

    from clm_plugin.profiles.api import FactRow

_STORE = ""
_WORTH_BUYERS = 20
"""Repeat buyers from which the spend of the middle one is trusted."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Yardsticks:
    """What people are measured by: medians in days that stand on enough gaps to be trusted."""

    by_category: dict[str, float] = field(default_factory=dict)
    store: float | None = None
    worth_minor: int = 0

    def gap_of(self, row: FactRow) -> int:
        """The purchase gap that applies to somebody, in microseconds."""
        return self.gap_after(row.orders, row.gap_days, row.main_category)

    def gap_after(self, orders: int, own_days: float | None, category: str) -> int:
        return gap_micros(
            orders, own_days, self.by_category.get(category) if category else None, self.store
        )


def load_yardsticks() -> Yardsticks:
    """The medians as of last night; one query."""
    rows = PurchaseGap.objects.filter(gaps__gte=STORE_GAPS)
    found = {
        category: (days, worth)
        for category, days, worth in rows.values_list("category_id", "median_days", "worth_minor")
    }
    store, worth = found.pop(_STORE, (None, None))
    return Yardsticks(
        by_category={category: days for category, (days, _) in found.items()},
        store=store,
        worth_minor=worth or 0,
    )


def recompute_gaps(*, now: datetime) -> int:
    """Measure the medians anew from all orders; returns how many categories have one."""
    by_category: dict[str, list[float]] = defaultdict(list)
    for category, days in purchase_gaps():
        by_category[_STORE].append(days)
        if category:
            by_category[category].append(days)
    worth = _middle_spend()
    PurchaseGap.objects.bulk_create(
        [
            PurchaseGap(
                category_id=category,
                median_days=median(days),
                gaps=len(days),
                worth_minor=None if category else worth,
                computed_at=now,
            )
            for category, days in by_category.items()
        ],
        update_conflicts=True,
        unique_fields=["category_id"],
        update_fields=["median_days", "gaps", "worth_minor", "computed_at"],
    )
    return len(by_category)


def _middle_spend() -> int | None:
    """What the middle one of the repeat buyers spent; None while there are few."""
    buyers = facts().filter(orders__gte=2)
    count = buyers.count()
    if count < _WORTH_BUYERS:
        return None
    spend: int = buyers.order_by("spend_minor").values_list("spend_minor", flat=True)[count // 2]
    return spend
