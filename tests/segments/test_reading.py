"""Subjects: a bounded number of queries, and only what was asked for."""

from datetime import timedelta
from random import Random
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from clm_plugin.events.api import TYPES, uuid7
from clm_plugin.models import Event, Identifier, Profile
from clm_plugin.segments.api import KINDS, Group, holds, read_subjects
from clm_plugin.segments.conditions import DidEvent, Figure, HasTrait, InStage, Property
from clm_plugin.segments.facets import touched_by_types
from clm_plugin.segments.labels import labels_for
from tests.segments.crowd import NOW, gather
from tests.segments.strategies import BY_KIND

pytestmark = pytest.mark.django_db

EVERYTHING = Group(
    "any",
    (
        DidEvent(type="product.viewed", at_least=2, within_days=30),
        DidEvent(type="page.viewed", at_most=0),
        DidEvent(type="product.viewed", at_least=1, where=(Property(field="x", value=1),)),
        HasTrait(key="plan", value="a"),
        Figure(figure="orders", at_least=1),
        InStage(stages=("new",)),
    ),
)


def queries(ids: list[int], groups: list[Group]) -> int:
    with CaptureQueriesContext(
        connection,
    ) as seen:
        read_subjects(ids, groups, NOW)
    return len(seen)


def test_the_number_of_queries_hangs_on_neither_people_nor_groups() -> None:
    ids = gather(Random(1), 30)
    few = queries(ids[:2], [EVERYTHING])
    # people; names and events twice (newest, payloads); traits
    assert few == 6
    assert queries(ids, [EVERYTHING] * 7) == few


def test_stage_and_figures_cost_one_query() -> None:
    ids = gather(Random(2), 10)
    assert queries(ids, [Group("all", EVERYTHING.members[-2:])]) == 1
    assert queries([], [EVERYTHING]) == 0


def test_what_was_not_asked_for_is_an_error_and_not_a_no() -> None:
    ids = gather(Random(3), 3)
    (subject, *_) = read_subjects(ids, [DidEvent(type="page.viewed", at_least=1)], NOW).values()
    with pytest.raises(KeyError):
        holds(DidEvent(type="search.made", at_least=1), subject, NOW)
    with pytest.raises(KeyError):
        holds(HasTrait(key="plan", value="a"), subject, NOW)


def test_events_of_all_her_names_count_together() -> None:
    person = Profile.objects.create(created_at=NOW)
    for name in ("visitor:a", "customer:b"):
        Identifier.objects.create(actor=name, profile=person, created_at=NOW)
        Event.objects.create(
            id=uuid7(),
            type="search.made",
            actor=name,
            occurred_at=NOW - timedelta(days=1),
            received_at=NOW,
            source="shop",
            payload={"query": "Mug"},
        )
    for condition in (
        DidEvent(type="search.made", at_least=2, at_most=2),
        DidEvent(
            type="search.made",
            at_least=2,
            where=(Property(field="query", op="contains", value="mUG"),),
        ),
    ):
        subject = read_subjects([person.pk], [condition], NOW)[person.pk]
        assert holds(condition, subject, NOW)


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.kind)
def test_every_kind_speaks_and_is_found(kind: type[Any]) -> None:
    """Words for the rule and for each person, and something that may change the answer."""
    from hypothesis import HealthCheck, given, settings

    ids = gather(Random(4), 6)
    elsewhere = {"stage", "flag", "rfm", "prediction", "favourite"}

    @settings(
        max_examples=10, deadline=None, database=None, suppress_health_check=list(HealthCheck)
    )
    @given(BY_KIND[kind])
    def speak(condition: Any) -> None:
        labels = labels_for([condition])
        assert condition.sentence(labels)
        assert condition.facets
        reachable = touched_by_types(TYPES) | elsewhere
        assert all(one in reachable or one.startswith("segment:") for one in condition.facets)
        for subject in read_subjects(ids, [condition], NOW).values():
            assert condition.why(subject, NOW, labels)

    speak()


def test_kinds_have_names_of_their_own() -> None:
    names = [kind.kind for kind in KINDS]
    assert len(set(names)) == len(names)
    assert not {"all", "any", "none"} & set(names)


def test_predictions_are_not_ready_and_match_nobody() -> None:
    from clm_plugin.segments.api import matching
    from clm_plugin.segments.conditions import Predicted

    Profile.objects.create(created_at=NOW)
    condition = Predicted(measure="churn", at_least=0)
    ready = condition.ready()
    assert not ready.ready
    assert ready.why
    assert not matching(condition, NOW).exists()
