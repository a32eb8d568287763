"""Memberships under several workers: one change, told once; and soon."""

from __future__ import annotations

import time
from collections import defaultdict
from typing import TYPE_CHECKING

import pytest

from clm_plugin import clock, pipeline
from clm_plugin.models import Membership, MembershipChange, Profile, QueuedEvent
from clm_plugin.segments import api as segments
from clm_plugin.segments.live import live_segments
from tests.factories import NOW, days, order, store, viewed
from tests.reliability.stories import lives
from tests.segments.circle import did, inside, members, orders, publish
from tests.services.workers import eventually

if TYPE_CHECKING:
    from pathlib import Path

    from tests.reliability.crew import Crew
    from tests.services.workers import StartWorker

pytestmark = pytest.mark.django_db(transaction=True)
SMALL = {"BATCH_SIZE": 40}


def publish_some() -> None:
    publish("buyers", orders(1))
    publish("regulars", orders(3))
    publish("lately", did("product.viewed", 2, within_days=9))
    publish("silent", orders(1), did("order.placed", 0, at_most=0, within_days=6))
    publish("keen", inside("lately"), inside("buyers"))


def twice_told() -> list[tuple[int, str]]:
    """Who entered where she was, or left where she was not; and whose last line is not so."""
    lines: dict[tuple[int, str], list[bool]] = defaultdict(list)
    rows = MembershipChange.objects.order_by("id")
    for pid, key, entered in rows.values_list("profile_id", "segment_id", "entered"):
        lines[pid, key].append(entered)
    now_in = set(Membership.objects.filter(inside=True).values_list("profile_id", "segment_id"))
    live = {key for key in lines if key in now_in or lines[key][-1]}
    wrong = [
        key
        for key, told in lines.items()
        if any(one == other for one, other in zip([False, *told], told, strict=False))
    ]
    return wrong + [key for key in live if (key in now_in) != lines[key][-1]]


def test_workers_sweeps_and_an_evaluation_at_once(crew: Crew) -> None:
    publish_some()
    for event in lives(40, 500, seed := 4):
        store(event)
    print(f"seed {seed}")
    crew.run("drain", 2, now=NOW.isoformat(), clm=SMALL, trace=False)
    then = NOW + days(5)
    store(*(viewed(f"customer:{n}", "3", then) for n in range(40)), at=then)
    store(*(order(f"customer:{n}", f"late-{n}", then) for n in range(0, 40, 3)), at=then)
    publish("viewers", did("product.viewed"))
    workers = [crew.start("drain", now=then.isoformat(), clm=SMALL, trace=False) for _ in "12"]
    workers += [crew.start("sweep", now=then.isoformat()) for _ in "123"]
    assert set(crew.wait().values()) == {0}
    pipeline.sweep(now=then, send=False)
    assert not QueuedEvent.objects.exists()
    lives_now = segments.sizes()
    for key, live in live_segments().segments.items():
        assert live.group is not None
        wanted = set(segments.matching(live.group, then).values_list("id", flat=True))
        assert set(segments.member_ids(key)) == wanted, key
        assert lives_now[key].members == len(wanted)
    merged = set(Profile.objects.filter(merged_into__isnull=False).values_list("id", flat=True))
    assert [key for key in twice_told() if key[0] not in merged] == []


@pytest.mark.parametrize("hold", [True, False])
def test_two_sweeps_meet_the_same_people(crew: Crew, hold: bool, tmp_path: Path) -> None:
    """Without holding them both tell the change: the check of the check."""
    publish("lately", did("product.viewed", within_days=7))
    segments.evaluate(now=NOW)
    store(*(viewed(f"visitor:{n}") for n in range(5)))
    pipeline.drain(now=NOW)
    crew.run("regroup", 2, now=(NOW + days(7)).isoformat(), hold=hold, place=str(tmp_path))
    assert members("lately") == set()
    assert MembershipChange.objects.filter(entered=False).count() == (5 if hold else 10)


def test_a_membership_shows_within_a_second(celery_worker_process: StartWorker) -> None:
    celery_worker_process()
    for number in range(10):
        publish(f"viewers-{number}", did("product.viewed", within_days=number + 1))
    segments.evaluate(now=NOW)
    seconds = []
    for number in range(30):
        if number % 10 == 9:
            time.sleep(1.5)  # longer than a worker lingers: this one must be woken anew
        actor = f"visitor:{number}"
        store(viewed(actor, at=clock.now()))
        committed = time.monotonic()
        eventually(lambda who=actor: _inside(who), seconds=10)
        seconds.append(time.monotonic() - committed)
    median, p95 = sorted(seconds)[15], sorted(seconds)[int(0.95 * len(seconds))]
    print(f"30 events: median {median:.2f} s, p95 {p95:.2f} s, max {max(seconds):.2f} s")
    assert p95 <= 1


def _inside(actor: str) -> bool:
    rows = Membership.objects.filter(profile__identifiers__actor=actor, inside=True)
    return rows.count() == 10


def test_a_publish_is_evaluated_by_a_worker(celery_worker_process: StartWorker) -> None:
    store(*(order(f"customer:{n}", f"o{n}") for n in range(50)))
    pipeline.drain(now=NOW)
    celery_worker_process()
    from celery import current_app

    eager = current_app.conf.task_always_eager
    current_app.conf.task_always_eager = False
    try:
        publish("buyers", orders(1), now=clock.now())
    finally:
        current_app.conf.task_always_eager = eager
    eventually(lambda: len(segments.member_ids("buyers")) == 50, seconds=10)
