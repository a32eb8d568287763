"""F4: carrying events up the floors (profiles, facts, stages, segments, campaigns) against storing
them (F3).

Ten segments are published. Each round stores browser events in batches of 500 and then empties the
queue, on empty tables and again on the same people, so that half of the work is for profiles that
exist.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from functools import partial
from typing import TYPE_CHECKING

from benchmarks.harness import Bench, Figure, Outcome, rates, seconds_of

if TYPE_CHECKING:
    from clm_plugin.events.api import NewEvent

BATCH = 500


def run(bench: Bench) -> Outcome:
    database = bench.database()
    from benchmarks.groups import publish_ten
    from benchmarks.traffic import START, browsing
    from clm_plugin import pipeline
    from clm_plugin.events.models import Event, EventKey, QueuedEvent
    from clm_plugin.profiles.models import Facts, Identifier, Profile

    number = 4_000 if bench.quick else 40_000
    now = START + timedelta(hours=6)
    publish_ten(now)
    seconds, left = [], 0
    for round_ in range(bench.rounds + 1):
        database.empty(Profile, Event, EventKey, QueuedEvent)
        stored = processed = 0.0
        for _ in range(2):  # the same seed gives the same people
            events = browsing(number // 2, visitors=number // 20, seed=round_)
            stored += seconds_of(partial(_store, events, now))
            database.analyze([Profile, Identifier, Facts])
            processed += seconds_of(lambda: pipeline.drain(now=now))
        left += QueuedEvent.objects.count()
        if round_:
            seconds.append((stored, processed))
            bench.say(
                f"round {round_}/{bench.rounds}: stored {number / stored:,.0f}/s,"
                f" processed {number / processed:,.0f}/s"
            )
    return Outcome(
        pairs=rates(seconds, number),
        note=f"{number:,} browser events of {number // 20:,} people a round, one worker,"
        " ten segments",
        also=[("nothing is left in the queue", left == 0)],
    )


def _store(events: list[NewEvent], now: datetime) -> None:
    from clm_plugin.events.api import record_many

    for start in range(0, len(events), BATCH):
        record_many(events[start : start + BATCH], received_at=now)


FIGURE = Figure(
    id="F4",
    title="process: events to profiles, facts, stages, segments",
    against="storing them (F3)",
    unit="events/s",
    reach=0.5,
    better="higher",
    run=run,
)
