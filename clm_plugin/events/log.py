"""Reading the log, in order of receipt."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.db.models import Exists, OuterRef

from clm_plugin.events.data import Event
from clm_plugin.events.models import DeadLetter, QueuedEvent
from clm_plugin.events.models import Event as EventRow
from clm_plugin.instants import instant, select

if TYPE_CHECKING:
    from collections.abc import Iterator

    from django.db.models import QuerySet

_COLUMNS = (
    "id", "type", "actor", "object_id", "occurred_at", "received_at", "source", "payload", "links",
)  # fmt: skip


def read_events(**which: Any) -> list[Event]:
    """Events of the log by a filter, oldest first; one query."""
    return _frozen(EventRow.objects.filter(**which))


def latest_of(type_: str, object_id: str, *, limit: int) -> list[Event]:
    """The latest events of a type about one object, newest first; one query."""
    rows = EventRow.objects.filter(type=type_, object_id=object_id).order_by("-occurred_at", "-id")
    return _frozen_in_order(rows[:limit])


def _frozen(rows: QuerySet[EventRow]) -> list[Event]:
    return _frozen_in_order(rows.order_by("id"))


def _frozen_in_order(rows: QuerySet[EventRow]) -> list[Event]:
    columns = [select(name) if name.endswith("_at") else name for name in _COLUMNS]
    # Plain tuples: a model instance per event would cost more than all else that is done with it.
    return [
        Event(
            id=id_,
            type=type_,
            actor=actor,
            object_id=object_id,
            occurred_at=instant(occurred_at),
            received_at=instant(received_at),
            source=source,
            payload=payload,
            links=tuple(links or ()),
        )
        for id_, type_, actor, object_id, occurred_at, received_at, source, payload, links in (
            rows.values_list(*columns)
        )
    ]


def _processed() -> QuerySet[EventRow]:
    waiting = QueuedEvent.objects.filter(event_id=OuterRef("id"))
    dead = DeadLetter.objects.filter(event_id=OuterRef("id"))
    return EventRow.objects.filter(~Exists(waiting), ~Exists(dead))


def count_events(most: int | None = None, **which: Any) -> int:
    """How many events of the log (or of a filter) have been processed, counted to ``most``."""
    return _processed().filter(**which).order_by()[:most].count()


def in_batches(size: int, **which: Any) -> Iterator[list[Event]]:
    """All processed events (or those of a filter), oldest first, in batches.

    Keyset paging, so memory stays flat.
    """
    last = UUID(int=0)
    while True:
        ids = _processed().filter(id__gt=last, **which).order_by("id").values("id")[:size]
        batch = read_events(id__in=ids)
        if not batch:
            return
        last = batch[-1].id
        yield batch
