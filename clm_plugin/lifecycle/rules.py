"""Which stage somebody is in, and which flags she carries. Pure: facts and the time in.

A person is in the last stage whose entry rule holds. A model is compiled once (``compile_stages``),
for the rules run for every event. With facts at rest each rule holds over one span of time, from
its begin (silence has lasted long enough) to its end (the basket has grown old); so the next change
is exact: the earliest begin of a later stage, or the end of this one.

Time is counted in whole microseconds, cut off and not rounded, for SQL does the same arithmetic
(``sql.py``) and must come to the same answer.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from clm_plugin.lifecycle.data import Cutoffs, Entry, FlagRules, Model, Placement
from clm_plugin.lifecycle.defaults import DEFAULT

DEFAULT_GAP = timedelta(days=60)
"""Purchase gap while the store has too few orders to have one of its own."""
OWN_GAP_ORDERS = 4
"""Orders from which a customer's own mean gap is trusted (three gaps)."""
STORE_GAPS = 20
"""Gaps from which a median of a category or the store is trusted."""
MIN_GAP = timedelta(days=7)
DAY_MICROS = 86_400_000_000
PROMOTER = 9
"""NPS answer from which somebody counts as one who recommends us."""

Span = tuple[datetime | None, datetime | None]
PlaceFn = Callable[
    [bool, int, int, int, datetime | None, datetime | None, int, datetime],
    tuple[str, datetime | None],
]
"""(known, product views, orders, spend, last order, basket's time, gap in µs, now) -> (stage, due).

The basket's time is None for an empty basket."""
FlagFn = Callable[
    [int, int, bool, datetime | None, int, datetime], tuple[bool, bool, datetime | None]
]
"""(orders, spend, recommended, last order, gap in µs, now) -> (advocate, churn risk, due)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Situation:
    """The facts that decide a stage. Times: aware UTC; money: minor units."""

    known: bool = False
    """Has an account or an e-mail."""
    product_views: int = 0
    orders: int = 0
    spend_minor: int = 0
    last_order_at: datetime | None = None
    basket_items: int = 0
    basket_at: datetime | None = None
    recommended: bool = False


@dataclass(frozen=True, slots=True)
class _Rule:
    """An entry rule without its bounds of orders; None: nothing of the kind is asked."""

    key: str
    fits: Callable[[bool, int, int], bool] | None
    span: Callable[[datetime | None, datetime | None, int], Span | None] | None


def compile_stages(model: Model) -> PlaceFn:
    """The function that places people by this model."""
    stages = model.stages
    cap = max(max(s.entry.min_orders, (s.entry.max_orders or 0) + 1) for s in stages)
    by_orders = [_candidates(model, orders) for orders in range(cap + 1)]

    def place(
        known: bool,
        views: int,
        orders: int,
        spend: int,
        last: datetime | None,
        basket_at: datetime | None,
        gap: int,
        now: datetime,
    ) -> tuple[str, datetime | None]:
        due: datetime | None = None
        for rule in by_orders[orders if orders < cap else cap]:
            if rule.fits is not None and not rule.fits(known, views, spend):
                continue
            if rule.span is None:
                return rule.key, due
            span = rule.span(last, basket_at, gap)
            if span is None:
                continue
            begin, end = span
            if begin is not None and now < begin:
                if (end is None or begin < end) and (due is None or begin < due):
                    due = begin
            elif end is None:
                return rule.key, due
            elif now < end:
                return rule.key, end if due is None or end < due else due
        raise ValueError("the first stage of a model takes everybody")

    return place


def _candidates(model: Model, orders: int) -> tuple[_Rule, ...]:
    """The rules that so many orders allow, from the last stage down to one that takes everybody."""
    found = []
    for stage in reversed(model.stages):
        entry = stage.entry
        if orders < entry.min_orders:
            continue
        if entry.max_orders is not None and orders > entry.max_orders:
            continue
        rule = _Rule(stage.key, _fits(entry), _span(entry))
        found.append(rule)
        if rule.fits is None and rule.span is None:
            break
    return tuple(found)


def _fits(entry: Entry) -> Callable[[bool, int, int], bool] | None:
    needs_name, engaged = entry.known, entry.engaged_views
    least_views, least_spend = entry.min_views, entry.min_spend_minor
    if not needs_name and engaged is None and not least_views and not least_spend:
        return None

    def fits(known: bool, views: int, spend: int) -> bool:
        return (
            (known or not needs_name)
            and (engaged is None or known or views >= engaged)
            and views >= least_views
            and spend >= least_spend
        )

    return fits


def _span(
    entry: Entry,
) -> Callable[[datetime | None, datetime | None, int], Span | None] | None:
    basket_within = entry.basket_within
    begins = (entry.silent_gaps, entry.silent_for)
    ends = (entry.bought_within_gaps, entry.bought_within)
    by_order = any((*begins, *ends))
    if not by_order and basket_within is None:
        return None

    def span(last: datetime | None, basket_at: datetime | None, gap: int) -> Span | None:
        begin = end = None
        if by_order:
            if last is None:
                return None
            begin = max(_after(last, gap, *begins), default=None)
            end = min(_after(last, gap, *ends), default=None)
        if basket_within is not None:
            if basket_at is None:
                return None
            old = basket_at + basket_within
            end = old if end is None or old < end else end
        return begin, end

    return span


def _after(last: datetime, gap: int, gaps: float, fixed: timedelta | None) -> list[datetime]:
    found = [last + times(gap, gaps)] if gaps else []
    if fixed is not None:
        found.append(last + fixed)
    return found


def compile_flags(rules: FlagRules, *, worth: int) -> FlagFn:
    """The function that tells the flags; ``worth``: spend in minor units from which one counts."""
    least = worth if rules.churn_spend_minor is None else rules.churn_spend_minor
    praise_orders, praise_gaps = rules.advocate_orders, rules.advocate_gaps
    risk_orders, risk_from, risk_until = (
        rules.churn_orders,
        rules.churn_from_gaps,
        rules.churn_until_gaps,
    )

    def flags(
        orders: int,
        spend: int,
        recommended: bool,
        last: datetime | None,
        gap: int,
        now: datetime,
    ) -> tuple[bool, bool, datetime | None]:
        if last is None:
            return False, False, None
        advocate = risk = False
        dues = []
        if recommended and orders >= praise_orders:
            end = last + times(gap, praise_gaps)
            if now < end:
                advocate = True
                dues.append(end)
        if orders >= risk_orders and spend >= least:
            begin, end = last + times(gap, risk_from), last + times(gap, risk_until)
            risk = begin <= now < end
            if now < end:
                dues.append(end if risk else begin)
        return advocate, risk, min(dues, default=None)

    return flags


def times(gap: int, gaps: float) -> timedelta:
    """So many gaps (of ``gap`` µs each), cut off to whole microseconds."""
    return timedelta(microseconds=int(gap * gaps))


_MIN_MICROS = MIN_GAP // timedelta(microseconds=1)
_DEFAULT_DAYS = DEFAULT_GAP / timedelta(days=1)


def gap_micros(
    orders: int, own_days: float | None, category_days: float | None, store_days: float | None
) -> int:
    """The purchase gap that applies, in microseconds: own, else category's, else the store's."""
    if orders >= OWN_GAP_ORDERS and own_days is not None:
        days = own_days
    elif category_days is not None:
        days = category_days
    else:
        days = store_days if store_days is not None else _DEFAULT_DAYS
    return max(int(days * DAY_MICROS), _MIN_MICROS)


def cutoffs_for(
    *, orders: int, own_gap_days: float | None, category_gap: float | None, store_gap: float | None
) -> Cutoffs:
    """The purchase gap that applies and whose it is: own, the category's, the store's, a default.

    Gaps in days; None where there are too few to trust.
    """
    if orders >= OWN_GAP_ORDERS and own_gap_days is not None:
        source = "own"
    elif category_gap is not None:
        source = "category"
    else:
        source = "store" if store_gap is not None else "default"
    micros = gap_micros(orders, own_gap_days, category_gap, store_gap)
    return Cutoffs(gap=timedelta(microseconds=micros), source=source)


def place(
    who: Situation, cutoffs: Cutoffs, now: datetime, *, model: Model = DEFAULT, worth: int = 0
) -> Placement:
    """Where one person stands at ``now``, for whoever asks about one; batches compile once."""
    gap = cutoffs.gap // timedelta(microseconds=1)
    last = who.last_order_at if who.orders else None
    basket_at = who.basket_at if who.basket_items else None
    stage, due = compile_stages(model)(
        who.known, who.product_views, who.orders, who.spend_minor, last, basket_at, gap, now
    )
    advocate, risk, flips = compile_flags(model.flags, worth=worth)(
        who.orders, who.spend_minor, who.recommended, last, gap, now
    )
    dues = [at for at in (due, flips) if at is not None]
    return Placement(
        stage=stage, due_at=min(dues, default=None), advocate=advocate, churn_risk=risk
    )
