"""Reading the log from the beginning, in order of receipt."""

from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import UUID

from django.db.models import Exists, OuterRef

from clm_plugin.events.capture import stored_event
from clm_plugin.events.models import DeadLetter, Event, QueuedEvent

if TYPE_CHECKING:
    from collections.abc import Iterator

    from django.db.models import QuerySet

    from clm_plugin.events.data import Event as EventData


def _processed() -> QuerySet[Event]:
    waiting = QueuedEvent.objects.filter(event_id=OuterRef("id"))
    dead = DeadLetter.objects.filter(event_id=OuterRef("id"))
    return Event.objects.filter(~Exists(waiting), ~Exists(dead))


def count_events() -> int:
    """How many events of the log have been processed."""
    return _processed().count()


def in_batches(size: int) -> Iterator[list[EventData]]:
    """All processed events, oldest first, in batches; keyset paging, so memory stays flat."""
    last = UUID(int=0)
    while rows := list(_processed().filter(id__gt=last).order_by("id")[:size]):
        last = rows[-1].id
        yield [stored_event(row) for row in rows]
