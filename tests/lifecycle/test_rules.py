"""Stages: the rules as a table, and what time alone does."""

from datetime import timedelta

import pytest

from clm_plugin.lifecycle.api import Cutoffs, Situation, cutoffs_for, place
from tests.factories import NOW, days

GAP = Cutoffs(gap=days(30), source="store")


def who(**given: object) -> Situation:
    values: dict = {
        "known": False,
        "product_views": 0,
        "orders": 0,
        "last_order_at": None,
        "basket_items": 0,
        "basket_at": None,
    }
    return Situation(**{**values, **given})


@pytest.mark.parametrize(
    ("situation", "stage", "due_in"),
    [
        (who(), "reach", None),
        (who(product_views=2), "reach", None),
        (who(product_views=3), "acquire", None),
        (who(known=True), "acquire", None),
        (who(basket_items=1, basket_at=NOW - days(1)), "convert", 29),
        (who(basket_items=1, basket_at=NOW - days(30)), "reach", None),
        (who(known=True, basket_items=1, basket_at=NOW - days(31)), "acquire", None),
        (who(orders=1, last_order_at=NOW - days(1)), "nurture", 29),
        (who(orders=2, last_order_at=NOW - days(1)), "retain", 29),
        (who(orders=4, last_order_at=NOW), "retain", 30),
        (who(orders=5, last_order_at=NOW), "loyal", 30),
        (who(orders=5, last_order_at=NOW - days(30)), "at-risk", 60),
        (who(orders=1, last_order_at=NOW - days(89)), "at-risk", 1),
        (who(orders=9, last_order_at=NOW - days(90)), "lapsed", None),
    ],
)
def test_place(situation: Situation, stage: str, due_in: int | None) -> None:
    placement = place(situation, GAP, NOW)
    assert placement.stage == stage
    assert placement.due_at == (None if due_in is None else NOW + days(due_in))


def test_the_due_time_is_when_the_stage_changes_and_not_before() -> None:
    situation = who(orders=3, last_order_at=NOW)
    first = place(situation, GAP, NOW)
    assert first.due_at is not None
    instant = timedelta(microseconds=1)
    assert place(situation, GAP, first.due_at - instant).stage == "retain"
    assert place(situation, GAP, first.due_at).stage == "at-risk"


@pytest.mark.parametrize(
    ("orders", "own", "category", "store", "expected"),
    [
        (4, 20.0, 40.0, 50.0, (20, "own")),
        (3, 20.0, 40.0, 50.0, (40, "category")),
        (3, 20.0, None, 50.0, (50, "store")),
        (1, None, None, None, (60, "default")),
        (9, 1.0, None, None, (7, "own")),
    ],
)
def test_whose_gap_applies(
    orders: int, own: float | None, category: float | None, store: float | None, expected: tuple
) -> None:
    cutoffs = cutoffs_for(orders=orders, own_gap_days=own, category_gap=category, store_gap=store)
    assert (cutoffs.gap.days, cutoffs.source) == expected
