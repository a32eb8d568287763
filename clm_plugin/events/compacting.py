"""What retention needs of the log: the oldest of a type, the sums, and the raw payloads."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import TYPE_CHECKING
from uuid import UUID

from django.db import transaction
from django.db.models import Exists, OuterRef, Q

from clm_plugin.events.catalogue import TYPES
from clm_plugin.events.cursors import cursor_of, move_cursor
from clm_plugin.events.log import read_events
from clm_plugin.events.models import DeadLetter, QueuedEvent
from clm_plugin.events.models import Event as EventRow

if TYPE_CHECKING:
    from collections.abc import Sequence

    from django.db.models import QuerySet

    from clm_plugin.events.data import Event

SUMMED = "history.summed"
_RAW, _CHUNK = "retention.raw", 2_000


Cutoffs = Mapping[str, datetime]
"""Event type -> what is older may go."""


def oldest_actors(cutoffs: Cutoffs, *, limit: int) -> list[str]:
    """Some of those with events past their time; "" stands for events about nobody."""
    for type_, before in cutoffs.items():
        rows = (
            _processed().filter(type=type_, occurred_at__lt=before).order_by("occurred_at")
        ).values_list("actor", flat=True)[:limit]
        if found := list(dict.fromkeys(rows)):
            return found
    return []


def old_events_of(actors: Sequence[str], cutoffs: Cutoffs, *, limit: int) -> list[Event]:
    """What these actors did that is past its time, of all types at once."""
    past = Q()
    by_time: dict[datetime, list[str]] = {}
    for type_, before in cutoffs.items():
        by_time.setdefault(before, []).append(type_)
    for before, types in by_time.items():
        past |= Q(type__in=types, occurred_at__lt=before)
    ids = _processed().filter(past, actor__in=actors).order_by("id").values_list("id", flat=True)
    return read_events(id__in=list(ids[:limit]))


def _processed() -> QuerySet[EventRow]:
    """Events that were processed, or will never be."""
    return EventRow.objects.filter(~Exists(QueuedEvent.objects.filter(event_id=OuterRef("id"))))


def never_counted(ids: Sequence[UUID]) -> set[UUID]:
    """Which of these events are dead letters: nobody folded them, so nobody may sum them."""
    return set(DeadLetter.objects.filter(event_id__in=ids).values_list("event_id", flat=True))


def summaries_of(actors: Sequence[str]) -> list[Event]:
    """The sums that earlier purges left of these actors."""
    return read_events(actor__in=list(actors), type=SUMMED)


def add_summaries(events: Sequence[Event]) -> None:
    """Put sums into the log; they are counted already, so no queue row is made."""
    EventRow.objects.bulk_create(
        [
            EventRow(
                id=event.id,
                type=event.type,
                version=TYPES[event.type].version,
                actor=event.actor,
                occurred_at=event.occurred_at,
                received_at=event.received_at,
                source=event.source,
                payload=event.payload,
            )
            for event in events
        ],
        batch_size=500,
    )


def drop_raw(before: datetime, *, now: datetime) -> int:
    """Empty what outside sources sent along with events received before a moment.

    Goes on where the last run stopped: the log is in order of receipt.
    """
    done = 0
    while True:
        after = UUID(cursor_of(_RAW) or str(UUID(int=0)))
        page = list(
            EventRow.objects.filter(id__gt=after)
            .order_by("id")
            .values_list("id", "received_at")[:_CHUNK]
        )
        old = [id_ for id_, received_at in page if received_at < before]
        if not old:
            return done
        with transaction.atomic():
            done += EventRow.objects.filter(id__in=old, raw__isnull=False).update(raw=None)
            move_cursor(_RAW, str(old[-1]), now=now)
        if len(old) < len(page) or len(page) < _CHUNK:
            return done
