"""Writing a batch through the ORM: SQLite, and any database without COPY."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import IntegrityError, transaction

from clm_plugin.events.models import Event, EventKey, QueuedEvent

if TYPE_CHECKING:
    from collections.abc import Sequence

    from clm_plugin.events.capture import Row


def insert(rows: Sequence[Row]) -> int:
    """Insert the rows whose key is new; returns how many. Runs inside the caller's transaction."""
    try:
        with transaction.atomic():
            return _insert(rows)
    except IntegrityError:
        # Another writer stored one of our keys between look and insert: look again, once.
        return _insert(rows)


def _insert(rows: Sequence[Row]) -> int:
    known = set(EventKey.objects.filter(key__in=[row.key for row in rows]).values_list(flat=True))
    fresh = [row for row in rows if row.key not in known]
    if not fresh:
        return 0
    EventKey.objects.bulk_create(
        [EventKey(key=row.key, keep_until=row.keep_until) for row in fresh]
    )
    Event.objects.bulk_create(
        [
            Event(
                id=row.event.id,
                type=row.event.type,
                version=row.version,
                actor=row.event.actor,
                object_id=row.event.object_id,
                occurred_at=row.event.occurred_at,
                received_at=row.event.received_at,
                source=row.event.source,
                payload=row.event.payload,
                links=list(row.event.links) or None,
                raw=row.raw,
            )
            for row in fresh
        ]
    )
    QueuedEvent.objects.bulk_create(
        [
            QueuedEvent(shard=row.shard, event_id=row.event.id, due_at=row.event.received_at)
            for row in fresh
        ]
    )
    return len(fresh)
