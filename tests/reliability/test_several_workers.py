"""Several workers on one queue: every event once, the order of each actor kept, whoever dies."""

from __future__ import annotations

import os
import random
import signal
import time
from collections.abc import Callable, Iterator
from functools import partial
from typing import TYPE_CHECKING, Any

import psycopg
import pytest
from django.db import OperationalError, connection

from clm_plugin import pipeline
from clm_plugin.models import (
    DeadLetter,
    Event,
    Facts,
    Identifier,
    Profile,
    QueuedEvent,
    Standing,
)
from tests.factories import NOW, basket, days, new, order, store, viewed
from tests.reliability.meeting import wait_for
from tests.reliability.state import broken_ways, difference, state, undo, ways
from tests.reliability.stories import lives
from tests.reliability.work import TRACE

if TYPE_CHECKING:
    from pathlib import Path

    from clm_plugin.events.api import NewEvent
    from tests.reliability.crew import Crew

WORKERS = 4
pytestmark = pytest.mark.django_db(transaction=True)
Trace = Callable[[], list[tuple[str, Any]]]
Meet = Callable[..., None]
SMALL = {"BATCH_SIZE": 60}
"""Small batches, so that workers meet often."""


@pytest.fixture
def trace() -> Iterator[Trace]:
    """What the workers did, in the order in which they did it: (actor, event id)."""
    with connection.cursor() as cursor:
        cursor.execute(f"CREATE TABLE {TRACE} (n bigserial, actor varchar, event_id uuid)")

    def read() -> list[tuple[str, Any]]:
        with connection.cursor() as cursor:
            cursor.execute(f"SELECT actor, event_id FROM {TRACE} ORDER BY n")
            return list(cursor.fetchall())

    yield read
    with connection.cursor() as cursor:
        cursor.execute(f"DROP TABLE {TRACE}")


def assert_each_once_and_in_order(done: list[tuple[str, Any]]) -> None:
    ids = [event for _, event in done]
    assert sorted(ids) == sorted(Event.objects.values_list("id", flat=True))
    by_actor: dict[str, list[Any]] = {}
    for actor, event in done:
        by_actor.setdefault(actor, []).append(event)
    assert all(events == sorted(events) for events in by_actor.values())


def fill(people: int, events: int, seed: int) -> None:
    print(f"seed {seed}")
    told = lives(people, events, seed)
    for start in range(0, len(told), 50):
        store(*told[start : start + 50])


def deadlocks() -> int:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_stat_clear_snapshot()")
        cursor.execute("SELECT deadlocks FROM pg_stat_database WHERE datname = current_database()")
        return int(cursor.fetchone()[0])


def settled() -> tuple[dict[str, Any], dict[Any, Any]]:
    pipeline.sweep(now=NOW, send=False)
    return state(), ways()


def assert_as_one_worker_would() -> None:
    assert not QueuedEvent.objects.exists()
    assert not DeadLetter.objects.exists()
    assert broken_ways() == []
    many = settled()
    undo()
    pipeline.drain(now=NOW)
    one = settled()
    assert difference(many[0], one[0]) == []
    assert many[1] == one[1]
    assert len(one[1]) > 10


@pytest.mark.parametrize(
    ("people", "events", "seed"),
    [
        pytest.param(60, 1_000, 3, id="1000"),
        pytest.param(300, 5_000, 5, id="5000", marks=pytest.mark.slow),
    ],
)
def test_four_workers_do_what_one_would(
    crew: Crew, trace: Trace, people: int, events: int, seed: int
) -> None:
    fill(people, events, seed)
    before, began = deadlocks(), time.monotonic()
    crew.run("drain", WORKERS, now=NOW.isoformat(), clm=SMALL)
    took = time.monotonic() - began
    assert_each_once_and_in_order(trace())
    print(f"{Event.objects.count()} events in {took:.1f} s, {deadlocks() - before} deadlocks")
    # A deadlock is tried again; one that were not would leave its event postponed, and the workers
    # here would wait for it for ever.
    assert_as_one_worker_would()


@pytest.mark.parametrize(
    ("people", "events", "kills", "seed"),
    [
        pytest.param(60, 1_000, 3, 8, id="3"),
        pytest.param(300, 5_000, 20, 9, id="20", marks=pytest.mark.slow),
    ],
)
def test_a_killed_worker_loses_and_doubles_nothing(
    crew: Crew, trace: Trace, people: int, events: int, kills: int, seed: int
) -> None:
    fill(people, events, seed)
    chance = random.Random(seed)
    workers = [crew.start("drain", now=NOW.isoformat(), clm=SMALL) for _ in range(WORKERS)]
    in_hand = 0
    for _ in range(kills):
        time.sleep(chance.uniform(0.05, 0.25))
        if not QueuedEvent.objects.exists():
            break
        victim = workers.pop(chance.randrange(WORKERS))
        in_hand += 1
        os.kill(victim, signal.SIGKILL)
        workers.append(crew.start("drain", now=NOW.isoformat(), clm=SMALL))
    ended = list(crew.wait().values())
    print(f"{in_hand} workers killed")
    assert ended.count(signal.SIGKILL) == in_hand > 0
    assert set(ended) == {0, int(signal.SIGKILL)}
    assert_each_once_and_in_order(trace())
    assert_as_one_worker_would()


