"""THE FLOW: the ordered steps an event goes through. Read this first.

    shop signal / browser beacon / API
      -> event -> profile -> stage -> segment -> decision -> widget | mail -> outcome -> insight

Capture (``events.record``) wrote the event, its key and its place in the queue in the transaction
of whoever told us. ``process`` takes a batch off the queue and carries it up the floors; the
batch's effects and its deletion from the queue are one transaction. ``sweep`` does what time alone
makes due (``sweeping``). One event and a million go the same way: a batch of one, and more batches.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from django.db import transaction

from clm_plugin import merges, sweeping
from clm_plugin.attribution import api as attribution
from clm_plugin.campaigns import api as campaigns
from clm_plugin.events import api as events
from clm_plugin.events.api import Claim, Event
from clm_plugin.garbage import collected_later
from clm_plugin.lifecycle import api as lifecycle
from clm_plugin.messages import api as messages
from clm_plugin.offers import api as offers
from clm_plugin.profiles import api as profiles
from clm_plugin.segments import api as segments
from clm_plugin.sweeping import SweepReport, next_due, restage, restaged, send_mails
from clm_plugin.upsert import is_conflict
from clm_plugin.wallet import api as wallet

__all__ = [
    "Batch",
    "SweepReport",
    "drain",
    "next_due",
    "process",
    "restage",
    "send_mails",
    "sweep",
]

logger = logging.getLogger("clm_plugin")


@dataclass(slots=True)
class Batch:
    """A batch on its way up: each step reads what the floors below it put here."""

    events: Sequence[Event]
    now: datetime
    profile_of: dict[str, int] = field(default_factory=dict)
    turns: dict[int, list[lifecycle.Turn]] = field(default_factory=dict)
    before: dict[int, profiles.FactRow] = field(default_factory=dict)
    touched: frozenset[int] = frozenset()
    orders: frozenset[str] = frozenset()
    moves: lifecycle.Moves = field(default_factory=lifecycle.Moves)
    cause: dict[int, str] = field(default_factory=dict)
    last: dict[int, datetime] = field(default_factory=dict)
    boosts: dict[tuple[str, str], int] = field(default_factory=dict)
    """Per cent of the usual that offers let orders earn, by order and programme."""
    told: dict[int, set[str]] = field(default_factory=dict)
    """The types of the events about each person."""
    merged: tuple[profiles.Merge, ...] = ()
    changes: Sequence[segments.Change] = ()


def identify(batch: Batch) -> None:
    """Whose events these are; people who turned out to be one are merged on every floor.

    What is told of somebody who was erased is dropped here, before anybody knows of it.
    """
    batch.events = profiles.without_erased(batch.events)
    found = profiles.resolve(batch.events)
    batch.profile_of = dict(found.profile_of)
    if found.merges:
        merges.merge(found.merges, now=batch.now)
        batch.merged = found.merges
    for event in batch.events:
        pid = batch.profile_of.get(event.actor)
        if pid is None:  # the shop did something to an order of hers
            pid = found.owner_of.get(event.payload.get("order_id", ""))
        if pid is not None:
            batch.cause[pid] = event.type
            batch.told.setdefault(pid, set()).add(event.type)
            batch.last[pid] = max(batch.last.get(pid, event.occurred_at), event.occurred_at)


def recall(batch: Batch) -> None:
    """The facts before these events, of those who come to a turning point in them; and how much
    faster offers let them earn as they are now, before an order makes others of them."""
    for event in batch.events:
        if event.type in lifecycle.TURNING and event.actor in batch.profile_of:
            turn = lifecycle.turn_of(event)
            batch.turns.setdefault(batch.profile_of[event.actor], []).append(turn)
    batch.before = profiles.fact_rows(batch.turns)
    batch.boosts = wallet.boosts_before(batch.events, batch.profile_of, boost=_boost)


def fold(batch: Batch) -> None:
    """What the events add up to."""
    folded = profiles.fold_events(batch.events, batch.profile_of)
    batch.touched, batch.orders = folded.profiles, folded.orders


def place(batch: Batch) -> None:
    """The stage everybody touched is in now."""
    batch.moves = lifecycle.restage(
        batch.touched,
        before=batch.before,
        turns=batch.turns,
        at={pid: batch.last.get(pid, batch.now) for pid in batch.touched},
        cause=batch.cause,
    )


def group(batch: Batch) -> None:
    """The segments everybody touched is in now: only those that these events can change."""
    told = {pid: segments.touched_by_types(types) for pid, types in batch.told.items()}
    for pid in restaged(batch.moves):
        told[pid] = told.get(pid, frozenset()) | segments.STAGE_FACETS
    for merge in batch.merged:
        told[merge.survivor] = segments.ALL
    cause = batch.cause | dict.fromkeys(_history(batch), segments.BACKFILL)
    batch.changes = segments.review(told, now=batch.now, cause=cause)


def earn(batch: Batch) -> None:
    """What the events earn in store credit, and what others take back: in the ledger at once.

    The news of it are events of their own, in the queue behind these.
    """
    wallet.earn(batch.events, batch.profile_of, now=batch.now, boost=_boost, before=batch.boosts)
    offers.settle(batch.events, now=batch.now)


def _boost(profile_id: int | None, programme: str, at: datetime) -> int:
    """Per cent of the usual that an offer lets somebody earn."""
    return offers.multiplier_of(profile_id, programme, at).percent


def respond(batch: Batch) -> None:
    """Journeys that start and end; what shoppers did with widgets and mails."""
    history = _history(batch)
    campaigns.react(
        batch.events,
        batch.profile_of,
        now=batch.now,
        moves=[move for move in batch.moves if move.profile_id not in history],
        changes=[change for change in batch.changes if not change.is_silent],
    )
    clicks = [
        attribution.Click(
            profile_id=batch.profile_of[event.actor],
            campaign=campaign,
            channel="widget",
            reference=event.payload["receipt"],
            clicked_at=event.occurred_at,
        )
        for event, campaign in campaigns.note_reactions(batch.events, batch.profile_of)
    ]
    clicks += [
        attribution.Click(
            profile_id=click.profile_id,
            campaign=click.campaign,
            channel="mail",
            reference=str(click.id),
            clicked_at=click.at,
        )
        for click in messages.confirm_clicks(batch.events, now=batch.now)
    ]
    if clicks:
        attribution.touch(clicks)


def _history(batch: Batch) -> set[int]:
    """The people whose history is read in: what it changes is news to nobody."""
    people = {batch.profile_of.get(event.actor, 0) for event in batch.events if not event.is_live}
    return people - {0}


def credit(batch: Batch) -> None:
    """The orders that followed a click."""
    if batch.orders:
        attribution.credit(batch.orders)


STEPS: tuple[Callable[[Batch], None], ...] = (
    identify, recall, fold, place, group, earn, respond, credit,
)  # fmt: skip


def process(*, now: datetime, limit: int | None = None) -> int:
    """Claim and process one batch; returns how many events left the queue, 0 when none was due."""
    with collected_later(), transaction.atomic():
        held = events.claim(now=now, limit=limit)
        if not held.events:
            return 0
        return _carry(held, held.events, now)


_AGAIN = 5
"""How often a batch that met another worker's locks is tried again as it is."""


