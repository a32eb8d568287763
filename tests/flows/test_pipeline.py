"""The flow: batches, order, poison, replays, and what time makes due."""

import random
from collections.abc import Mapping, Sequence
from datetime import timedelta

import pytest
from pytest_django import DjangoAssertNumQueries

from clm_plugin import pipeline
from clm_plugin.events import api as events
from clm_plugin.lifecycle.rules import DEFAULT_GAP
from clm_plugin.models import DeadLetter, Event, Facts, Profile, QueuedEvent, StageChange, Standing
from clm_plugin.profiles import api as profiles
from clm_plugin.rebuild import rebuild_facts
from tests.factories import NOW, basket, days, new, order, store, viewed

pytestmark = pytest.mark.django_db


def stage_of(actor: str) -> str:
    return Standing.objects.get(profile__identifiers__actor=actor).stage


def test_an_event_climbs_to_its_stage() -> None:
    store(*(viewed("visitor:a", str(i)) for i in range(3)))
    assert pipeline.drain(now=NOW) == 3
    assert stage_of("visitor:a") == "acquire"
    assert not QueuedEvent.objects.exists()
    change = StageChange.objects.get()
    assert (change.from_stage, change.to_stage, change.cause) == ("", "acquire", "product.viewed")


def test_forwards_and_backwards_through_the_whole_life() -> None:
    me = "customer:1"
    store(new("customer.registered", me, NOW), at=NOW)
    pipeline.drain(now=NOW)
    store(basket(me, at=NOW + days(1)))
    pipeline.drain(now=NOW + days(1))
    now = NOW + days(2)
    for n in range(5):
        store(order(me, f"o{n}", now + days(20 * n)))
        pipeline.drain(now=now + days(20 * n))
    pipeline.sweep(now=NOW + days(400), send=False)
    store(order(me, "o9", NOW + days(401)))
    pipeline.drain(now=NOW + days(401))
    path = list(StageChange.objects.order_by("id").values_list("to_stage", flat=True))
    assert path == [
        *("acquire", "convert", "nurture", "retain", "loyal", "at-risk", "lapsed", "loyal")
    ]
    moved = StageChange.objects.get(to_stage="at-risk", cause="time")
    assert moved.changed_at == now + days(80) + days(20)


def test_time_owed_is_paid_before_the_next_event() -> None:
    """A back-filled year in one batch: who was silent for long had been lapsed in between."""
    me = "customer:1"
    store(order(me, "o1", NOW - days(300)), at=NOW - days(300))
    pipeline.drain(now=NOW)
    store(order(me, "o2", NOW - days(10)), at=NOW - days(10))
    pipeline.drain(now=NOW)
    path = list(StageChange.objects.order_by("id").values_list("to_stage", "changed_at"))
    assert [stage for stage, _ in path] == ["nurture", "at-risk", "lapsed", "retain"]
    assert path[1][1] == NOW - days(240)


def test_poison_is_isolated_and_replayable(monkeypatch: pytest.MonkeyPatch) -> None:
    store(*(viewed(f"visitor:{i}", "bad" if i == 77 else "1") for i in range(300)))
    fold = profiles.fold_events

    def poisoned(batch: Sequence[events.Event], profile_of: Mapping[str, int]) -> profiles.Folded:
        if any(event.payload.get("product_id") == "bad" for event in batch):
            raise ValueError("poison")
        return fold(batch, profile_of)

    monkeypatch.setattr(profiles, "fold_events", poisoned)
    now = NOW
    for _ in range(6):
        pipeline.drain(now=now)
        now += days(1)
    assert Facts.objects.count() == 299
    assert not QueuedEvent.objects.exists()
    assert "poison" in DeadLetter.objects.get().reason
    monkeypatch.undo()
    assert events.replay(now=now) == 1
    assert pipeline.drain(now=now) == 1
    assert Facts.objects.count() == 300


def test_replays_change_nothing() -> None:
    told = [viewed(f"visitor:{i % 7}", str(i), key=f"k{i}") for i in range(100)]
    told += [order(f"customer:{i}", f"o{i}") for i in range(20)]
    store(*told)
    pipeline.drain(now=NOW)
    before = list(Facts.objects.order_by("profile_id").values())
    chance = random.Random(7)
    for _ in range(10):
        chance.shuffle(told)
        store(*told)
        pipeline.drain(now=NOW)
    store(*told, at=NOW + timedelta(hours=25))
    pipeline.drain(now=NOW + timedelta(hours=25))
    assert list(Facts.objects.order_by("profile_id").values()) == before
    assert Event.objects.count() == 120


def test_rebuilt_facts_are_equal() -> None:
    for n in range(30):
        store(viewed(f"visitor:{n % 5}", str(n)), order(f"customer:{n % 4}", f"o{n}"))
        if n % 7 == 0:
            store(new("customer.logged_in", f"customer:{n % 4}", links=(f"visitor:{n % 5}",)))
        pipeline.drain(now=NOW)
    before = list(Facts.objects.order_by("profile_id").values())
    stages = dict(Standing.objects.values_list("profile_id", "stage"))
    assert rebuild_facts(now=NOW) == len(before)
    assert list(Facts.objects.order_by("profile_id").values()) == before
    assert dict(Standing.objects.values_list("profile_id", "stage")) == stages


def test_login_merges_on_every_floor() -> None:
    store(new("customer.logged_in", "customer:1", links=("visitor:old",)))
    store(*(viewed("visitor:a", str(i)) for i in range(4)), basket("visitor:a"))
    pipeline.drain(now=NOW)
    store(new("customer.logged_in", "customer:1", links=("visitor:a",)))
    pipeline.drain(now=NOW)
    assert Profile.objects.filter(merged_into=None).count() == 1
    facts = Facts.objects.get()
    assert (facts.product_views, facts.basket_items) == (4, 1)
    assert Standing.objects.get().stage == "convert"


def test_a_sweep_touches_only_what_is_due(
    django_assert_max_num_queries: DjangoAssertNumQueries,
) -> None:
    store(*(order(f"customer:{n}", f"o{n}", NOW - days(n % 3)) for n in range(50)))
    pipeline.drain(now=NOW)
    with django_assert_max_num_queries(45):
        report = pipeline.sweep(now=NOW, send=False)
    assert (report.events, report.moves, report.steps) == (0, 0, 0)
    due = pipeline.next_due()
    assert due == NOW - days(2) + DEFAULT_GAP
    assert pipeline.sweep(now=due, send=False).moves > 0


@pytest.mark.parametrize("size", [10, 400])
def test_statements_do_not_grow_with_the_batch(
    size: int, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    store(*(viewed(f"visitor:{n}", str(n)) for n in range(size)))
    with django_assert_max_num_queries(45):
        pipeline.process(now=NOW, limit=1000)


def test_the_way_through_the_stages_does_not_depend_on_how_events_are_cut() -> None:
    def told(who: str) -> list:
        times = [400, 390, 300, 120, 110, 100, 95, 20]
        events = [order(who, f"{who}{n}", NOW - days(ago)) for n, ago in enumerate(times)]
        return [new("customer.registered", who, NOW - days(410)), *events]

    for event in told("customer:1"):
        store(event)
        pipeline.drain(now=NOW)
    store(*told("customer:2"))
    pipeline.drain(now=NOW)
    ways = [
        list(
            StageChange.objects.filter(profile__customer_id=who)
            .order_by("changed_at", "id")
            .values_list("from_stage", "to_stage", "changed_at", "cause")
        )
        for who in ("1", "2")
    ]
    assert ways[0] == ways[1]
    assert len(ways[0]) > 6
