"""The queue: what is still to be processed.

A worker claims whole shards (row lock, SKIP LOCKED) and takes their oldest events, so the events of
one actor are never in two hands and keep their order. Everything happens in the caller's
transaction: the locks, the effects, and the deletion of the rows.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING
from uuid import UUID

from django.db import connection
from django.db.models import Exists, F, Min, OuterRef

from clm_plugin.conf import settings
from clm_plugin.events.log import read_events
from clm_plugin.events.models import DeadLetter, EventKey, QueuedEvent, Shard

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from clm_plugin.events.data import Event

_SHARDS_AT_ONCE = 16
_FIRST_RETRY = timedelta(seconds=2)


@dataclass(frozen=True, slots=True)
class Claim:
    """Events in order of receipt, held by the caller's transaction."""

    events: tuple[Event, ...]
    shards: tuple[int, ...]


def claim(*, now: datetime, limit: int | None = None) -> Claim:
    """Take the oldest due events of a few shards nobody else holds. Needs a transaction."""
    shards = _claim_shards(now)
    if not shards:
        return Claim((), ())
    waiting = QueuedEvent.objects.filter(shard__in=shards, due_at__lte=now).order_by("event_id")
    oldest = waiting.values("event_id")[: limit or settings.BATCH_SIZE]
    return Claim(tuple(read_events(id__in=oldest)), tuple(shards))


def _claim_shards(now: datetime) -> list[int]:
    due = QueuedEvent.objects.filter(shard=OuterRef("id"), due_at__lte=now)
    # Random order spreads workers over the shards and lets no shard starve behind busy ones.
    shards = Shard.objects.filter(Exists(due)).order_by("?")
    if connection.features.has_select_for_update_skip_locked:
        shards = shards.select_for_update(skip_locked=True)
    return list(shards.values_list("id", flat=True)[:_SHARDS_AT_ONCE])


def hold_queue() -> None:
    """Keep every worker off the queue until the caller's transaction ends; waits for those at work.

    For what changes whose events are: a worker that looked before would go by what it saw.
    """
    shards = Shard.objects.order_by("id")
    if connection.features.has_select_for_update:
        list(shards.select_for_update().values_list("id", flat=True))


def finish(held: Claim, events: Iterable[Event] | None = None) -> None:
    """Take processed events off the queue (all of the claim, or just ``events``)."""
    ids = [event.id for event in (held.events if events is None else events)]
    if connection.vendor != "postgresql":
        QueuedEvent.objects.filter(shard__in=held.shards, event_id__in=ids).delete()
        return
    with connection.cursor() as cursor:  # two arrays cost far less than thousands of parameters
        cursor.execute(
            "DELETE FROM clm_plugin_queuedevent WHERE shard = ANY(%s) AND event_id = ANY(%s)",
            [list(held.shards), ids],
        )


def postpone(held: Claim, event: Event, *, reason: str, now: datetime) -> bool:
    """Note a failed try: later again, or dead-lettered after the last; True when dead."""
    row = QueuedEvent.objects.filter(shard__in=held.shards, event_id=event.id)
    attempts, shard = row.values_list("attempts", "shard").get()
    if attempts + 1 >= settings.MAX_ATTEMPTS:
        DeadLetter.objects.update_or_create(
            event_id=event.id,
            defaults={"shard": shard, "reason": reason[:4000], "failed_at": now},
        )
        row.delete()
        return True
    row.update(attempts=F("attempts") + 1, due_at=now + _FIRST_RETRY * 4**attempts)
    return False


def replay(ids: Sequence[UUID] | None = None, *, now: datetime) -> int:
    """Put dead letters (all, or these events) back in the queue; returns how many."""
    dead = DeadLetter.objects.all() if ids is None else DeadLetter.objects.filter(event_id__in=ids)
    rows = list(dead[:10_000])
    QueuedEvent.objects.bulk_create(
        [QueuedEvent(shard=row.shard, event_id=row.event_id, due_at=now) for row in rows],
        ignore_conflicts=True,
    )
    DeadLetter.objects.filter(event_id__in=[row.event_id for row in rows]).delete()
    return len(rows)


def dead_letters() -> int:
    """How many events failed every try."""
    return DeadLetter.objects.count()


def lag(*, now: datetime) -> tuple[int, timedelta]:
    """Events waiting and the age of the oldest that is due."""
    waiting = QueuedEvent.objects.filter(due_at__lte=now)
    oldest = waiting.aggregate(at=Min("due_at"))["at"]
    return waiting.count(), now - oldest if oldest else timedelta(0)


def next_due() -> datetime | None:
    """When the next queued event is due."""
    first: datetime | None = QueuedEvent.objects.aggregate(at=Min("due_at"))["at"]
    return first


def purge_keys(*, now: datetime) -> int:
    """Delete dedupe keys of browsers that are past their time; returns how many."""
    return EventKey.objects.filter(keep_until__lt=now.date()).delete()[0]
