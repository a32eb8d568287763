"""Capture: events into log, keys and queue, in the transaction of whoever tells us.

One statement for a few events on PostgreSQL; for a batch one that claims the keys, and two COPYs.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING
from uuid import UUID
from zlib import crc32

from django.db import connection, transaction

from clm_plugin import clock
from clm_plugin.conf import settings
from clm_plugin.events import storage_generic, storage_postgres
from clm_plugin.events.catalogue import TYPES
from clm_plugin.events.checking import check
from clm_plugin.events.data import SHARDS, Event, Json, NewEvent, uuid7
from clm_plugin.events.limits import MAX_EVENT, BadEvent, clamp, clean_text
from clm_plugin.events.models import EventKey

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from datetime import date

# Made once: json.dumps with options makes an encoder for every call.
_as_json = json.JSONEncoder(separators=(",", ":"), allow_nan=False).encode
_MEMORY = {"browser": timedelta(hours=24)}


@dataclass(frozen=True, slots=True)
class Row:
    """What is written for one event, in all three tables."""

    event: Event
    version: int
    key: UUID
    keep_until: date | None
    shard: int
    payload_json: str
    links_json: str | None
    raw: Json | None
    raw_json: str | None


on_stored: list[Callable[[], None]] = []
"""Called on commit after something was stored (``jobs.wake`` is put here at start-up)."""


def record(new: NewEvent) -> bool:
    """Store one event in the caller's transaction; True when it is new. Raises BadEvent."""
    return bool(record_many([new]))


def record_many(
    news: Iterable[NewEvent], *, received_at: datetime | None = None, checked: bool = False
) -> int:
    """Store events; returns how many were new. Replays of a known key change nothing.

    ``checked`` says that payloads have been through ``checking.check`` already.
    """
    at = received_at or clock.now()
    make = _Rows(at, checked)
    rows = {row.key: row for row in map(make.row, news)}
    if not rows:
        return 0
    postgres = connection.vendor == "postgresql"
    insert = storage_postgres.insert if postgres else storage_generic.insert
    with transaction.atomic():
        stored = insert(list(rows.values()))
    if stored:
        for callback in on_stored:
            transaction.on_commit(callback, robust=True)
    return stored


def shard_of(actor: str) -> int:
    """The queue shard of an actor: stable across processes and releases."""
    return crc32(actor.encode()) % SHARDS


def key_of(namespace: str, key: str) -> UUID:
    """The 128-bit dedupe key of a source's own id."""
    digest = hashlib.blake2b(f"{namespace}\x1f{key}".encode(), digest_size=16).digest()
    return UUID(bytes=digest)


def known_keys(news: Iterable[NewEvent]) -> set[tuple[str, str]]:
    """Which of these are in the log, as (namespace, key); one query."""
    keys = {
        key_of(new.namespace or new.source, new.key): (new.namespace or new.source, new.key)
        for new in news
        if new.key
    }
    found = EventKey.objects.filter(key__in=keys).values_list("key", flat=True)
    return {keys[key] for key in found}


class _Rows:
    """Makes the rows of one batch; what is the same for all of them is worked out once."""

    def __init__(self, at: datetime, checked: bool) -> None:
        self._at = at
        self._checked = checked
        self._keep_until = (at + timedelta(days=settings.BROWSER_KEY_DAYS)).date()

    def row(self, new: NewEvent) -> Row:
        """All that is written for one event. Raises BadEvent."""
        payload = new.payload if self._checked else check(new.type, new.payload)
        text = _as_json(payload)
        browser = new.source == "browser"
        limit = MAX_EVENT if browser else 32 * MAX_EVENT
        if len(text) > limit:
            raise BadEvent("data", f"larger than {limit} bytes as JSON")
        event = Event(
            id=uuid7(),
            type=new.type,
            actor=clean_text(new.actor, "actor", 80),
            object_id=clean_text(new.object_id, "object_id", 64),
            occurred_at=clamp(
                new.occurred_at, received_at=self._at, memory=_MEMORY.get(new.source)
            ),
            received_at=self._at,
            source=new.source,
            payload=payload,
            links=new.links,
        )
        return Row(
            event=event,
            version=TYPES[new.type].version,
            key=key_of(new.namespace or new.source, new.key) if new.key else event.id,
            keep_until=self._keep_until if browser or new.brief_key else None,
            shard=crc32(new.actor.encode()) % SHARDS,
            payload_json=text,
            links_json=json.dumps(new.links) if new.links else None,
            raw=new.raw,
            raw_json=_as_json(new.raw) if new.raw else None,
        )
