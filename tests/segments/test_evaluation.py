"""Everybody for one segment: in pieces, resumed after a stop, once even if two begin it."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from clm_plugin import pipeline
from clm_plugin.models import CompiledSegment, Evaluation, Facts, MembershipChange, Profile
from clm_plugin.segments import api as segments
from clm_plugin.segments import comparing, evaluation
from clm_plugin.segments.changes import NIGHTLY
from clm_plugin.upkeep import upkeep
from tests.factories import NOW, days, order, store
from tests.segments.circle import did, inside, members, orders, publish, told

pytestmark = pytest.mark.django_db


@pytest.fixture
def crowd() -> list[int]:
    """Forty people, half of them with an order, and pieces small enough to need many."""
    store(*(order(f"customer:{n}", f"o{n}") for n in range(20)))
    pipeline.drain(now=NOW)
    Profile.objects.bulk_create(Profile(created_at=NOW) for _ in range(20))
    return list(Facts.objects.order_by("profile_id").values_list("profile_id", flat=True))


@pytest.fixture(params=["set-based", "one by one"])
def rules(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> dict:
    monkeypatch.setattr(evaluation, "ONE_BY_ONE", 7)
    monkeypatch.setattr(comparing, "_CHUNK", 7)
    monkeypatch.setattr(comparing, "FEW", 3)
    if request.param == "set-based":
        return orders(1)
    return did("order.placed", within_days=30)


def test_goes_on_where_it_stopped(
    rules: dict, crowd: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    publish("buyers", rules)
    calls = 0

    def stop() -> None:
        nonlocal calls
        calls += 1
        if calls == 2:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        segments.evaluate(now=NOW, between=stop)
    half = segments.member_ids("buyers")
    assert 0 < len(half) < 20
    assert 0 < segments.sizes()["buyers"].progress < 1
    assert segments.evaluate(now=NOW) is False
    assert segments.member_ids("buyers") == half, "the dead worker's time is not over"
    assert segments.evaluate(now=NOW + timedelta(minutes=6)) is False
    assert segments.member_ids("buyers") == crowd
    assert told("buyers") == [(True, "published")] * 20


def test_another_worker_leaves_it_alone(rules: dict, crowd: list[int]) -> None:
    publish("buyers", rules)
    seen = []

    def other() -> None:
        seen.append(segments.evaluate(now=NOW))

    segments.evaluate(now=NOW, between=other)
    assert seen
    assert not any(seen)
    assert MembershipChange.objects.count() == 20
    assert not Evaluation.objects.exists()


def test_published_anew_while_under_way(rules: dict, crowd: list[int]) -> None:
    publish("buyers", rules)
    once: list[int] = []

    def again() -> None:
        if not once:
            once.append(1)
            publish("buyers", orders(2))

    assert segments.evaluate(now=NOW, between=again) is False
    assert members("buyers") == set()
    assert not Evaluation.objects.exists()


def test_one_that_fails_stops_no_other(
    crowd: list[int], monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    publish("a-bad", orders(1))
    publish("good", orders(1))
    compare = evaluation.compare  # type: ignore[attr-defined]  # to look inside

    def fails(live, lease):  # type: ignore[no-untyped-def]
        if live.key == "a-bad":
            raise RuntimeError("no")
        compare(live, lease)

    monkeypatch.setattr(evaluation, "compare", fails)
    assert segments.evaluate(now=NOW) is False
    assert "a-bad cannot be evaluated" in caplog.text
    assert segments.member_ids("good") == crowd
    assert pipeline.next_due() is not None
    monkeypatch.undo()
    segments.evaluate(now=NOW + timedelta(minutes=6))
    assert segments.member_ids("a-bad") == crowd


def test_its_turn_is_over(rules: dict, crowd: list[int]) -> None:
    publish("buyers", did("order.placed", within_days=30))
    assert segments.evaluate(now=NOW, seconds=0) is True
    assert len(segments.member_ids("buyers")) < 20
    turns = 1
    while segments.evaluate(now=NOW, seconds=0):
        turns += 1
    assert turns >= 5
    assert segments.member_ids("buyers") == crowd


def test_who_changed_meanwhile_is_right_in_the_end(
    crowd: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The database answered; then an event came; then the answer was written."""
    monkeypatch.setattr(comparing, "FEW", 0)
    publish("one-order", {**orders(1), "at_most": 1})
    difference = comparing._difference
    once: list[int] = []

    def slow(live, now):  # type: ignore[no-untyped-def]
        found = difference(live, now)
        if not once:
            once.append(1)
            store(order("customer:0", "late"))
            pipeline.process(now=NOW)
        return found

    monkeypatch.setattr(comparing, "_difference", slow)
    segments.evaluate(now=NOW)
    assert members("one-order") == {f"customer:{n}" for n in range(1, 20)}


def test_statements_of_a_comparison_do_not_grow_with_people(crowd: list[int]) -> None:
    publish("buyers", orders(1))
    with CaptureQueriesContext(connection) as few:
        segments.evaluate(now=NOW)
    store(*(order(f"customer:{n}", f"o{n}") for n in range(100, 400)))
    pipeline.drain(now=NOW)
    publish("buyers2", orders(1))
    with CaptureQueriesContext(connection) as many:
        segments.evaluate(now=NOW)
    assert len(many) <= len(few) + 3  # SQLite has limits to how much a statement may bring


def test_scores_are_news_for_the_segments_that_ask_for_them(crowd: list[int]) -> None:
    publish("new", {"kind": "rfm", "names": ["new-customers"]})
    publish("tea", {"kind": "favourite", "categories": ["20"], "at_least": 0.5})
    publish("buyers", orders(1))
    segments.evaluate(now=NOW)
    assert members("new") == set()
    done = upkeep(now=NOW)
    assert done.scored > 0
    assert set(Evaluation.objects.values_list("segment_id", flat=True)) == {"new", "tea"}
    segments.evaluate(now=NOW)
    assert len(members("new")) == len(members("tea")) == 20
    assert told("new")[0] == (True, NIGHTLY)
    assert upkeep(now=NOW).scored == 0
    assert not Evaluation.objects.exists()


def test_merged_profiles_are_nobody(crowd: list[int], rules: dict) -> None:
    Profile.objects.filter(pk=crowd[0]).update(merged_into=crowd[1])
    publish("buyers", rules)
    segments.evaluate(now=NOW)
    assert segments.member_ids("buyers") == crowd[1:]


def test_references_are_evaluated_after_what_they_refer_to(crowd: list[int]) -> None:
    publish("z", did("order.placed", within_days=30))
    publish("a", inside("z"))
    CompiledSegment.objects.filter(key="a").update(name="first in line")
    segments.evaluate(now=NOW + days(1))
    assert segments.member_ids("a") == crowd
