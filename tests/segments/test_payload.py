"""Filters on payloads: every value against every comparison, in SQL and in Python."""

from typing import Any

import pytest
from django.db import connection

from clm_plugin.events.api import uuid7
from clm_plugin.models import Event, Facts, Identifier, Profile
from clm_plugin.segments.api import Condition, Group, holds, matching, read_subjects
from clm_plugin.segments.conditions import Basket, DidEvent, Figure, Property
from clm_plugin.segments.conditions.event import OPS
from clm_plugin.segments.data import GroupKind, SegmentError
from tests.segments.crowd import FIELDS, NOW, VALUES

pytestmark = pytest.mark.django_db
NEAR = (0.1, 0.30000000000000004, 2**53 - 1, -0.0, 1e-7)
STORED = (*VALUES, *NEAR)
ASKED = [value for value in STORED if isinstance(value, str | int | float)]


def seen_with(field: str) -> dict[int, Any]:
    """A person for each value, who has one event with it in ``field``; one has no such field."""
    payloads = [{}, *({field: value} for value in STORED)]
    people = Profile.objects.bulk_create(Profile(created_at=NOW) for _ in payloads)
    for person, payload in zip(people, payloads, strict=True):
        Identifier.objects.create(actor=f"visitor:{person.pk}", profile=person, created_at=NOW)
        Event.objects.create(
            id=uuid7(),
            type="search.made",
            actor=f"visitor:{person.pk}",
            occurred_at=NOW,
            received_at=NOW,
            source="shop",
            payload=payload,
        )
    return {person.pk: payload for person, payload in zip(people, payloads, strict=True)}


@pytest.mark.parametrize("field", FIELDS)
@pytest.mark.parametrize("op", OPS)
def test_every_value_against_every_other(field: str, op: str) -> None:
    people = seen_with(field)
    for value in ASKED:
        try:
            where = (Property(field=field, op=op, value=value),)
            condition = DidEvent(type="search.made", at_least=1, where=where)
        except SegmentError:
            continue
        found = set(matching(condition, NOW).values_list("pk", flat=True))
        by_rule = {pid for pid, data in people.items() if condition.filters.hold(data)}
        assert found == by_rule, (op, value)


@pytest.mark.parametrize(
    ("stored", "op", "value", "fits"),
    [
        (True, "eq", 1, False),
        (1, "eq", True, False),
        (1, "eq", 1.0, True),
        ("1", "eq", 1, False),
        (None, "eq", "", False),
        (None, "ne", "a", True),
        ("10", "gt", 9, False),
        (["a", "b"], "contains", "a", True),
        (["ab"], "contains", "a", False),
        ([["a"]], "contains", "a", False),
        ("xAy", "contains", "a", True),
        ("Ä", "contains", "ä", False),
        ("50%", "contains", "%", True),
    ],
)
def test_what_fits(stored: Any, op: str, value: Any, fits: bool) -> None:
    where = (Property(field="x", op=op, value=value),)
    condition = DidEvent(type="search.made", at_least=1, where=where)
    assert condition.filters.hold({"x": stored}) is fits


def test_somebody_without_facts_has_zeros_and_no_dates() -> None:
    """Tests of one row together, with and without the row: each part keeps its own answer."""
    without, with_row = (Profile.objects.create(created_at=NOW) for _ in range(2))
    Facts.objects.create(profile=with_row, orders=1, last_order_at=NOW)
    none_yet = Figure(figure="orders", at_most=0)
    one = Figure(figure="orders", at_least=1)
    lately = Figure(figure="days_since_last_order", at_most=7)
    empty = Basket(max_items=0)
    cases: tuple[tuple[GroupKind, tuple[Condition, ...], set[int]], ...] = (
        ("all", (none_yet, empty), {without.pk}),
        ("all", (none_yet, lately), set()),
        ("all", (one, empty), {with_row.pk}),
        ("any", (none_yet, lately), {without.pk, with_row.pk}),
        ("none", (one, lately), {without.pk}),
        ("none", (none_yet, one), set()),
    )
    for kind, members, wanted in cases:
        group = Group(kind, members)
        assert set(matching(group, NOW).values_list("pk", flat=True)) == wanted, group
        subjects = read_subjects([without.pk, with_row.pk], [group], NOW)
        assert {pid for pid, one_ in subjects.items() if holds(group, one_, NOW)} == wanted


def test_facts_are_looked_at_once() -> None:
    group = Group(
        "all",
        (Figure(figure="orders", at_least=1), Figure(figure="spend", at_least=1)),
    )
    text, _ = matching(group, NOW).query.sql_with_params()
    assert text.count('FROM "clm_plugin_facts"') == 1
    assert "JOIN" not in text
    assert connection.vendor != "postgresql" or "EXISTS" in text
