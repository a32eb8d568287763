"""What a batch is placed by: the model in use and the yardsticks, read once a batch."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

from django.db.models import Q

from clm_plugin.lifecycle.current import read_model
from clm_plugin.lifecycle.gaps import load_yardsticks
from clm_plugin.lifecycle.rules import PROMOTER, compile_flags, compile_stages
from clm_plugin.profiles.api import trait_values

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

    from clm_plugin.lifecycle.data import FlagRules, Model
    from clm_plugin.lifecycle.rules import FlagFn, PlaceFn
    from clm_plugin.profiles.api import FactRow

Placed = tuple[str, "datetime | None", bool, bool]
"""(stage, due, advocate, churn risk)."""

REFERRALS = "referrals"
"""The trait that counts whom somebody brought to the shop."""
SURVEYS = "survey."
"""Traits that hold answers to surveys begin with this."""


class Ruler:
    """Places people by the model in use. ``promoters`` recommended the shop, as far as asked."""

    def __init__(self) -> None:
        self.model, self.restaged_to = read_model()
        self.yardsticks = load_yardsticks()
        self.place: PlaceFn = _stages(self.model)
        self._flags: FlagFn = _flags(self.model.flags, self.yardsticks.worth_minor)
        self.promoters: frozenset[int] = frozenset()

    def ask_promoters(self, rows: Iterable[FactRow]) -> None:
        """Read who recommended the shop, of those who may be advocates; no query for none."""
        least = self.model.flags.advocate_orders
        ids = [row.profile_id for row in rows if row.orders >= least and not row.praises]
        if ids:
            said = Q(key__startswith=SURVEYS, number__gte=PROMOTER) | Q(
                key=REFERRALS, number__gte=1
            )
            found = trait_values().filter(said, profile__in=ids)
            self.promoters = frozenset(found.values_list("profile_id", flat=True))

    def placed(self, row: FactRow, now: datetime) -> Placed:
        """Where the facts put somebody, and the next moment at which time alone changes that."""
        orders = row.orders
        last = row.last_order_at if orders else None
        gap = self.yardsticks.gap_of(row) if orders else 0
        stage, due = self.place(
            row.known,
            row.product_views,
            orders,
            row.spend_minor,
            last,
            row.basket_at if row.basket_items else None,
            gap,
            now,
        )
        if last is None:
            return stage, due, False, False
        recommended = row.praises > 0 or row.profile_id in self.promoters
        advocate, risk, flips = self._flags(orders, row.spend_minor, recommended, last, gap, now)
        if flips is not None and (due is None or flips < due):
            due = flips
        return stage, due, advocate, risk

    def is_stale(self, profile_id: int) -> bool:
        """Whether somebody may still stand by the model before this one."""
        return self.restaged_to is not None and profile_id > self.restaged_to


@lru_cache(maxsize=8)
def _stages(model: Model) -> PlaceFn:
    return compile_stages(model)


@lru_cache(maxsize=8)
def _flags(rules: FlagRules, worth: int) -> FlagFn:
    return compile_flags(rules, worth=worth)
