"""Comings and goings of segments, by day."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from clm_plugin.insights.api import recount, refresh, segment_flows, segment_members
from clm_plugin.models import CompiledSegment, Membership, MembershipChange, SegmentFlow
from tests.console.makers import make_person
from tests.factories import NOW

pytestmark = pytest.mark.django_db
TODAY = NOW.date()


@pytest.fixture(autouse=True)
def _utc(settings: Any) -> None:
    settings.TIME_ZONE = "UTC"


def come_and_go(segment: str, *moments: tuple[bool, float]) -> None:
    person = make_person()
    for entered, days_ago in moments:
        MembershipChange.objects.create(
            segment_id=segment, profile=person, entered=entered,
            changed_at=NOW - timedelta(days=days_ago), reason={},
        )  # fmt: skip


def test_by_day_and_segment_and_again_is_the_same(django_assert_num_queries: Any) -> None:
    for key in ("a", "b"):
        CompiledSegment.objects.create(key=key, compiled_at=NOW)
    come_and_go("a", (True, 3), (False, 2), (True, 0), (True, 40))
    come_and_go("a", (False, 0), (True, 2))
    come_and_go("a", (False, 0))
    come_and_go("b", (True, 1))
    come_and_go("gone", (True, 1))
    recount(now=NOW)  # the first one begins with the first move between stages
    for _ in range(2):
        recount(now=NOW, days=30)
        with django_assert_num_queries(1):
            found = segment_flows(TODAY - timedelta(days=2), TODAY)
        assert found == {
            "a": {TODAY - timedelta(days=2): 0, TODAY: -1},
            "b": {TODAY - timedelta(days=1): 1},
        }
    row = SegmentFlow.objects.get(segment="a", day=TODAY)
    assert (row.entered, row.left) == (1, 2)
    come_and_go("b", (True, 0))
    later = NOW + timedelta(minutes=11)
    assert refresh(now=later)
    assert segment_flows(TODAY, TODAY)["b"] == {TODAY: 1}


def test_members_as_of_the_last_count(django_assert_num_queries: Any) -> None:
    for key in ("a", "b"):
        CompiledSegment.objects.create(key=key, compiled_at=NOW)
    ann = make_person()
    Membership.objects.create(segment_id="a", profile=ann, inside=True, since=NOW)
    Membership.objects.create(segment_id="b", profile=ann, inside=False, since=NOW)
    recount(now=NOW)
    with django_assert_num_queries(1):
        assert segment_members(TODAY, since=NOW) == {"a": 1, "b": 0}
    assert segment_members(TODAY, since=NOW + timedelta(seconds=1)) == {}, "too long ago"
    assert segment_flows(TODAY, TODAY) == {}, "nobody came or went"
    Membership.objects.filter(segment="b").update(inside=True)
    tomorrow = NOW + timedelta(days=1)
    recount(now=tomorrow, days=2)
    day = tomorrow.date()
    assert segment_members(day, since=tomorrow) == {"a": 1, "b": 1}
    kept = dict(SegmentFlow.objects.filter(day=TODAY).values_list("segment", "members"))
    assert kept == {"a": 1, "b": 0}, "of a day that is over, what was counted then"
