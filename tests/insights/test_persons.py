"""The timeline: every event of all of a person's names, once, newest first, by pages."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from clm_plugin.insights.api import TIMELINE_PAGE, Cursor, profile, timeline
from clm_plugin.models import Event, Identifier
from tests.console.makers import make_event, make_person
from tests.factories import NOW

pytestmark = pytest.mark.django_db


def test_pages_cover_everything_once_even_at_equal_times(django_assert_num_queries: Any) -> None:
    ann, bob = make_person(), make_person()
    Identifier.objects.create(actor="customer:7", profile=ann, created_at=NOW)
    for n in range(2 * TIMELINE_PAGE + 3):
        event = make_event(ann, "search.made", at=NOW - timedelta(minutes=n // 30), query=str(n))
        if n % 3 == 0:
            Event.objects.filter(pk=event.pk).update(actor="customer:7")
    make_event(bob, "search.made", query="bob")
    seen: list[str] = []
    cursor: Cursor | None = None
    for _ in range(3):
        with django_assert_num_queries(1):
            page = timeline(ann.pk, older_than=cursor)
        seen += [each.payload["query"] for each in page.happenings]
        if page.older:
            assert page.before is not None
            assert page.before.payload["query"] not in seen
        cursor = page.older
    assert cursor is None
    assert len(seen) == len(set(seen)) == 2 * TIMELINE_PAGE + 3
    assert "bob" not in seen


def test_newest_first() -> None:
    ann = make_person()
    make_event(ann, "search.made", at=NOW - timedelta(days=1), query="old")
    make_event(ann, "search.made", at=NOW, query="new")
    assert [h.payload["query"] for h in timeline(ann.pk).happenings] == ["new", "old"]


def test_profile_in_one_query(django_assert_num_queries: Any) -> None:
    ann = make_person(stage="loyal", orders=3)
    with django_assert_num_queries(1):
        found = profile(ann.pk)
        assert found is not None
        assert (found.facts.orders, found.standing.stage) == (3, "loyal")
    assert profile(ann.pk + 1) is None
