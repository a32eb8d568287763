"""Publishing, segments that refer to segments, merges and rebuilds."""

from datetime import datetime
from itertools import pairwise

import pytest

from clm_plugin import pipeline
from clm_plugin.events.api import NewEvent
from clm_plugin.models import CompiledSegment, Evaluation, Membership, SegmentSet
from clm_plugin.rebuild import rebuild_facts
from clm_plugin.segments import api as segments
from clm_plugin.segments.live import live_segments
from tests.factories import NOW, days, new, order, store, viewed
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


def test_rebuilt_facts_leave_memberships_right() -> None:
    publish("buyers", orders(1))
    segments.evaluate(now=NOW)
    happen(order(ME, "o1"))
    Membership.objects.all().delete()  # something went wrong
    rebuild_facts(now=NOW)
    segments.evaluate(now=NOW)
    assert members("buyers") == {ME}


class TestBroken:
    """Rules that cannot be read: by a database put together by hand, or by older code."""

    RULES: tuple[object, ...] = (
        {"kind": "all", "members": [{"kind": "from-the-future"}]},
        {"kind": "all", "members": [{"kind": "figure", "figure": ["orders"], "at_least": {}}]},
        {"kind": "all"}, {}, [], "text", 7,
    )  # fmt: skip

    @pytest.mark.parametrize("rules", RULES, ids=str)
    def test_the_others_go_on(self, rules: object, caplog: pytest.LogCaptureFixture) -> None:
        publish("broken", orders(1))
        publish("asks", inside("broken"))
        publish("well", orders(1))
        happen(order(ME, "o1"))
        break_(rules)
        happen(order("customer:2", "o2"))
        assert members("well") == {ME, "customer:2"}
        assert members("broken") == members("asks") == {ME}  # as it was: nobody enters or leaves
        assert list(live_segments().broken) == ["broken"]
        assert segments.broken_segments() == {"broken": "Broken"}
        told = [record.getMessage() for record in caplog.records if record.levelname == "ERROR"]
        assert len(told) == 1
        assert "broken" in told[0]
        assert "publish it again" in told[0]

    def test_told_once_a_version(self, caplog: pytest.LogCaptureFixture) -> None:
        publish("broken", orders(1))
        break_({})
        for key in ("one", "two"):
            publish(key, orders(1))  # the set moves on, the broken one does not
            live_segments()
        assert len(caplog.records) == 1
        publish("broken", orders(2))
        live_segments()
        break_({})
        live_segments()
        assert len(caplog.records) == 2

    def test_publishing_again_mends_it(self) -> None:
        happen(order(ME, "o1"), order(ME, "o2"))
        publish("broken", orders(1))
        break_({})
        assert segments.evaluate(now=NOW) is False
        assert members("broken") == set()
        publish("broken", orders(1))
        segments.evaluate(now=NOW)
        assert members("broken") == {ME}
        assert segments.broken_segments() == {}

    def test_what_is_due_waits_for_it_and_keeps_nobody_awake(self) -> None:
        publish("broken", did("product.viewed", within_days=7))
        happen(viewed(ME))
        break_({})
        late = NOW + days(8)
        pipeline.sweep(now=late, send=False)
        assert members("broken") == {ME}
        assert segments.next_due() is None
        publish("broken", did("product.viewed", within_days=7), now=late)
        pipeline.sweep(now=late, send=False)
        assert members("broken") == set()


def break_(rules: object) -> None:
    version = SegmentSet.objects.get().version + 1
    CompiledSegment.objects.filter(key="broken").update(rules=rules, version=version)
    SegmentSet.objects.update(version=version)
