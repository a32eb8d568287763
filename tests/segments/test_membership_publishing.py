"""Publishing, segments that refer to segments, merges and rebuilds."""

from datetime import datetime
from itertools import pairwise

import pytest

from clm_plugin import pipeline
from clm_plugin.events.api import NewEvent
from clm_plugin.models import CompiledSegment, Evaluation, Membership
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
