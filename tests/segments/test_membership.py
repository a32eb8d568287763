"""Who is in: events, time, other segments, merges; each looks only at what it can change."""

from datetime import datetime, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from clm_plugin import pipeline
from clm_plugin.events.api import NewEvent
from clm_plugin.models import CompiledSegment, Membership, MembershipChange
from clm_plugin.segments import api as segments
from clm_plugin.segments import membership
from clm_plugin.segments.live import live_segments
from tests.factories import NOW, basket, days, new, order, store, viewed
from tests.segments.circle import (
    did,
    inside,
    members,
    orders,
    pid,
    publish,
    rows,
    told,
)

pytestmark = pytest.mark.django_db
ME = "customer:1"


def happen(*events: NewEvent, at: datetime = NOW) -> None:
    store(*events)
    pipeline.drain(now=at)


def seen(actor: str, at: datetime) -> NewEvent:
    """A view that the shop tells: a browser's clock would not be believed so far back."""
    return new("product.viewed", actor, at, product_id="1")


def test_an_event_puts_somebody_in_and_another_takes_her_out() -> None:
    publish("buyers", orders(1))
    happen(order(ME, "o1"))
    assert members("buyers") == {ME}
    happen(new("order.cancelled", "shop:1", order_id="o1"))
    assert members("buyers") == set()
    assert told("buyers") == [(True, "order.placed"), (False, "order.cancelled")]
    assert not Membership.objects.exists()


def test_the_reason_names_the_conditions_that_decided() -> None:
    publish("fans", orders(1), did("product.viewed", 2))
    happen(order(ME, "o1"))
    happen(viewed(ME, "1"), viewed(ME, "2"))
    reason = MembershipChange.objects.get().reason
    assert reason["cause"] == "product.viewed"
    [(asked, holds, why)] = reason["conditions"]  # the order is old news
    assert segments.condition_from_json(asked).kind == "event"
    assert holds is True
    assert why


