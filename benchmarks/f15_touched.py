"""F15: a thousand people who did something, against placing and grouping everybody anew.

Of a million people a thousand do something (a view each, every third an order): their events are
carried up all floors, stages and ten segments included. The baseline gives everybody's stage and
all ten segments anew, in SQL where time alone changes nothing.
"""

from __future__ import annotations

import random
from functools import partial
from typing import TYPE_CHECKING

from benchmarks.harness import Bench, Figure, Outcome, seconds_of

if TYPE_CHECKING:
    from datetime import datetime

    from clm_plugin.events.api import NewEvent

PEOPLE, TOUCHED = 1_000_000, 1_000


def run(bench: Bench) -> Outcome:
    database = bench.database()
    from benchmarks.crowd import NOW, people_in
    from benchmarks.groups import publish_ten
    from clm_plugin import pipeline
    from clm_plugin.models import Membership
    from clm_plugin.segments.api import sizes

    people, touched = (20_000, 200) if bench.quick else (PEOPLE, TOUCHED)
    bench.say(f"making {people:,} people")
    people_in(database, people)
    publish_ten(NOW)
    database.analyze([Membership])
    everybody = seconds_of(partial(_everybody, NOW))
    bench.say(f"everybody: {everybody:.1f} s")
    before = {key: size.members for key, size in sizes().items()}
    pairs = []
    for round_ in range(bench.rounds + 1):
        _store(_doings(people, touched, seed=round_), NOW)
        seconds = seconds_of(lambda: pipeline.drain(now=NOW))
        if round_:
            pairs.append((everybody, seconds))
            bench.say(f"round {round_}/{bench.rounds}: {touched:,} people in {seconds:.2f} s")
    after = {key: size.members for key, size in sizes().items()}
    _everybody(NOW)
    anew = {key: size.members for key, size in sizes().items()}
    return Outcome(
        pairs=pairs,
        note=f"{touched:,} of {people:,} people, ten segments with {sum(after.values()):,} members;"
        " everybody once, the touched in each round",
        also=[
            ("memberships changed", before != after),
            ("looking at everybody afterwards finds nothing else", after == anew),
        ],
    )


def _everybody(now: datetime) -> None:
    from clm_plugin.lifecycle.api import request_restaging, restage_everybody
    from clm_plugin.segments import api as segments

    request_restaging(cause="gap", version=0, now=now)
    restage_everybody(now=now)
    segments.refresh(segments.ALL, cause="published", now=now)
    while segments.evaluate(now=now):
        pass


def _doings(people: int, touched: int, *, seed: int) -> list[NewEvent]:
    from benchmarks.crowd import NOW
    from clm_plugin.events.api import NewEvent

    chance = random.Random(seed)
    told = []
    for number, person in enumerate(chance.sample(range(1, people + 1), touched)):
        payload: dict[str, object] = {"product_id": str(chance.randrange(500))}
        type_ = "product.viewed"
        if number % 3 == 0:
            type_ = "order.placed"
            order = f"n{seed}-{number}"
            payload = {"order_id": order, "currency": "GBP", "total_minor": 4_000}
        told.append(
            NewEvent(
                type=type_,
                actor=f"customer:{person}",
                payload=payload,
                occurred_at=NOW,
                key=f"{seed}:{number}",
            )
        )
    return told


def _store(told: list[NewEvent], now: datetime) -> None:
    from clm_plugin.events.api import record_many

    record_many(told, received_at=now)


FIGURE = Figure(
    id="F15",
    title="1,000 people touched: stages and segments",
    against="everybody anew",
    unit="s",
    reach=0.01,
    better="lower",
    run=run,
)
