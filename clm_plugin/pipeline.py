"""THE FLOW: the ordered steps an event goes through. Read this first.

    shop signal / browser beacon / API
      -> event -> profile -> stage -> segment -> decision -> widget | mail -> outcome -> insight

Capture (``events.record``) wrote the event, its key and its place in the queue in the transaction
of whoever told us. ``process`` takes a batch off the queue and carries it up the floors; the
batch's effects and its deletion from the queue are one transaction. ``sweep`` does what time alone
makes due. One event and a million go the same way: a batch of one, and more batches.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from django.db import transaction

from clm_plugin import merges
from clm_plugin.attribution import api as attribution
from clm_plugin.campaigns import api as campaigns
from clm_plugin.events import api as events
from clm_plugin.events.api import Claim, Event
from clm_plugin.garbage import collected_later
from clm_plugin.lifecycle import api as lifecycle
from clm_plugin.messages import api as messages
from clm_plugin.profiles import api as profiles
from clm_plugin.segments import api as segments
from clm_plugin.upsert import is_conflict

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
    """The facts before these events, of those who come to a turning point in them."""
    for event in batch.events:
        if event.type in lifecycle.TURNING and event.actor in batch.profile_of:
            turn = lifecycle.turn_of(event)
            batch.turns.setdefault(batch.profile_of[event.actor], []).append(turn)
    batch.before = profiles.fact_rows(batch.turns)


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
    for pid in _restaged(batch.moves):
        told[pid] = told.get(pid, frozenset()) | segments.STAGE_FACETS
    for merge in batch.merged:
        told[merge.survivor] = segments.ALL
    cause = batch.cause | dict.fromkeys(_history(batch), segments.BACKFILL)
    batch.changes = segments.review(told, now=batch.now, cause=cause)


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


def _restaged(moves: lifecycle.Moves) -> set[int]:
    """The people whose stage or flag changed."""
    return {move.profile_id for move in moves} | moves.flagged


def _history(batch: Batch) -> set[int]:
    """The people whose history is read in: what it changes is news to nobody."""
    people = {batch.profile_of.get(event.actor, 0) for event in batch.events if not event.is_live}
    return people - {0}


def credit(batch: Batch) -> None:
    """The orders that followed a click."""
    if batch.orders:
        attribution.credit(batch.orders)


STEPS: tuple[Callable[[Batch], None], ...] = (identify, recall, fold, place, group, respond, credit)


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


@dataclass(frozen=True, slots=True, kw_only=True)
class SweepReport:
    """What a sweep found to do."""

    events: int
    moves: int
    changes: int
    steps: int
    mails: int


def sweep(*, now: datetime, send: bool = True) -> SweepReport:
    """Do all that is due: the queue's leftovers, ageing stages and segments, journey steps, mails.

    Touches only what is due, in batches of one transaction each, so two sweeps may run at once.
    """
    done = SweepReport(
        events=drain(now=now),
        moves=_until_none(lambda: _age(now)),
        changes=_until_none(lambda: _regroup(now)),
        steps=_until_none(lambda: _advance(now)),
        mails=send_mails(now=now) if send else 0,
    )
    restage(now=now)
    segments.evaluate(now=now)
    return done


def restage(*, now: datetime) -> None:
    """Go on placing everybody where model or gaps changed, then segments; it starts no campaign."""
    if lifecycle.restage_everybody(now=now) is not None:
        segments.refresh(segments.STAGE_FACETS, cause="model", now=now)


def send_mails(*, now: datetime) -> int:
    """Send what is due; returns how many mails were taken in hand. Commits for each mail."""
    messages.recover(now=now)
    total = 0
    while taken := messages.send_due(now=now).claimed:
        total += taken
    return total


def _age(now: datetime) -> int:
    """Moves that time owed, what they change in segments, and the campaigns they start."""
    moves = lifecycle.restage_due(now=now)
    told = dict.fromkeys(_restaged(moves), segments.STAGE_FACETS)
    changes = segments.review(told, now=now, cause={})
    campaigns.react((), {}, now=now, moves=moves, changes=changes)
    return moves.looked


def _regroup(now: datetime) -> int:
    """Changes of segments that time owed, and the campaigns they start."""
    changes, looked = segments.review_due(now=now)
    if changes:
        campaigns.react((), {}, now=now, changes=changes)
    return looked


def _advance(now: datetime) -> int:
    intents, looked = campaigns.advance(now=now)
    if intents:
        messages.deliver(intents, now=now)
    return looked


def _until_none(once: Callable[[], int]) -> int:
    """Repeat a batch, each in its own transaction, until it finds nothing."""
    total = 0
    while True:
        with transaction.atomic():
            found = once()
        if not found:
            return total
        total += found


def next_due() -> datetime | None:
    """The next moment at which a sweep will have something to do; None: nothing waits."""
    waiting = (events, lifecycle, segments, campaigns, messages)
    times = [floor.next_due() for floor in waiting]
    return min((at for at in times if at is not None), default=None)
