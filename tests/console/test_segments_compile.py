"""Blocks become conditions; what is wrong is told at its block."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from clm_plugin.models import CompiledSegment, TraitDefinition
from clm_plugin.segments.api import to_json
from clm_plugin.segments.blocks import CONDITIONS, DEPTH, RulesStream
from clm_plugin.segments.compile import compile_stream
from clm_plugin.segments.data import MAX_CONDITIONS, MAX_DEPTH
from tests.factories import NOW

pytestmark = pytest.mark.django_db

STREAM = RulesStream()


def compiled(*rules: tuple[str, Any], key: str = "") -> Any:
    return compile_stream(STREAM.normalize(list(rules)), key=key)


def members(*rules: tuple[str, Any]) -> Any:
    found = compiled(*rules)
    assert found.troubles() == []
    return to_json(found.group)["members"]


def troubles(*rules: tuple[str, Any], key: str = "") -> list[tuple[tuple[str, ...], str]]:
    return [(one.where, one.what) for one in compiled(*rules, key=key).troubles()]


# (block, what is filled in, the condition's JSON)
KINDS: list[tuple[str, dict[str, Any], dict[str, Any]]] = [
    ("stage", {"stages": ["loyal"], "min_days": 3},
     {"kind": "stage", "stages": ["loyal"], "min_days": 3}),
    ("flag", {"flag": "advocate", "is_set": "no"},
     {"kind": "flag", "flag": "advocate", "is_set": False}),
    ("trait", {"key": "first_name", "op": "eq", "value": "Ann"},
     {"kind": "trait", "key": "first_name", "value": "Ann"}),
    ("trait", {"key": "first_name", "op": "set", "value": "left over"},
     {"kind": "trait", "key": "first_name", "op": "set"}),
    ("trait", {"key": "age", "op": "gte", "value": "30"},
     {"kind": "trait", "key": "age", "op": "gte", "value": 30}),
    ("trait", {"key": "age", "op": "eq", "value": "30.5"},
     {"kind": "trait", "key": "age", "value": 30.5}),
    ("trait", {"key": "vip", "op": "eq", "value": "Yes"},
     {"kind": "trait", "key": "vip", "value": True}),
    ("trait", {"key": "since", "op": "after", "value": "2026-05-01"},
     {"kind": "trait", "key": "since", "op": "after", "value": "2026-05-01"}),
    ("trait", {"key": "since", "op": "ahead", "value": "14"},
     {"kind": "trait", "key": "since", "op": "ahead", "value": 14}),
    ("country", {"countries": ["GB", "DE"]}, {"kind": "country", "countries": ["GB", "DE"]}),
    ("language", {"languages": ["de"]}, {"kind": "language", "languages": ["de"]}),
    ("consent", {"purpose": "marketing:mail", "state": "never"},
     {"kind": "consent", "purpose": "marketing", "channel": "mail", "state": "never"}),
    ("consent", {"purpose": "analytics", "state": "refused"},
     {"kind": "consent", "purpose": "analytics", "state": "refused"}),
    ("segment", {"segments": ["vip"], "inside": "no"},
     {"kind": "segment", "segments": ["vip"], "inside": False}),
    ("life_event", {"events": ["birthday"], "from_days": 0, "to_days": 14},
     {"kind": "life_event", "events": ["birthday"], "from_days": 0, "to_days": 14}),
    ("did", {"type": "product.viewed", "at_least": 3, "at_most": None, "within_days": 7},
     {"kind": "event", "type": "product.viewed", "at_least": 3, "within_days": 7}),
    ("did", {"type": "order.placed", "at_least": 1, "within_days": None,
             "where": [{"field": "total", "op": "gte", "value": "49.90"}]},
     {"kind": "event", "type": "order.placed", "at_least": 1,
      "where": [{"field": "total_minor", "op": "gte", "value": 4990}]}),
    ("did", {"type": "custom.tracked", "name": "Video played", "at_least": 1, "within_days": 30,
             "where": [{"field": "seconds", "op": "gt", "value": "30"}]},
     {"kind": "event", "type": "custom.tracked", "name": "Video played", "at_least": 1,
      "within_days": 30, "where": [{"field": "seconds", "op": "gt", "value": 30}]}),
    ("did_not", {"type": "order.placed", "within_days": 90},
     {"kind": "event", "type": "order.placed", "at_most": 0, "within_days": 90}),
    ("survey", {"survey": "nps", "op": "gte", "value": "9"},
     {"kind": "survey", "survey": "nps", "op": "gte", "value": 9}),
    ("survey", {"survey": "nps", "op": "contains", "value": "slow"},
     {"kind": "survey", "survey": "nps", "op": "contains", "value": "slow"}),
    ("channel", {"which": "first", "channels": ["social"]},
     {"kind": "channel", "which": "first", "channels": ["social"]}),
    ("utm", {"source": "letter", "within_days": 7},
     {"kind": "utm", "source": "letter", "within_days": 7}),
    ("bought", {"categories": ["4"], "at_least": 2, "within_days": None},
     {"kind": "bought", "categories": ["4"], "at_least": 2}),
    ("never_bought", {"products": ["7"]}, {"kind": "bought", "products": ["7"], "never": True}),
    ("bought_not", {"categories": ["1"], "not_categories": ["2"]},
     {"kind": "bought_not", "categories": ["1"], "not_categories": ["2"]}),
    ("viewed_not_bought", {"products": ["7"], "within_days": 14},
     {"kind": "viewed_not_bought", "products": ["7"], "within_days": 14}),
    ("basket", {"min_items": 1, "min_amount": Decimal("50")},
     {"kind": "basket", "min_items": 1, "min_minor": 5000}),
    ("favourite", {"categories": ["4"], "at_least": 40},
     {"kind": "favourite", "categories": ["4"], "at_least": 0.4}),
    ("money", {"figure": "spend", "at_least": Decimal("100.50"), "at_most": None},
     {"kind": "figure", "figure": "spend", "at_least": 10_050}),
    ("number", {"figure": "orders", "at_least": None, "at_most": 0},
     {"kind": "figure", "figure": "orders", "at_most": 0}),
    ("days", {"figure": "days_since_last_order", "at_least": 60},
     {"kind": "figure", "figure": "days_since_last_order", "at_least": 60}),
    ("rfm", {"names": ["champions"], "m_min": 4},
     {"kind": "rfm", "names": ["champions"], "m_min": 4}),
    ("predicted_value", {"at_least": Decimal(20)},
     {"kind": "prediction", "measure": "value", "at_least": 2000}),
    ("predicted_churn", {"at_least": 60},
     {"kind": "prediction", "measure": "churn", "at_least": 0.6}),
    ("store_credit", {"ask": "balance", "at_least": Decimal(5), "is_so": "yes"},
     {"kind": "store_credit", "min_minor": 500}),
    ("store_credit", {"ask": "expiring", "expires_in_days": 7, "is_so": "no"},
     {"kind": "store_credit", "ask": "expiring", "expires_in_days": 7, "is_so": False}),
]  # fmt: skip


@pytest.fixture(autouse=True)
def declared() -> None:
    for key, kind in (("age", "number"), ("vip", "boolean"), ("since", "date")):
        TraitDefinition.objects.create(key=key, label=key.title(), kind=kind)


@pytest.mark.parametrize(("block", "value", "wanted"), KINDS)
def test_every_kind(block: str, value: dict[str, Any], wanted: dict[str, Any]) -> None:
    assert members((block, value)) == [wanted]


def test_no_kind_is_forgotten() -> None:
    assert {block for block, _, _ in KINDS} == set(CONDITIONS)


def test_every_kind_of_condition_can_be_authored() -> None:
    from clm_plugin.segments.conditions import KINDS as ALL

    assert {block.makes for block in CONDITIONS.values()} == set(ALL)


def test_groups() -> None:
    number = ("number", {"figure": "orders", "at_least": 1})
    inner = ("none", [("country", {"countries": ["FR"]}), ("all", [number])])
    assert members(number, ("any", [number, inner])) == [
        {"kind": "figure", "figure": "orders", "at_least": 1},
        {"kind": "any", "members": [
            {"kind": "figure", "figure": "orders", "at_least": 1},
            {"kind": "none", "members": [
                {"kind": "country", "countries": ["FR"]},
                {"kind": "all", "members": [
                    {"kind": "figure", "figure": "orders", "at_least": 1}]},
            ]},
        ]},
    ]  # fmt: skip


def test_as_deep_as_the_language() -> None:
    assert DEPTH == MAX_DEPTH - 1
    rule: Any = ("number", {"figure": "orders", "at_least": 1})
    for _ in range(DEPTH):
        rule = ("all", [rule])
    assert compiled(rule).group.depth == MAX_DEPTH


WRONG: list[tuple[tuple[str, Any], tuple[str, ...], str]] = [
    (("number", {"figure": "orders", "at_least": 5, "at_most": 2}),
     ("Has a number of orders or visits", "At most"), "below “At least”"),
    (("number", {"figure": "orders"}),
     ("Has a number of orders or visits", "At least"), "at least one of these"),
    (("rfm", {"r_min": 4, "r_max": 2}), ("Has an RFM name or score", "Recency to"), "below"),
    (("any", []), ("Any of these",), "group is empty"),
    (("any", [("none", [("country", {"countries": []})])]),
     ("Any of these", "None of these", "Lives in a country", "Countries"), "not filled in"),
    (("did", {"type": "product.viewed", "at_least": 1, "name": "x"}),
     ("Did something", "Its name"), "shop's own name"),
    (("did", {"type": "search.made", "at_least": 1,
              "where": [{"field": "colour", "op": "eq", "value": "red"}]}),
     ("Did something", "Only if", "Property"), "has: query"),
    (("trait", {"key": "age", "op": "gt", "value": "old"}), ("Has a trait", "Value"), "a number"),
    (("trait", {"key": "since", "op": "before", "value": "soon"}),
     ("Has a trait", "Value"), "2026-05-01"),
    (("trait", {"key": "vip", "op": "eq", "value": "maybe"}),
     ("Has a trait", "Value"), "yes or no"),
    (("bought_not", {"products": ["1"]}),
     ("Bought A, but never B", "but never these products"), "at least one"),
    (("life_event", {"events": ["birthday"], "from_days": 3}),
     ("Has a life event", "To (days from today)"), "both ends"),
    (("country", {"countries": ["Germany"]}), ("Lives in a country", "Countries"), "2"),
]  # fmt: skip


@pytest.mark.parametrize(("rule", "where", "what"), WRONG)
def test_what_is_wrong_is_told_at_its_block(
    rule: tuple[str, Any], where: tuple[str, ...], what: str
) -> None:
    found = troubles(rule)
    assert [one for one, _ in found] == [where]
    assert what in found[0][1]
    assert compiled(rule).as_error() is not None


def test_what_is_complete_is_still_counted() -> None:
    found = compiled(
        ("number", {"figure": "orders", "at_least": 1}), ("country", {"countries": []})
    )
    assert list(found.errors) == [1]
    assert [member.kind for member in found.group.members] == ["figure"]


def test_nothing_and_too_much() -> None:
    assert "everybody would be in" in troubles()[0][1]
    many = [("number", {"figure": "orders", "at_least": n}) for n in range(MAX_CONDITIONS + 1)]
    assert "51 conditions" in troubles(*many)[0][1]
    assert "51 conditions" in troubles(("any", many))[0][1]
    assert troubles(*many[:-1]) == []


def test_circles_are_refused_at_the_block() -> None:
    CompiledSegment.objects.create(key="b", refers=["c"], compiled_at=NOW)
    CompiledSegment.objects.create(key="c", refers=["a"], compiled_at=NOW)
    asks_b = ("segment", {"segments": ["b"], "inside": "yes"})
    assert "a circle" in troubles(asks_b, key="a")[0][1]
    assert (
        "own members" in troubles(("segment", {"segments": ["a"], "inside": "yes"}), key="a")[0][1]
    )
    assert "a circle" in troubles(("any", [asks_b]), key="a")[0][1]
    assert troubles(asks_b, key="d") == []
