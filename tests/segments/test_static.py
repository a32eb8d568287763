"""Lists made by hand: history too, merges move them and can be undone."""

import pytest

from clm_plugin import pipeline
from clm_plugin.models import Membership, Profile, StaticMember
from clm_plugin.segments import api as segments
from tests.factories import NOW, days, order, store
from tests.segments.circle import inside, members, orders, pid, publish, told

pytestmark = pytest.mark.django_db


@pytest.fixture
def three() -> list[int]:
    store(*(order(f"customer:{n}", f"o{n}") for n in range(3)))
    pipeline.drain(now=NOW)
    publish("guests")
    segments.evaluate(now=NOW)
    return [pid(f"customer:{n}") for n in range(3)]


def test_put_on_and_taken_off(three: list[int]) -> None:
    found = segments.add_members("guests", three[:2], now=NOW)
    assert [change.profile_id for change in found] == three[:2]
    assert segments.add_members("guests", three, now=NOW + days(1))[0].profile_id == three[2]
    assert members("guests") == {"customer:0", "customer:1", "customer:2"}
    found = segments.remove_members("guests", [three[0], 999], now=NOW + days(2))
    assert [change.entered for change in found] == [False]
    assert members("guests") == {"customer:1", "customer:2"}
    assert told("guests") == [(True, "list")] * 3 + [(False, "list")]
    assert segments.sizes()["guests"].members == 2


def test_events_leave_a_list_alone(three: list[int]) -> None:
    segments.add_members("guests", three, now=NOW)
    store(order("customer:0", "o9"))
    pipeline.drain(now=NOW)
    assert len(members("guests")) == 3


def test_segments_that_ask_for_the_list_follow(three: list[int]) -> None:
    publish("buying-guests", orders(1), inside("guests"))
    segments.add_members("guests", three[:1], now=NOW)
    assert members("buying-guests") == {"customer:0"}
    assert told("buying-guests") == [(True, "segment")]
    segments.remove_members("guests", three[:1], now=NOW)
    assert members("buying-guests") == set()


@pytest.mark.parametrize("key", ["nothing", "rules"])
def test_only_published_lists_take_people(key: str, three: list[int]) -> None:
    publish("rules", orders(1))
    with pytest.raises(segments.SegmentError, match="no published static list"):
        segments.add_members(key, three, now=NOW)


def test_merged_profiles_stand_for_their_survivor(three: list[int]) -> None:
    Profile.objects.filter(pk=three[0]).update(merged_into=three[1])
    assert len(segments.add_members("guests", three, now=NOW)) == 2
    assert set(segments.member_ids("guests")) == set(three[1:])


def test_a_merge_moves_and_its_undoing_moves_back(three: list[int]) -> None:
    old, new, _ = three
    publish("vips")
    segments.add_members("guests", [old], now=NOW)
    segments.add_members("vips", [old, new], now=NOW)
    segments.move(old, new, now=NOW)
    assert [one.segment for one in segments.segments_of(old)] == []
    assert {one.segment for one in segments.segments_of(new)} == {"guests", "vips"}
    segments.unmove(old, new, now=NOW)
    assert {one.segment for one in segments.segments_of(old)} == {"guests", "vips"}
    assert {one.segment for one in segments.segments_of(new)} == {"vips"}


def test_offline_and_back_a_list_is_whole(three: list[int]) -> None:
    segments.add_members("guests", three, now=NOW)
    segments.withdraw("guests", now=NOW)
    assert not Membership.objects.exists()
    publish("guests")
    segments.evaluate(now=NOW)
    assert set(segments.member_ids("guests")) == set(three)
    segments.drop_list("guests")
    assert not StaticMember.objects.exists()


def test_a_rule_segment_that_becomes_a_list_starts_empty(three: list[int]) -> None:
    publish("buyers", orders(1))
    segments.evaluate(now=NOW)
    assert len(members("buyers")) == 3
    publish("buyers")
    segments.evaluate(now=NOW)
    assert members("buyers") == set()