def test_without_the_locks_it_would_be_noticed(crew: Crew, trace: Trace, tmp_path: Path) -> None:
    """The check of the check: workers that claim without a lock count events twice."""
    fill(30, 600, 4)
    crew.run("drain", WORKERS, now=NOW.isoformat(), unlocked=str(tmp_path), workers=WORKERS)
    assert len(trace()) > Event.objects.count()
    views = sum(Facts.objects.values_list("product_views", flat=True))
    assert views > Event.objects.filter(type="product.viewed").count()


@pytest.fixture
def meet(crew: Crew, tmp_path: Path) -> Meet:
    return partial(_meet, crew, str(tmp_path))


def _meet(crew: Crew, place: str, first: NewEvent, second: NewEvent, *, hold: bool = True) -> None:
    """One worker is in the middle of the first event when another one comes to the second."""
    store(viewed("visitor:a", "1", NOW), at=NOW)
    # The account is the older one, so it survives.
    store(new("customer.registered", "customer:1", NOW - days(1)), at=NOW)
    pipeline.drain(now=NOW)
    store(first)
    job: dict[str, Any] = {"now": NOW.isoformat(), "place": place, "hold": hold}
    crew.start("slow_batch", **job)
    wait_for(place, 1)
    store(second)
    crew.start("slow_batch", **job)
    assert set(crew.wait().values()) == {0}
    assert not QueuedEvent.objects.exists()


LOGIN = new("customer.logged_in", "customer:1", NOW, links=("visitor:a",))
VIEW = viewed("visitor:a", "2", NOW)


@pytest.mark.parametrize(("first", "second"), [(VIEW, LOGIN), (LOGIN, VIEW)])
def test_a_merge_loses_nothing_that_is_in_hand(
    meet: Meet, first: NewEvent, second: NewEvent
) -> None:
    """A view is folded while another worker joins its visitor to an account."""
    meet(first, second)
    facts = Facts.objects.get()
    assert facts.product_views == 2
    assert set(facts.profile.identifiers.values_list("actor", flat=True)) == {
        "customer:1",
        "visitor:a",
    }
    assert Standing.objects.count() == 1


def test_it_is_holding_the_people_that_does_it(meet: Meet) -> None:
    """The check of the check: the view of whoever was merged away meanwhile is lost to her."""
    meet(VIEW, LOGIN, hold=False)
    who = Facts.objects.filter(profile__customer_id="1").get()
    assert who.product_views < 2


def test_a_name_that_two_workers_meet_at_once_joins_them(meet: Meet) -> None:
    """The same new basket seen with a visitor and with an account: they are one person."""
    names = ("basket:9",)
    meet(basket("visitor:a", "9", links=names), basket("customer:1", "9", links=names))
    assert Profile.objects.filter(merged_into=None).count() == 1
    assert Facts.objects.get().product_views == 1
    assert Identifier.objects.values("profile").distinct().count() == 1


def test_a_refund_about_nobody_and_a_new_order_at_once(meet: Meet) -> None:
    """Sums are made anew from the orders by both; neither may write over what the other saw."""
    store(order("customer:1", "o1", NOW))
    refund = new(
        "order.refunded",
        "",
        NOW,
        order_id="o1",
        refund_id="r1",
        amount_minor=100,
        currency="GBP",
    )
    meet(order("customer:1", "o2", NOW), refund)
    facts = Facts.objects.get(profile__customer_id="1")
    assert (facts.orders, facts.refunded_minor) == (2, 100)


@pytest.mark.parametrize("times", [1, 5])
def test_a_deadlock_is_tried_again_and_counts_as_no_try(
    monkeypatch: pytest.MonkeyPatch, times: int
) -> None:
    """The whole batch again, at once: what another transaction did is no fault of the event's."""
    store(*(viewed(f"visitor:{n}") for n in range(20)))
    sizes: list[int] = []

    def meets_another(batch: Any) -> None:
        sizes.append(len(batch.events))
        if len(sizes) <= times:
            raise OperationalError("deadlock detected") from psycopg.errors.DeadlockDetected()

    monkeypatch.setattr(pipeline, "STEPS", (*pipeline.STEPS, meets_another))
    assert pipeline.process(now=NOW, limit=20) == sizes[0]
    assert sizes == sizes[:1] * (times + 1)
    assert not QueuedEvent.objects.filter(attempts__gt=0).exists()