def test_only_segments_that_the_event_touches_are_looked_at(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    publish("buyers", orders(1))
    publish("viewers", did("product.viewed"))
    looked: list[str] = []
    look = membership.look

    def spy(wanted, **more):  # type: ignore[no-untyped-def]
        looked.extend(live.key for live in wanted)
        return look(wanted, **more)

    monkeypatch.setattr(membership, "look", spy)
    happen(viewed(ME))
    assert looked == ["viewers"]
    looked.clear()
    happen(order(ME, "o1"))
    assert looked == ["buyers"]
    looked.clear()
    happen(new("search.made", ME, query="tea"))
    assert looked == []


def test_a_move_between_stages_is_news_for_segments() -> None:
    publish("risky", {"kind": "stage", "stages": ["at-risk", "lapsed"]})
    happen(order(ME, "o1"))
    assert members("risky") == set()
    later = NOW + days(100)
    report = pipeline.sweep(now=later, send=False)
    assert report.moves
    assert members("risky") == {ME}
    assert told("risky") == [(True, "time")]


class TestTime:
    def test_members_drop_out_when_due(self) -> None:
        publish("recent", did("product.viewed", within_days=7))
        segments.evaluate(now=NOW)
        happen(viewed(ME))
        row = Membership.objects.get()
        assert (row.inside, row.due_at) == (True, NOW + days(7))
        assert pipeline.next_due() == NOW + days(7)
        assert pipeline.sweep(now=NOW + days(6.9), send=False).changes == 0
        assert members("recent") == {ME}
        late = NOW + days(7) + timedelta(hours=2)
        assert pipeline.sweep(now=late, send=False).changes == 1
        assert members("recent") == set()
        change = MembershipChange.objects.latest("id")
        assert (change.entered, change.changed_at) == (False, NOW + days(7))
        assert change.reason["cause"] == "time"
        assert change.reason["conditions"]

    def test_those_who_will_come_in_have_a_due_time_too(self) -> None:
        publish("silent", orders(1), did("order.placed", at_least=0, at_most=0, within_days=30))
        happen(order(ME, "o1"))
        row = Membership.objects.get()
        assert (row.inside, row.due_at) == (False, NOW + days(30))
        assert members("silent") == set()
        pipeline.sweep(now=NOW + days(30), send=False)
        assert members("silent") == {ME}
        assert told("silent") == [(True, "time")]
        assert Membership.objects.get().due_at is None

    def test_an_event_moves_the_due_time(self) -> None:
        publish("recent", did("product.viewed", within_days=7))
        happen(viewed(ME))
        happen(viewed(ME, at=NOW + days(3)), at=NOW + days(3))
        row = Membership.objects.get()
        assert (row.since, row.due_at) == (NOW, NOW + days(10))
        assert told("recent") == [(True, "product.viewed")]

    def test_nothing_due_costs_one_query(self) -> None:
        publish("recent", did("product.viewed", within_days=7))
        happen(viewed(ME))
        with CaptureQueriesContext(connection) as captured:
            assert segments.review_due(now=NOW + days(1)) == ([], 0)
        assert len([q for q in captured if "SAVEPOINT" not in q["sql"]]) <= 2

    def test_due_rows_of_a_segment_that_is_no_more_are_cleared(self) -> None:
        publish("recent", did("product.viewed", within_days=7))
        segments.evaluate(now=NOW)
        happen(viewed(ME))
        CompiledSegment.objects.filter(key="recent")._raw_delete("default")
        publish("other", orders(1))
        assert segments.review_due(now=NOW + days(8)) == ([], 1)
        assert not Membership.objects.exists()


def test_history_that_is_read_in_changes_memberships_and_starts_nothing() -> None:
    publish("buyers", orders(1))
    store(order(ME, "o1", source="backfill"))
    pipeline.drain(now=NOW)
    assert members("buyers") == {ME}
    assert told("buyers") == [(True, "backfill")]


def test_replays_change_nothing() -> None:
    publish("buyers", orders(1))
    publish("recent", did("order.placed", within_days=7))
    events = [order(f"customer:{n}", f"o{n}") for n in range(20)]
    happen(*events)
    before, history = rows(), MembershipChange.objects.count()
    happen(*reversed(events))
    assert rows() == before
    assert MembershipChange.objects.count() == history == 40


def test_membership_is_what_the_rules_say_however_events_are_cut() -> None:
    publish("buyers", orders(2))
    publish("recent", did("product.viewed", 2, within_days=7))
    publish("keen", inside("recent"), orders(1))
    events = [viewed(f"customer:{n % 5}", str(n)) for n in range(12)]
    events += [order(f"customer:{n % 4}", f"o{n}") for n in range(7)]
    store(*events)
    while pipeline.process(now=NOW, limit=3):
        pass
    for key, live in live_segments().segments.items():
        assert live.group is not None
        wanted = set(segments.matching(live.group, NOW).values_list("id", flat=True))
        assert set(segments.member_ids(key)) == wanted


def test_queries_do_not_grow_with_people_or_segments() -> None:
    """A batch with ten segments: as many queries for 3 people as for 60."""
    for n in range(10):
        publish(f"s{n}", orders(n % 3 + 1), did("product.viewed", n + 1, within_days=30))
    segments.evaluate(now=NOW)

    def cost(people: int, start: int) -> int:
        everybody = range(start, start + people)
        told = [order(f"customer:{n}", f"o{n}") for n in everybody]
        told += [viewed(f"customer:{n}") for n in everybody]
        store(*told, *(basket(f"customer:{n}") for n in everybody))
        with CaptureQueriesContext(connection) as captured:
            pipeline.process(now=NOW)
        return len([q for q in captured if "EXPLAIN" not in q["sql"]])

    cost(2, 900)
    few, many = cost(3, 0), cost(60, 100)
    assert many == few
    grouping = _queries_of_grouping()
    assert grouping <= 10


def _queries_of_grouping() -> int:
    store(viewed("customer:0", "9"), order("customer:0", "o-last"))
    seen = 0
    review = segments.review

    def counted(*args, **more):  # type: ignore[no-untyped-def]
        nonlocal seen
        with CaptureQueriesContext(connection) as captured:
            found = review(*args, **more)
        seen = len(captured)
        return found

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(segments, "review", counted)
        pipeline.process(now=NOW)
    return seen


def test_without_segments_a_batch_costs_one_query_more() -> None:
    live_segments()
    with CaptureQueriesContext(connection) as captured:
        assert segments.review({1: segments.ALL}, now=NOW, cause={}) == []
    assert len(captured) == 1


def test_reads() -> None:
    publish("buyers", orders(1), persona=True)
    publish("recent", did("order.placed", within_days=7))
    happen(order(ME, "o1"), viewed("visitor:2"))
    me, other = pid(ME), pid("visitor:2")
    found = {one.segment: one for one in segments.segments_of(me)}
    assert set(found) == {"buyers", "recent"}
    assert found["recent"].due_at == NOW + days(7)
    assert [one.segment for one in segments.personas_of(me)] == ["buyers"]
    assert segments.segments_of_many([me, other]) == {me: frozenset({"buyers", "recent"})}
    assert segments.segment_names() == {"buyers": "Buyers", "recent": "Recent"}
    assert segments.movement("buyers", since=NOW, until=NOW + days(1)) == (1, 0)
    assert [line.segment for line in segments.history(profile_id=me)] == ["recent", "buyers"]
    assert segments.history(profile_id=other) == []
