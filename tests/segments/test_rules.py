"""Groups for one person, without a database: in or out, until when, and why."""

from datetime import timedelta
from typing import Any

import pytest
from django.test import override_settings

from clm_plugin.segments.api import (
    Condition,
    Group,
    Labels,
    Subject,
    explain,
    facets,
    holds,
    next_change,
    sentence,
)
from clm_plugin.segments.conditions import (
    Bought,
    DidEvent,
    Figure,
    HasTrait,
    InStage,
    Language,
    Property,
    ViewedNotBought,
)
from clm_plugin.segments.facets import SEEN, of_type, touched_by_types
from clm_plugin.segments.parts import Happening, Line, TraitWord
from tests.segments.crowd import MICRO, NOW


def ago(days: float) -> Happening:
    return Happening(NOW - timedelta(days=days), {})


def viewer(*days: float) -> Subject:
    return Subject(profile_id=1, parts={"events": {"product.viewed": [ago(d) for d in days]}})


def viewed(**fields: Any) -> DidEvent:
    return DidEvent(type="product.viewed", **fields)


@pytest.mark.parametrize(
    ("condition", "days", "is_in", "turns_in"),
    [
        (viewed(at_least=2, within_days=7), (1, 3, 6), True, 4),
        (viewed(at_least=3, within_days=7), (1, 3, 6), True, 1),
        (viewed(at_least=4, within_days=7), (1, 3, 6), False, None),
        (viewed(at_least=2), (1, 3, 6), True, None),
        (viewed(at_most=0, within_days=7), (1, 3), False, 6),
        (viewed(at_most=0, within_days=7), (8,), True, None),
        (viewed(at_most=1, within_days=7), (1, 3), False, 4),
        (viewed(at_least=1, at_most=1, within_days=7), (1, 3), False, 4),
        (viewed(at_least=1, at_most=1, within_days=7), (1,), True, 6),
    ],
)
def test_when_events_leave_their_window(
    condition: DidEvent, days: tuple[float, ...], is_in: bool, turns_in: float | None
) -> None:
    subject = viewer(*days)
    assert holds(condition, subject, NOW) is is_in
    at = next_change(condition, subject, NOW)
    assert at == (None if turns_in is None else NOW + timedelta(days=turns_in))
    if at is not None:  # exact, not merely safe
        assert holds(condition, subject, at - MICRO) is is_in
        assert holds(condition, subject, at) is not is_in


SINCE = NOW - timedelta(days=10)
STAYER = Subject(
    profile_id=1,
    stage="loyal",
    stage_since=SINCE,
    orders=2,
    last_order_at=SINCE,
    parts={"traits": {"ends": TraitWord(None, None, SINCE, SINCE)}},
)


@pytest.mark.parametrize(
    ("condition", "is_in", "turns_in"),
    [
        (InStage(stages=("loyal",), min_days=10), True, None),
        (InStage(stages=("loyal",), min_days=11), False, 1),
        (InStage(stages=("loyal",), max_days=10), False, None),
        (InStage(stages=("loyal",), min_days=3, max_days=30), True, 20),
        (InStage(stages=("lost",), max_days=30), False, None),
        (Figure(figure="days_since_last_order", at_least=12), False, 2),
        (Figure(figure="days_since_last_order", at_most=12), True, 2),
        (Figure(figure="days_since_first_order", at_most=12), False, None),
        (Figure(figure="orders", at_least=2), True, None),
        (HasTrait(key="ends", op="older", value=12), False, 2),
        (HasTrait(key="ends", op="newer", value=12), True, 2),
        (HasTrait(key="ends", op="before", value="2026-11-01"), False, None),
    ],
)
def test_when_days_are_over(condition: Condition, is_in: bool, turns_in: float | None) -> None:
    assert holds(condition, STAYER, NOW) is is_in
    at = next_change(condition, STAYER, NOW)
    assert at == (None if turns_in is None else NOW + timedelta(days=turns_in))
    if at is not None:
        assert holds(condition, STAYER, at - MICRO) is is_in
        assert holds(condition, STAYER, at) is not is_in


