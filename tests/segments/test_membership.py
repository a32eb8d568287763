"""Who is in: events, time, other segments, merges; each looks only at what it can change."""

from datetime import datetime, timedelta
from itertools import pairwise

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from clm_plugin import pipeline
from clm_plugin.events.api import NewEvent
from clm_plugin.models import CompiledSegment, Evaluation, Membership, MembershipChange
from clm_plugin.rebuild import rebuild_facts
from clm_plugin.segments import api as segments
from clm_plugin.segments import membership
from clm_plugin.segments.live import live_segments
from tests.factories import NOW, basket, days, new, order, store, viewed
from tests.segments.circle import (
    did,
    group,
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
    [(sentence, holds, why)] = reason["conditions"]  # the order is old news
    assert "2" in sentence
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


class TestPublishing:
    def test_everybody_is_looked_at(self) -> None:
        happen(order(ME, "o1"), viewed("visitor:2"))
        publish("buyers", orders(1))
        assert members("buyers") == set()
        assert segments.sizes()["buyers"].progress < 1
        assert pipeline.next_due() == NOW  # what a lost wake-up leaves, the sweep finds
        pipeline.sweep(now=NOW, send=False)
        assert members("buyers") == {ME}
        assert told("buyers") == [(True, "published")]
        size = segments.sizes()["buyers"]
        assert (size.members, size.progress) == (1, 1)

    def test_timed_rules_give_due_times(self) -> None:
        happen(viewed(ME), seen("visitor:2", NOW - days(5)), order("customer:3", "o1"))
        publish("recent", did("product.viewed", within_days=7))
        assert segments.evaluate(now=NOW) is False
        assert members("recent") == {ME, "visitor:2"}
        assert [row[4] for row in rows()] == [NOW + days(7), NOW + days(2)]

    def test_other_rules_take_out_who_no_longer_fits(self) -> None:
        happen(order(ME, "o1"), order("customer:2", "o2"), order("customer:2", "o3"))
        publish("buyers", orders(1))
        segments.evaluate(now=NOW)
        assert members("buyers") == {ME, "customer:2"}
        publish("buyers", orders(2))
        segments.evaluate(now=NOW)
        assert members("buyers") == {"customer:2"}
        assert told("buyers")[-1] == (False, "published")

    def test_from_timed_to_untimed_and_back(self) -> None:
        happen(viewed(ME), seen("visitor:2", NOW - days(9)))
        recent = did("product.viewed", within_days=7)
        publish("seg", recent)
        segments.evaluate(now=NOW)
        publish("seg", did("product.viewed"))
        segments.evaluate(now=NOW)
        assert {row[4] for row in rows()} == {None}
        assert members("seg") == {ME, "visitor:2"}
        publish("seg", recent)
        segments.evaluate(now=NOW)
        assert members("seg") == {ME}
        assert [row[4] for row in rows()] == [NOW + days(7)]

    def test_the_same_rules_again_are_not_evaluated(self) -> None:
        publish("buyers", orders(1))
        segments.evaluate(now=NOW)
        publish("buyers", orders(1), persona=True)
        assert not Evaluation.objects.exists()
        assert live_segments().segments["buyers"].persona

    def test_withdrawn_nobody_is_inside(self) -> None:
        publish("buyers", orders(1))
        happen(order(ME, "o1"))
        segments.withdraw("buyers", now=NOW)
        assert segments.sizes() == {}
        assert not Membership.objects.exists()
        assert len(segments.history(segment="buyers")) == 1
        happen(order(ME, "o2"))
        assert not Membership.objects.exists()

    def test_nightly_clears_what_nobody_answers_for(self) -> None:
        publish("buyers", orders(1))
        segments.evaluate(now=NOW)
        happen(order(ME, "o1"))
        CompiledSegment.objects.all()._raw_delete("default")
        assert segments.purge() == 1

    def test_a_publish_reaches_a_process_that_holds_the_old_rules(self) -> None:
        publish("buyers", orders(2))
        held = live_segments()
        publish("buyers", orders(1))
        assert live_segments() is not held
        happen(order(ME, "o1"))
        assert members("buyers") == {ME}


class TestReferring:
    def test_who_enters_one_enters_the_other_in_the_same_batch(self) -> None:
        publish("buyers", orders(1))
        publish("vips", orders(2), inside("buyers"))
        publish("rest", did("product.viewed"), inside("vips", yes=False))
        happen(viewed(ME), order(ME, "o1"))
        assert (members("buyers"), members("vips"), members("rest")) == ({ME}, set(), {ME})
        happen(order(ME, "o2"))
        assert (members("vips"), members("rest")) == ({ME}, set())
        assert told("rest") == [(True, "order.placed"), (False, "order.placed")]

    def test_names_do_not_decide_the_order(self) -> None:
        """The one that is referred to sorts after the one that refers."""
        publish("z", orders(1))
        publish("a", inside("z"))
        happen(order(ME, "o1"))
        assert members("a") == {ME}

    def test_evaluating_one_evaluates_those_that_refer_to_it(self) -> None:
        happen(order(ME, "o1"))
        publish("z", orders(1))
        publish("a", inside("z"))
        segments.evaluate(now=NOW)
        assert members("a") == {ME}
        publish("z", orders(2))
        segments.evaluate(now=NOW)
        assert members("a") == set()
        assert not Evaluation.objects.exists()

    @pytest.mark.parametrize("through", [[], ["b"], ["b", "c"]])
    def test_circles_are_refused(self, through: list[str]) -> None:
        chain = ["a", *through]
        publish("a", orders(1))
        for one, other in pairwise(chain):
            publish(other, inside(one))
        with pytest.raises(segments.SegmentError, match="refers to itself: a -> "):
            publish("a", inside(chain[-1]))
        assert live_segments().segments["a"].group == group(orders(1))

    def test_a_circle_put_together_by_hand_is_left_out(self) -> None:
        publish("a", orders(1))
        publish("b", inside("a"))
        CompiledSegment.objects.filter(key="a").update(refers=["b"])
        publish("c", orders(1))
        happen(order(ME, "o1"))
        assert members("c") == {ME}

    def test_withdrawing_empties_those_that_refer(self) -> None:
        publish("z", orders(1))
        publish("a", inside("z"))
        happen(order(ME, "o1"))
        segments.withdraw("z", now=NOW)
        segments.evaluate(now=NOW)
        assert members("a") == set()


class TestMerges:
    def test_the_survivor_is_looked_at_for_everything(self) -> None:
        publish("fans", did("product.viewed", 2), orders(1))
        happen(viewed("visitor:2", "1"), viewed("visitor:2", "2"))
        happen(order(ME, "o1"))
        assert members("fans") == set()
        happen(new("customer.logged_in", ME, links=("visitor:2",)))
        assert members("fans") == {ME, "visitor:2"}
        assert told("fans") == [(True, "customer.logged_in")]

    def test_the_merged_one_is_nowhere(self) -> None:
        publish("viewers", did("product.viewed"))
        happen(viewed("visitor:2"))
        old = pid("visitor:2")
        happen(order(ME, "o1"))
        buyer = pid(ME)
        happen(new("customer.logged_in", ME, links=("visitor:2",)))
        new_pid = pid("visitor:2")
        assert set(Membership.objects.values_list("profile_id", flat=True)) == {new_pid}
        assert all(segments.segments_of(gone) == [] for gone in {old, buyer} - {new_pid})


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


def test_rebuilt_facts_leave_memberships_right() -> None:
    publish("buyers", orders(1))
    segments.evaluate(now=NOW)
    happen(order(ME, "o1"))
    Membership.objects.all().delete()  # something went wrong
    rebuild_facts(now=NOW)
    segments.evaluate(now=NOW)
    assert members("buyers") == {ME}
