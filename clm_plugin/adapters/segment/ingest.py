"""A request's messages into the log: the good ones stored, the bad ones named."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.db import transaction

from clm_plugin.adapters.segment import carts
from clm_plugin.adapters.segment.devices import keep_apart
from clm_plugin.adapters.segment.messages import read_message
from clm_plugin.events.api import BadEvent, record_many

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from clm_plugin.adapters.segment.data import Sender, Surroundings
    from clm_plugin.adapters.segment.messages import Read
    from clm_plugin.events.api import NewEvent


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What became of a request's messages. ``stored`` counts events that were new."""

    stored: int
    refused: tuple[dict[str, Any], ...]


def ingest(messages: Sequence[object], sender: Sender, around: Surroundings) -> Outcome:
    """Store what can be stored, in one transaction."""
    reads: list[Read] = []
    refused: list[dict[str, Any]] = []
    for index, message in enumerate(messages):
        try:
            reads.append(read_message(message, sender, around))
        except BadEvent as error:
            refused.append({"index": index, "field": error.field, "why": error.why})
    stored = 0
    if any(read.events or read.changes for read in reads):
        with transaction.atomic():
            events = keep_apart(list(_in_order(reads)), sender)
            stored = record_many(events, received_at=around.received_at, checked=True)
    return Outcome(stored=stored, refused=tuple(refused))


def _in_order(reads: Sequence[Read]) -> Iterator[NewEvent]:
    """The events of all messages as they were sent: clients' clocks are coarse, and at the same
    instant the later one counts."""
    baskets = iter(carts.events_of([change for read in reads for change in read.changes]))
    for read in reads:
        yield from read.events
        for _ in read.changes:
            yield from next(baskets)
