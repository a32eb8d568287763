"""Finds orders and refunds whose signal was lost: a crash between commit and signal, an import.

It scans the shop's own records behind the newest one it has seen, with an overlap for transactions
that commit late; the dedupe keys make any number of runs harmless.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from django.db import transaction

from clm_plugin.adapters.history import HISTORY, LIVE, order_events, order_refunded
from clm_plugin.adapters.tender.api import settle
from clm_plugin.events.api import NewEvent, cursor_of, move_cursor, record_many
from clm_plugin.shop.api import Order, Refund, get_shop

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

OVERLAP = timedelta(hours=2)
"""Re-read at each run: longer than any transaction lives."""
DEEP_OVERLAP, DEEP_EVERY = timedelta(days=2), timedelta(days=1)
"""Re-read once a day: records that were dated back a little (imports, tills, slow clocks)."""
FIRST_RUN = timedelta(hours=1)
"""Before its first run there was no plugin to lose a signal: what is older is history."""
_PAGE = 1_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Reconciled:
    """How many orders and refunds nobody had told of."""

    orders: int = 0
    refunds: int = 0


def reconcile(*, now: datetime) -> Reconciled:
    """Record what was lost: as live when it is recent, else silently as history."""
    shop = get_shop()
    deep = _is_due(now)
    overlap = DEEP_OVERLAP if deep else OVERLAP

    def read_orders(*, after: str, limit: int) -> Sequence[Order]:
        found = shop.orders(after=after, limit=limit)
        settle(found, now=now)
        return found

    orders = _scan(
        "orders", read_orders, _events_of_order, lambda order: order.placed_at, now, overlap
    )
    refunds = 0
    if shop.supports_refunds:
        refunds = _scan(
            "refunds",
            shop.refunds,
            _events_of_refund,
            lambda refund: refund.refunded_at,
            now,
            overlap,
        )
    if deep:
        move_cursor("reconcile.deep", now.isoformat(), now=now)
    return Reconciled(orders=orders, refunds=refunds)


def _is_due(now: datetime) -> bool:
    last = cursor_of("reconcile.deep")
    return not last or abs(now - datetime.fromisoformat(last)) >= DEEP_EVERY


def _events_of_order(order: Order, source: str) -> list[NewEvent]:
    return order_events(order, source=source)


def _events_of_refund(refund: Refund, source: str) -> list[NewEvent]:
    return [order_refunded(refund, source=source)]


def _scan(
    part: str,
    read: Callable[..., Sequence[Any]],
    events_of: Callable[[Any, str], list[NewEvent]],
    time_of: Callable[[Any], datetime],
    now: datetime,
    overlap: timedelta,
) -> int:
    """Record the unknown ones behind the newest record seen so far; returns how many."""
    name = f"reconcile.{part}"
    seen = cursor_of(name)
    newest = datetime.fromisoformat(seen) if seen else None
    live_since = now - (DEEP_OVERLAP if newest else FIRST_RUN)
    after = get_shop().cursor_at(min(newest or now, now) - overlap)
    found = 0
    while records := read(after=after, limit=_PAGE):
        after = records[-1].cursor
        newest = max(time_of(records[-1]), newest or time_of(records[-1]))
        with transaction.atomic():
            found += _record(records, events_of, time_of, live_since, now)
            # The moment, not the cursor: the next run starts an overlap before it.
            move_cursor(name, newest.isoformat(), now=now)
    return found


def _record(
    records: Sequence[Any],
    events_of: Callable[[Any, str], list[NewEvent]],
    time_of: Callable[[Any], datetime],
    live_since: datetime,
    now: datetime,
) -> int:
    """Store the events of a page; returns how many orders (or refunds) were unknown."""
    firsts, others = [], []
    for record in records:
        source = LIVE if time_of(record) >= live_since else HISTORY
        first, *rest = events_of(record, source)
        firsts.append(first)
        others.extend(rest)
    found = record_many(firsts, received_at=now, checked=True)
    record_many(others, received_at=now, checked=True)
    return found
