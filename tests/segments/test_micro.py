"""Micro-segments: the categories that most of somebody's money goes to."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext, override_settings

from clm_plugin.models import CategoryFact, MicroSegment, Profile
from clm_plugin.segments import micro
from clm_plugin.segments.queries import micro_counts, micro_of
from tests.factories import NOW

pytestmark = pytest.mark.django_db


def buyer(**spend: int) -> int:
    person = Profile.objects.create(created_at=NOW)
    CategoryFact.objects.bulk_create(
        CategoryFact(profile=person, category_id=category, spend_minor=minor, quantity=1)
        for category, minor in spend.items()
    )
    return person.pk


def test_a_category_counts_from_the_share_set() -> None:
    half = buyer(tea=500, cups=500)
    mostly = buyer(tea=610, cups=390)
    nobody = buyer(a=300, b=300, c=300)
    assert micro.recompute_micro() == 3
    assert micro_of(half) == [("cups", 0.5), ("tea", 0.5)]
    [(category, share)] = micro_of(mostly)
    assert (category, round(share, 6)) == ("tea", 0.61)
    assert micro_of(nobody) == []


@override_settings(CLM={"MICRO_SHARE": 0.3})
def test_the_share_is_a_setting() -> None:
    person = buyer(a=300, b=300, c=300)
    assert micro.recompute_micro() == 3
    assert len(micro_of(person)) == 3


def test_twice_changes_nothing_and_news_replace() -> None:
    person = buyer(tea=500, cups=100)
    assert micro.recompute_micro() == 1
    assert micro.recompute_micro() == 0
    CategoryFact.objects.filter(profile=person, category_id="cups").update(spend_minor=5000)
    assert micro.recompute_micro() == 2  # out of tea, into cups
    assert [category for category, _ in micro_of(person)] == ["cups"]


def test_taken_back_money_is_not_spent() -> None:
    buyer(tea=0)
    assert micro.recompute_micro() == 0


def test_two_statements_for_everybody() -> None:
    for _ in range(30):
        buyer(tea=500)
    with CaptureQueriesContext(connection) as captured:
        micro.recompute_micro()
    writes = [q for q in captured if q["sql"].startswith(("DELETE", "INSERT"))]
    assert len([q for q in writes if '"clm_plugin_microfield"' not in q["sql"]]) == 2
    assert MicroSegment.objects.count() == 30


def test_counts_for_the_picture() -> None:
    buyer(tea=600, cups=400)
    buyer(tea=1000)
    micro.recompute_micro()
    tea, cups = micro_counts()
    assert (tea.category_id, tea.buyers, round(tea.share, 6)) == ("tea", 2, 0.8)
    assert (cups.category_id, cups.buyers) == ("cups", 1)
    buyer(cups=1000)
    assert micro_counts()[1] == cups, "as of the last working out"
    micro.recompute_micro()
    assert [(one.category_id, one.buyers) for one in micro_counts()] == [("cups", 2), ("tea", 2)]
