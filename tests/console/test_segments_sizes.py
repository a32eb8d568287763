"""Sizes of segments: counted, or of very many those of the last sweep."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from clm_plugin import clock
from clm_plugin.console import segments_sizes
from clm_plugin.insights.api import recount
from clm_plugin.models import Evaluation
from clm_plugin.segments import api as segments
from tests.console.makers import make_person
from tests.factories import NOW

if TYPE_CHECKING:
    from pytest_django import DjangoAssertNumQueries

pytestmark = pytest.mark.django_db


def shown() -> dict[str, int]:
    return {key: size.members for key, size in segments_sizes.sizes().items()}


@pytest.fixture
def lists() -> list[int]:
    """Two lists of one person each, counted; then one more on each."""
    people = [make_person().pk for _ in range(2)]
    for key in ("a", "b"):
        segments.publish(key=key, name=key, group=None, now=NOW)
        segments.add_members(key, people[:1], now=NOW)
    while segments.evaluate(now=NOW):
        pass
    recount(now=NOW)
    for key in ("a", "b"):
        segments.add_members(key, people[1:], now=NOW)
    return people


def test_few_are_counted(lists: list[int]) -> None:
    assert shown() == {"a": 2, "b": 2}


def test_very_many_are_those_of_the_sweep(
    lists: list[int],
    monkeypatch: pytest.MonkeyPatch,
    django_assert_max_num_queries: DjangoAssertNumQueries,
) -> None:
    monkeypatch.setattr(segments_sizes, "_MANY", 1)
    with django_assert_max_num_queries(3):  # none of them over the members
        assert shown() == {"a": 1, "b": 1}
    segments.publish(key="new", name="New", group=None, now=NOW)
    segments.add_members("new", lists, now=NOW)
    assert shown() == {"a": 1, "b": 1, "new": 2}
    Evaluation.objects.create(segment_id="a", cause="published", due_at=NOW)
    assert shown() == {"a": 2, "b": 1, "new": 2}


def test_without_a_sweep_they_are_counted(
    lists: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(segments_sizes, "_MANY", 1)
    late = NOW + timedelta(minutes=16)
    monkeypatch.setattr(clock, "now", lambda: late)
    assert shown() == {"a": 2, "b": 2}
