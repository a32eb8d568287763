"""JSON in and out: the same group comes back, and what is wrong is named with its place."""

from contextlib import suppress
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clm_plugin.segments.api import KINDS, Group, SegmentError, from_json, to_json
from clm_plugin.segments.conditions import DidEvent, Figure, HasTrait, InStage
from tests.segments.strategies import groups

json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=20,
)
FIGURE = {"kind": "figure", "figure": "orders", "at_least": 2}


def inside(condition: Any) -> dict[str, Any]:
    return {"kind": "all", "members": [{"kind": "any", "members": [FIGURE, condition]}]}


@given(groups())
def test_a_group_comes_back_equal(group: Group) -> None:
    assert from_json(to_json(group)) == group


def test_fields_with_their_default_are_left_out() -> None:
    group = Group("all", (Figure(figure="orders", at_least=2), InStage(stages=("loyal",))))
    assert to_json(group) == {
        "kind": "all",
        "members": [FIGURE, {"kind": "stage", "stages": ["loyal"]}],
    }


@given(json_values, st.sampled_from([kind.kind for kind in KINDS] + ["all", "any", "none"]))
def test_rubbish_is_refused_with_a_segment_error(value: Any, kind: str) -> None:
    data = {**value, "kind": kind} if isinstance(value, dict) else value
    for attempt in (data, inside(data), {"kind": kind, "members": value}):
        with suppress(SegmentError):
            assert isinstance(from_json(attempt), Group)


@given(st.sampled_from(KINDS), st.text(min_size=1, max_size=12), json_values)
def test_no_field_takes_rubbish(kind: type[Any], name: str, value: Any) -> None:
    """Each field of each kind with each odd value: refused, or clean enough to be written."""
    names = [*kind.__dataclass_fields__, name]
    for one in names:
        try:
            group = from_json({"kind": "all", "members": [{"kind": kind.kind, one: value}]})
        except SegmentError:
            continue
        assert from_json(to_json(group)) == group


@pytest.mark.parametrize(
    ("condition", "path"),
    [
        (None, ""),
        ("x", ""),
        ({}, ".kind"),
        ({"kind": 3}, ".kind"),
        ({"kind": "wallet"}, ".kind"),
        ({"kind": "any", "members": []}, ".members"),
        ({"kind": "any", "members": [], "x": 1}, ".x"),
        ({"kind": "any", "members": "figure"}, ".members"),
        ({"kind": "figure"}, ".figure"),
        ({"kind": "figure", "figure": "orders"}, ".at_least"),
        ({"kind": "figure", "figure": "luck", "at_least": 1}, ".figure"),
        ({"kind": "figure", "figure": "orders", "at_least": float("nan")}, ".at_least"),
        ({"kind": "figure", "figure": "orders", "at_least": 2**70}, ".at_least"),
        ({"kind": "figure", "figure": "orders", "at_least": 1.5}, ".at_least"),
        ({"kind": "figure", "figure": "orders", "at_least": True}, ".at_least"),
        ({"kind": "figure", "figure": "orders", "at_least": 3, "at_most": 2}, ".at_most"),
        ({"kind": "figure", "figure": "gap_days", "at_least": float("inf")}, ".at_least"),
        (
            {"kind": "figure", "figure": "days_since_last_seen", "at_least": 3, "at_most": 3},
            ".at_most",
        ),
        ({"kind": "stage", "stages": []}, ".stages"),
        ({"kind": "stage", "stages": ["a", 3]}, ".stages[1]"),
        ({"kind": "stage", "stages": ["a\x00"]}, ".stages[0]"),
        ({"kind": "stage", "stages": ["\ud800"]}, ".stages[0]"),
        ({"kind": "stage", "stages": ["a"], "min_days": 0}, ".min_days"),
        ({"kind": "stage", "stages": ["a"] * 201}, ".stages"),
        ({"kind": "event", "type": "moon.rose", "at_least": 1}, ".type"),
        ({"kind": "event", "type": "page.viewed"}, ".at_least"),
        ({"kind": "event", "type": "page.viewed", "at_least": 0}, ".at_least"),
        ({"kind": "event", "type": "page.viewed", "at_least": 1, "name": "x"}, ".name"),
        ({"kind": "event", "type": "page.viewed", "at_least": 1, "where": [3]}, ".where[0]"),
        (
            {"kind": "event", "type": "page.viewed", "at_least": 1, "where": [{"field": 'a"b'}]},
            ".where[0].field",
        ),
        (
            {
                "kind": "event",
                "type": "page.viewed",
                "at_least": 1,
                "where": [{"field": "a", "op": "gt", "value": "x"}],
            },
            ".where[0].value",
        ),
        ({"kind": "trait", "key": "plan", "op": "like", "value": "x"}, ".op"),
        ({"kind": "trait", "key": "plan", "op": "gt", "value": "x"}, ".value"),
        ({"kind": "trait", "key": "plan", "op": "before", "value": "soon"}, ".value"),
        ({"kind": "trait", "key": "plan", "op": "before", "value": "9999-12-31"}, ".value"),
        ({"kind": "trait", "key": "plan", "op": "set", "value": "x"}, ".value"),
        ({"kind": "trait", "key": "", "op": "set"}, ".key"),
        ({"kind": "bought", "within_days": 3}, ".products"),
        ({"kind": "bought", "products": ["1"], "never": 1}, ".never"),
        ({"kind": "prediction", "measure": "churn", "at_least": 1.1}, ".at_least"),
        ({"kind": "life_event", "events": ["a"], "from_days": 1}, ".to_days"),
        ({"kind": "favourite", "categories": ["1"], "at_least": 2}, ".at_least"),
        ({"kind": "flag", "flag": "rich"}, ".flag"),
        ({"kind": "country", "countries": ["GBR"]}, ".countries[0]"),
    ],
)
def test_the_error_names_the_place(condition: Any, path: str) -> None:
    with pytest.raises(SegmentError) as caught:
        from_json(inside(condition))
    assert caught.value.path == f"members[0].members[1]{path}"


def test_the_outermost_is_a_group() -> None:
    with pytest.raises(SegmentError) as caught:
        from_json(FIGURE)
    assert caught.value.path == "kind"


def nested(depth: int) -> dict[str, Any]:
    data: dict[str, Any] = {"kind": "all", "members": [FIGURE]}
    for _ in range(depth - 1):
        data = {"kind": "all", "members": [data]}
    return data


def test_four_groups_deep_and_no_deeper() -> None:
    assert from_json(nested(4)).depth == 4
    with pytest.raises(SegmentError, match="deeper than 4"):
        from_json(nested(5))
    with pytest.raises(SegmentError, match="deeper than 4"):
        from_json(nested(900))


def test_fifty_conditions_and_no_more() -> None:
    half = {"kind": "any", "members": [FIGURE] * 25}
    assert len(list(from_json({"kind": "all", "members": [half, half]}).conditions())) == 50
    with pytest.raises(SegmentError, match="more than 50") as caught:
        from_json({"kind": "all", "members": [half, half, FIGURE]})
    assert caught.value.path == "members[2]"
    with pytest.raises(SegmentError, match="more than 50"):
        from_json({"kind": "all", "members": [FIGURE] * 51})


def test_a_wrong_condition_cannot_be_made_in_python_either() -> None:
    with pytest.raises(SegmentError, match="at_most"):
        DidEvent(type="page.viewed", at_least=2, at_most=1)
    with pytest.raises(SegmentError, match="value"):
        HasTrait(key="plan", op="gte", value=float("nan"))
