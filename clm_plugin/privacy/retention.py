"""Nothing is kept for longer than it is needed: the nightly purge.

Old events of a visitor are not just deleted: they are added up first, and their sum takes their
place in the log as one ``history.summed`` event of the same actor. So facts stay what they are, a
rebuild from the log gives the same result after a purge as before it, and export, erasure and an
undone merge meet nothing new. What is lost is the detail: which page, when, in which order.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from typing import TYPE_CHECKING

from django.db import transaction

from clm_plugin.conf import settings
from clm_plugin.events.api import (
    TYPES,
    Event,
    add_summaries,
    drop_raw,
    forget_events,
    hold_log,
    never_counted,
    old_events_of,
    oldest_actors,
    summaries_of,
    uuid7,
)
from clm_plugin.privacy.declared import tables
from clm_plugin.profiles.api import summary_of

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from datetime import datetime

    from clm_plugin.privacy.declared import Table

MONTHS_25 = 760
DEFAULTS: Mapping[str, int | None] = {
    # What was looked at: two years and a month, so that a year can be compared with the last.
    **dict.fromkeys(
        (
            "page.viewed",
            "product.viewed",
            "list.viewed",
            "screen.viewed",
            "search.made",
            "custom.tracked",
            "basket.changed",
            "basket.merged",
            "voucher.applied",
            "voucher.removed",
            "checkout.started",
            "payment.reached",
            "customer.logged_in",
            "customer.logged_out",
            "mail.clicked",
        ),
        MONTHS_25,
    ),
    **dict.fromkeys(("page.read", "exit.signalled", "stock.changed", "price.changed"), 180),
    **dict.fromkeys(("widget.shown", "widget.clicked", "widget.dismissed"), 400),
    "raw": 90,
}
"""Days by event type; a type that is not named is kept: orders, accounts, consents, what people
said of themselves. ``raw``: what outside sources sent along with an event."""
KEPT = frozenset({"history.summed"})
"""Types that no setting purges: they are what a purge leaves."""
BATCH = 1_000
"""Actors, or rows of a table, that one transaction takes."""
MOST = 1_000_000
"""Rows that one night takes of each kind, so that the first night after a change has an end."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Purged:
    """Rows that a run removed, by event type or table, and the raw payloads it emptied."""

    rows: Mapping[str, int]

    @property
    def total(self) -> int:
        return sum(self.rows.values())


def days_of(name: str) -> int | None:
    """How many days an event type or a table is kept; None: until the person is erased."""
    given: Mapping[str, int | None] = settings.RETENTION or {}
    if name in given:
        return given[name]
    if name in DEFAULTS:
        return DEFAULTS[name]
    return next((t.data.days for t in tables() if t.model.__name__ == name), None)


def names() -> frozenset[str]:
    """What ``CLM["RETENTION"]`` may name: event types, tables with a time, and ``raw``."""
    aged = {table.model.__name__ for table in tables() if table.data.aged_by}
    return frozenset({*TYPES, *aged, "raw"}) - KEPT


def purge(*, now: datetime) -> Purged:
    """Take out what is past its time, in batches of a transaction each."""
    rows: Counter[str] = Counter()
    _repeat(partial(_purge_events, _cutoffs(now)), rows)
    for table in tables():
        days = days_of(table.model.__name__) if table.data.aged_by else None
        if days is not None:
            _repeat(partial(_purge_rows, table, now - timedelta(days=days)), rows)
    days = days_of("raw")
    if days is not None:
        rows["raw"] = drop_raw(now - timedelta(days=days), now=now)
    return Purged(rows={name: count for name, count in rows.items() if count})


def _cutoffs(now: datetime) -> dict[str, datetime]:
    kept = {type_: days_of(type_) for type_ in sorted(set(TYPES) - KEPT)}
    return {type_: now - timedelta(days=days) for type_, days in kept.items() if days is not None}


def _repeat(once: Callable[[], Counter[str]], rows: Counter[str]) -> None:
    """Batches until one finds nothing, or the night is over."""
    done = 0
    while done < MOST:
        with transaction.atomic():
            found = once()
        if not found:
            return
        rows.update(found)
        done += found.total()


def _purge_events(cutoffs: Mapping[str, datetime]) -> Counter[str]:
    """One batch, actor by actor, so that a night sums nobody up twice; returns counts by type."""
    hold_log()
    actors = oldest_actors(cutoffs, limit=BATCH)
    events = old_events_of(actors, cutoffs, limit=10 * BATCH) if actors else []
    if not events:
        return Counter()
    lost = never_counted([event.id for event in events])
    by_actor: dict[str, list[Event]] = defaultdict(list)
    for event in events:
        if event.actor and event.id not in lost:
            by_actor[event.actor].append(event)
    earlier = summaries_of(list(by_actor))
    for event in earlier:
        by_actor[event.actor].append(event)
    add_summaries([_sum(actor, told) for actor, told in by_actor.items()])
    forget_events([event.id for event in (*events, *earlier)])
    return Counter(event.type for event in events)


def _sum(actor: str, told: Sequence[Event]) -> Event:
    return Event(
        id=uuid7(),
        type="history.summed",
        actor=actor,
        object_id="",
        occurred_at=max(event.occurred_at for event in told),
        received_at=max(event.received_at for event in told),
        source="retention",
        payload=summary_of(told),
    )


def _purge_rows(table: Table, cutoff: datetime) -> Counter[str]:
    rows = table.model._default_manager.filter(**{f"{table.data.aged_by}__lt": cutoff})
    keys = list(rows.order_by("pk").values_list("pk", flat=True)[:BATCH])
    if keys:
        table.model._default_manager.filter(pk__in=keys).delete()
    return Counter({table.model.__name__: len(keys)} if keys else {})
