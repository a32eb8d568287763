"""Batches and single events give the same way through the stages, by any model; flags follow."""

import random
from collections.abc import Sequence
from datetime import datetime
from itertools import pairwise

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from clm_plugin import pipeline
from clm_plugin.events.api import NewEvent
from clm_plugin.events.models import EventKey
from clm_plugin.lifecycle.api import Entry, FlagRules, Model, Stage, restage_due
from clm_plugin.lifecycle.models import StageChange, Standing
from clm_plugin.profiles.models import Profile, TraitValue
from tests.factories import NOW, days, new, order, store
from tests.lifecycle.crowd import use

pytestmark = pytest.mark.django_db

ALONG = Model(
    key="7",
    version=7,
    name="By spend and silence",
    stages=(
        Stage(key="all", label="All", order=1),
        Stage(key="bought", label="Bought", order=2, entry=Entry(min_orders=1)),
        Stage(key="big", label="Big", order=3, entry=Entry(min_spend_minor=5_000)),
        Stage(
            key="hot", label="Hot", order=4,
            entry=Entry(min_orders=2, bought_within=days(5), bought_within_gaps=0.6),
        ),
        Stage(key="quiet", label="Quiet", order=5, loss=True, entry=Entry(silent_for=days(25))),
        Stage(key="gone", label="Gone", order=6, loss=True, entry=Entry(silent_gaps=2.0)),
    ),
)  # fmt: skip


def orders_of(seed: int) -> list[NewEvent]:
    dice = random.Random(seed)
    at, told = NOW - days(400), []
    for number in range(9):
        at += days(dice.choice([0.5, 3, 6, 20, 28, 70, 130]))
        told.append(order("customer:1", f"o{number}", at, total=dice.choice([900, 2_000])))
    return told


def way(model: Model, events: Sequence[NewEvent], cut: int, until: datetime) -> list[tuple]:
    use(model)
    for start in range(0, len(events), cut):
        batch = events[start : start + cut]
        store(*batch, at=batch[-1].occurred_at)
        pipeline.drain(now=batch[-1].occurred_at)
    while restage_due(now=until).looked:
        pass
    found = StageChange.objects.order_by("changed_at", "id").values_list(
        "from_stage", "to_stage", "changed_at", "cause"
    )
    told = list(found)
    Profile.objects.all().delete()
    StageChange.objects.all().delete()
    return told


@pytest.mark.parametrize("seed", range(6))
def test_the_way_is_the_same_however_events_are_cut(seed: int) -> None:
    until = NOW + days(700)
    ways = []
    for cut in (1, 2, 4, 9):
        EventKey.objects.all().delete()
        ways.append(way(ALONG, orders_of(seed), cut, until))
    assert len(ways[0]) > 8, "the test walks somewhere"
    assert ways[1:] == ways[:1] * 3
    assert all(a[1] == b[0] and a[2] <= b[2] for a, b in pairwise(ways[0]))


def flags() -> tuple[bool, bool]:
    return Standing.objects.values_list("advocate", "churn_risk").get()


def test_an_advocate_is_known_by_her_review_until_she_falls_silent() -> None:
    use(Model(
        key="8", version=8, name="", flags=FlagRules(advocate_orders=2, advocate_gaps=2.0),
        stages=(Stage(key="all", label="All", order=1),),
    ))  # fmt: skip
    store(*(order("customer:1", f"o{n}", NOW - days(10 - n)) for n in range(2)), at=NOW)
    pipeline.drain(now=NOW)
    assert flags() == (False, False)
    store(new("review.added", "customer:1", NOW, product_id="1", score=4), at=NOW)
    pipeline.drain(now=NOW)
    assert flags() == (False, False), "four stars are no recommendation"
    store(new("review.added", "customer:1", NOW, product_id="1", score=5), at=NOW)
    pipeline.drain(now=NOW)
    assert flags() == (True, False)
    for expected in ((True, True), (False, True)):  # at risk first, then no advocate any more
        due = Standing.objects.get().due_at
        assert due is not None
        moves = restage_due(now=due)
        assert (list(moves), moves.looked) == ([], 1), "no move between stages"
        assert moves.flagged == set(Standing.objects.values_list("profile_id", flat=True))
        assert flags() == expected
    assert restage_due(now=NOW + days(900)).flagged
    assert flags() == (False, False)


@pytest.mark.parametrize(
    ("key", "number", "advocate"),
    [("survey.nps", 9, True), ("survey.nps", 8, False), ("referrals", 1, True), ("x", 10, False)],
)
def test_other_ways_to_recommend(key: str, number: int, advocate: bool) -> None:
    store(*(order("customer:1", f"o{n}", NOW - days(3 - n)) for n in range(3)), at=NOW)
    pipeline.drain(now=NOW)
    TraitValue.objects.create(profile=Profile.objects.get(), key=key, number=number, told_at=NOW)
    store(new("page.viewed", "customer:1", NOW, path="/"), at=NOW)
    pipeline.drain(now=NOW)
    assert flags() == (advocate, False)


def test_a_batch_reads_model_and_yardsticks_once() -> None:
    store(*(order(f"customer:{n}", f"o{n}", NOW) for n in range(40)), at=NOW)
    with CaptureQueriesContext(connection) as seen:
        pipeline.process(now=NOW)
    for table in ("clm_plugin_currentmodel", "clm_plugin_purchasegap"):
        assert len([q for q in seen if table in q["sql"].lower()]) == 1
