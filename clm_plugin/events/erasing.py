"""Taking events out of the log: the one thing that rewrites it, for erasure and retention."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

from django.db import connection
from django.db.models import Q

from clm_plugin.events.capture import shard_of
from clm_plugin.events.models import Cursor, DeadLetter, Event, QueuedEvent, Shard

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from uuid import UUID

    from django.db.models import QuerySet

_ORDER_TYPES = (
    "order.placed",
    "order.cancelled",
    "order.refunded",
    "order.status_changed",
    "order.line_status_changed",
)
_CHUNK = 5_000
_NEVER = datetime(2000, 1, 1, tzinfo=UTC)


def hold_shards(actors: Iterable[str]) -> None:
    """Keep workers off the events of these actors until the caller's transaction ends."""
    ids = sorted({shard_of(actor) for actor in actors})
    if connection.features.has_select_for_update:
        list(Shard.objects.select_for_update().filter(id__in=ids).order_by("id"))


def events_about(actors: Sequence[str], order_ids: Sequence[str] = ()) -> QuerySet[Event]:
    """The events of these actors, and those the shop told of these orders naming nobody."""
    which = Q(actor__in=actors)
    if order_ids:
        which |= Q(actor="", type__in=_ORDER_TYPES, object_id__in=order_ids)
    return Event.objects.filter(which)


def forget_events(ids: Sequence[UUID]) -> int:
    """Delete events from log, queue and dead letters; returns how many were in the log."""
    done = 0
    for start in range(0, len(ids), _CHUNK):
        chunk = ids[start : start + _CHUNK]
        QueuedEvent.objects.filter(event_id__in=chunk).delete()
        DeadLetter.objects.filter(event_id__in=chunk).delete()
        done += Event.objects.filter(id__in=chunk).delete()[0]
    return done


def relink(links: Mapping[UUID, Sequence[str]]) -> None:
    """Give events other links; none at all is null."""
    rows = [Event(id=id_, links=list(left) or None) for id_, left in links.items()]
    if rows:
        Event.objects.bulk_update(rows, ["links"], batch_size=500)


def unlink(names: Iterable[str]) -> int:
    """Take these names out of the links of other people's events (a device that two shared).

    Reads every event with links: nothing else knows which ones name her. Returns how many changed.
    """
    gone = set(names)
    if not gone:
        return 0
    linked = Event.objects.filter(links__isnull=False)
    if connection.vendor == "postgresql":
        linked = linked.filter(links__has_any_keys=sorted(gone))
    changed = {
        id_: [name for name in links if name not in gone]
        for id_, links in linked.values_list("id", "links").iterator(chunk_size=_CHUNK)
        if links and gone.intersection(links)
    }
    relink(changed)
    return len(changed)


def hold_log() -> None:
    """One rewriter of the log at a time: a purge never meets a rebuild that is reading it."""
    Cursor.objects.get_or_create(name="log.rewriting", defaults={"value": "", "updated_at": _NEVER})
    if connection.features.has_select_for_update:
        Cursor.objects.select_for_update().get(name="log.rewriting")