def test_when_purchases_and_views_leave_their_window() -> None:
    line = Line(NOW - timedelta(days=2), "1", "10", 1)
    older = Line(NOW - timedelta(days=5), "1", "10", 3)
    subject = Subject(
        profile_id=1,
        parts={"lines": [line, older], "views": {"1": NOW - timedelta(days=1)}},
    )
    some, never = (
        Bought(products=("1",), at_least=4, within_days=7),
        Bought(products=("1",), never=True, within_days=7),
    )
    assert next_change(some, subject, NOW) == older.at + timedelta(days=7)
    assert next_change(never, subject, NOW) == line.at + timedelta(days=7)
    viewed_only = ViewedNotBought(products=("1",), within_days=7)
    assert not holds(viewed_only, subject, NOW)
    turn = next_change(viewed_only, subject, NOW)
    assert turn == line.at + timedelta(days=7)
    assert holds(viewed_only, subject, turn)


IN = InStage(stages=("loyal",))
SOON, LATE = (Figure(figure="days_since_last_order", at_least=days) for days in (12, 20))
OUT = Figure(figure="orders", at_least=3)


@pytest.mark.parametrize(
    ("group", "is_in", "turns_in"),
    [
        (Group("all", (IN, SOON, LATE)), False, 10),
        (Group("all", (SOON, OUT)), False, None),
        (Group("any", (OUT, SOON, LATE)), False, 2),
        (Group("any", (IN, SOON)), True, None),
        (Group("none", (SOON, LATE)), True, 2),
        (Group("none", (IN, SOON)), False, None),
        (Group("all", (IN, Group("none", (LATE,)))), True, 10),
        (Group("all", ()), True, None),
        (Group("any", ()), False, None),
        (Group("none", ()), True, None),
    ],
)
def test_a_group_turns_with_the_member_that_decides(
    group: Group, is_in: bool, turns_in: float | None
) -> None:
    assert holds(group, STAYER, NOW) is is_in
    at = next_change(group, STAYER, NOW)
    assert at == (None if turns_in is None else NOW + timedelta(days=turns_in))


def test_the_tree_of_reasons() -> None:
    group = Group("all", (IN, Group("none", (OUT, SOON))))
    told = explain(group, STAYER, NOW, Labels(stages={"loyal": "Loyal"}))
    assert (told.kind, told.holds, told.why) == ("all", True, "")
    assert told.sentence == (
        "are in the stage Loyal and (match none of these: have placed at least 3 orders;"
        " last ordered at least 12 days ago)"
    )
    stage, inner = told.members
    assert (stage.kind, stage.holds, stage.why) == ("stage", True, "Loyal, entered 10 days ago")
    assert [(one.holds, one.why) for one in inner.members] == [
        (False, "2"),
        (False, "10 days ago"),
    ]


@override_settings(CLM={"CURRENCY": "GBP"})
@pytest.mark.parametrize(
    ("node", "words"),
    [
        (Figure(figure="spend", at_least=12_345), "People who have spent at least 123.45 GBP."),
        (Figure(figure="orders", at_least=1), "People who have placed at least 1 order."),
        (
            Figure(figure="orders", at_least=2, at_most=2),
            "People who have placed exactly 2 orders.",
        ),
        (
            viewed(at_least=3, within_days=7),
            "People who did “Viewed a product” at least 3 times in the last 7 days.",
        ),
        (
            viewed(at_most=0, within_days=1),
            "People who did not do “Viewed a product” in the last day.",
        ),
        (
            DidEvent(
                type="custom.tracked",
                name="Video",
                at_least=1,
                where=(Property(field="length", op="gte", value=60),),
            ),
            "People who did “Video” at least 1 time where length is at least 60.",
        ),
        (
            Group("any", (Language(languages=("de",)), Bought(products=("1",), never=True))),
            "People who speak German or never bought Blue mug.",
        ),
    ],
)
def test_the_plain_sentence(node: Group | Condition, words: str) -> None:
    assert sentence(node, Labels(products={"1": "Blue mug"})) == words


def test_an_event_finds_the_groups_it_may_change() -> None:
    group = Group("any", (viewed(at_least=1), Figure(figure="spend", at_least=1)))
    assert facets(group) == {"event:product.viewed", "orders"}
    assert facets(group) & touched_by_types(["product.viewed"])
    assert facets(group) & touched_by_types(["order.refunded"])
    assert not facets(group) & touched_by_types(["page.viewed", "consent.given"])


def test_every_event_that_changes_facts_touches_something() -> None:
    """A new handler of the fold without its facets would leave segments behind."""
    from clm_plugin.profiles.folding import _HANDLERS

    no_figure = {"search.made", "checkout.started", "review.added"}
    for type_ in _HANDLERS.keys() - no_figure:
        assert touched_by_types([type_]) - {SEEN, of_type(type_)}, type_