def _carry(held: Claim, batch: Sequence[Event], now: datetime, again: int = _AGAIN) -> int:
    """Process events or, where one of them is poison, halve until it stands alone."""
    try:
        with transaction.atomic():
            run = Batch(batch, now)
            for step in STEPS:
                step(run)
            events.finish(held, batch)
    except Exception as error:
        if again and is_conflict(error):  # nobody's fault, and all of ours is undone
            return _carry(held, batch, now, again - 1)
        if len(batch) > 1:
            middle = len(batch) // 2
            return _carry(held, batch[:middle], now) + _carry(held, batch[middle:], now)
        dead = events.postpone(held, batch[0], reason=repr(error), now=now)
        logger.exception(
            "clm: event %s (%s) failed%s",
            batch[0].id,
            batch[0].type,
            " for the last time" if dead else "; it will be tried again",
        )
        return int(dead)
    return len(batch)


def drain(*, now: datetime, progress: Callable[[int], None] | None = None) -> int:
    """Process batches until none is due; returns how many events left the queue."""
    total = 0
    while done := process(now=now):
        total += done
        if progress is not None:
            progress(total)
    return total


def sweep(*, now: datetime, send: bool = True) -> SweepReport:
    """Do all that is due: credit, the queue's leftovers, ageing stages and segments, steps, mails.

    Touches only what is due, in batches of one transaction each, so two sweeps may run at once.
    """
    credit = sweeping.sweep_credit(now=now)  # first: its news are events that start campaigns
    return sweeping.sweep(now=now, send=send, processed=drain(now=now), credit=credit)
