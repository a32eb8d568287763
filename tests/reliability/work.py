"""What a forked process does. Each function is a job that ``Crew`` starts by its name."""

from __future__ import annotations

import os
import random
import signal
import time
from datetime import datetime
from typing import Any

from django.db import connection
from django.db.models import QuerySet

from tests.reliability.meeting import meet, meeting_after

TRACE = "clm_test_trace"


def _without_row_locks() -> None:
    """The check of the check: claims and sweeps that lock nothing."""
    connection.features.has_select_for_update_skip_locked = False


def _trace(batch: Any) -> None:
    """A last step that notes, in the batch's own transaction, what was processed after what."""
    with connection.cursor() as cursor:
        rows = [(event.actor, event.id) for event in batch.events]
        cursor.executemany(f"INSERT INTO {TRACE} (actor, event_id) VALUES (%s, %s)", rows)


def slow_batch(now: str, place: str, hold: bool = True) -> None:
    """A worker with one batch, which stops to think once it knows whose the events are.

    It leaves word at the place when it has begun, so that another one comes while it thinks.
    """
    from clm_plugin import pipeline
    from clm_plugin.profiles import identity

    if not hold:
        vars(identity)["hold_profiles"] = lambda ids: True

    def dawdle(batch: Any) -> None:
        meet(place, 1)
        time.sleep(0.8)

    first, *rest = pipeline.STEPS
    pipeline.STEPS = (first, dawdle, *rest)
    pipeline.process(now=datetime.fromisoformat(now))


def drain(now: str, unlocked: str = "", workers: int = 1, trace: bool = True) -> None:
    """A worker: processes until the queue is empty. ``unlocked``: without locks, and where all
    wait until each has claimed."""
    from clm_plugin import pipeline
    from clm_plugin.models import QueuedEvent

    if unlocked:
        _without_row_locks()
        meeting_after(vars(pipeline)["events"], "claim", unlocked, workers)
    if trace:
        pipeline.STEPS += (_trace,)
    while QueuedEvent.objects.exists():
        pipeline.drain(now=datetime.fromisoformat(now))
        time.sleep(0.002)


def sweep(now: str, send: bool = False, unlocked: str = "", sweepers: int = 1) -> None:
    """What Celery's beat asks for. ``unlocked``: without locks, and where all wait until each has
    read what is due."""
    from clm_plugin import pipeline
    from clm_plugin.campaigns import journeys

    if unlocked:
        _without_row_locks()
        meeting_after(journeys, "look", unlocked, sweepers)
        # And for the floors that ask for a lock whatever the database can do.
        QuerySet.select_for_update = lambda rows, *_, **__: rows  # type: ignore[method-assign]
    pipeline.sweep(now=datetime.fromisoformat(now), send=send)


def tell(number: int, seed: int, copies: int, at_time: str, of: int | None = None) -> None:
    """A source that tells the same events again and again, in other orders and portions."""
    from clm_plugin.events.api import record_many
    from tests.reliability.stories import lives

    chance = random.Random(seed * 100 + number)
    told = lives(25, 500, seed if of is None else of, named=True)
    for _ in range(copies):
        chance.shuffle(told)
        rest = list(told)
        while rest:
            size = chance.choice([1, 7, 60, 200])
            record_many(rest[:size], received_at=datetime.fromisoformat(at_time))
            del rest[:size]


MOMENTS = ("committed", "receiving", "storing", "stored")
"""When a buyer dies: the order is committed and no signal sent; in our receiver; our rows are
written and not committed; all is committed."""


def buy(product: int, user: int, order: str, moment: str) -> None:
    """A checkout by Oscar's OrderCreator in a process that does not live to tell of it."""
    from django.contrib.auth import get_user_model
    from oscar.apps.order import utils
    from oscar.core.loading import get_model

    from clm_plugin.events import storage_postgres
    from tests.adapters import oscar_factory as oscar

    def die(*_: Any, **__: Any) -> None:
        os.kill(os.getpid(), signal.SIGKILL)

    insert = storage_postgres.insert

    def insert_and_die(rows: Any) -> int:
        insert(rows)
        die()
        return 0

    buyer = get_user_model().objects.get(pk=user)
    basket = oscar.fill_basket(
        oscar.make_request(buyer), [(get_model("catalogue", "Product").objects.get(pk=product), 1)]
    )
    if moment == "committed":
        utils.order_placed.send = die
    elif moment == "receiving":
        vars(storage_postgres)["insert"] = die
    elif moment == "storing":
        vars(storage_postgres)["insert"] = insert_and_die
    else:
        utils.order_placed.connect(die)  # after ours
    oscar.checkout(basket, buyer, number=order)


def regroup(now: str, place: str, hold: bool = True) -> None:
    """A sweep of memberships that takes its time before it writes what it decided: until another
    one has decided, when nobody holds the people."""
    from django.db import transaction

    from clm_plugin.segments import membership

    write = membership.write

    def late(*args: Any) -> None:
        if hold:
            time.sleep(0.8)
        else:
            meet(place, 2)
        write(*args)

    vars(membership)["write"] = late
    if not hold:
        vars(membership)["hold_standings"] = lambda ids, **_: set(ids)
    with transaction.atomic():
        membership.review_due(now=datetime.fromisoformat(now))


def buy_with_offers(product_id: int, checkouts: int, counted: bool = True) -> None:
    """Shoppers with an offer whose uses are limited, one after the other."""
    from tests.adapters.offers_work import buy

    buy(product_id, checkouts, counted=counted)


def take_codes(
    number: int, texts: list[list[str]], orders: list[list[str]], place: str = ""
) -> None:
    """Checkouts with codes of an offer that has few places left. ``place``: counted carelessly,
    and where all wait until each has looked."""
    from tests.offers.race import take

    take(texts[number], orders[number], place, len(texts))


def race_for_credit(
    number: int, users: list[int], product: int, folder: str, round_: int, locked: bool = True
) -> None:
    """Many spend the same credit in the same moment, in Oscar's checkout."""
    from tests.adapters.credit_work import race

    race(number, users, product, folder, round_, locked=locked)


def buy_with_credit_and_die(user: int, product: int, at_statement: int, note: str = "") -> None:
    """A checkout with store credit that is killed before a statement of its own."""
    from tests.adapters.credit_work import buy_and_die

    buy_and_die(user, product, at_statement, note)
