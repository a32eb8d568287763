"""Which stage somebody is in. Pure: facts and the time in, a placement out.

The default model of eight stages, read from the top: the first rule that holds decides. Buyers are
placed by how long they have been silent against their purchase gap (at-risk after 1x, lapsed after
3x), then by how often they bought; everybody else by how near to a first order they are.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from clm_plugin.lifecycle.data import Cutoffs, Placement
from clm_plugin.lifecycle.defaults import DEFAULT, ENGAGED_VIEWS, INTENT, LOYAL_ORDERS

STAGES = {stage.key: stage for stage in DEFAULT.stages}
DEFAULT_MODEL = DEFAULT.stages

DEFAULT_GAP = timedelta(days=60)
"""Purchase gap while the store has too few orders to have one of its own."""
OWN_GAP_ORDERS = 4
"""Orders from which a customer's own mean gap is trusted (three gaps)."""
STORE_GAPS = 20
"""Gaps from which a median of a category or the store is trusted."""
MIN_GAP = timedelta(days=7)


@dataclass(frozen=True, slots=True, kw_only=True)
class Situation:
    """The facts that decide a stage. Times: aware UTC."""

    known: bool
    """Has an account or an e-mail."""
    product_views: int
    orders: int
    last_order_at: datetime | None
    basket_items: int
    basket_at: datetime | None


def place(who: Situation, cutoffs: Cutoffs, now: datetime) -> Placement:
    """The stage at ``now`` and the moment at which time alone changes it."""
    if who.orders and who.last_order_at:
        return _place_buyer(who.orders, who.last_order_at, cutoffs, now)
    intent_ends = who.basket_at + INTENT if who.basket_items and who.basket_at is not None else None
    if intent_ends is not None and now < intent_ends:
        return Placement(stage="convert", due_at=intent_ends)
    if who.known or who.product_views >= ENGAGED_VIEWS:
        return Placement(stage="acquire", due_at=None)
    return Placement(stage="reach", due_at=None)


def _place_buyer(orders: int, last: datetime, cutoffs: Cutoffs, now: datetime) -> Placement:
    at_risk, lapsed = last + cutoffs.gap, last + cutoffs.gap * 3
    if now >= lapsed:
        return Placement(stage="lapsed", due_at=None)
    if now >= at_risk:
        return Placement(stage="at-risk", due_at=lapsed)
    if orders >= LOYAL_ORDERS:
        return Placement(stage="loyal", due_at=at_risk)
    return Placement(stage="nurture" if orders == 1 else "retain", due_at=at_risk)


def cutoffs_for(
    *, orders: int, own_gap_days: float | None, category_gap: float | None, store_gap: float | None
) -> Cutoffs:
    """The purchase gap that applies: own, else the category's, else the store's, else a default.

    Gaps in days; None where there are too few to trust.
    """
    candidates = (
        (own_gap_days if orders >= OWN_GAP_ORDERS else None, "own"),
        (category_gap, "category"),
        (store_gap, "store"),
    )
    for days, source in candidates:
        if days is not None:
            return Cutoffs(gap=max(timedelta(days=days), MIN_GAP), source=source)
    return Cutoffs(gap=DEFAULT_GAP, source="default")
