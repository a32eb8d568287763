"""Stages: the rules as a table, what time alone does, and the default against what it was."""

from datetime import datetime, timedelta

import pytest
from hypothesis import given, settings

from clm_plugin.lifecycle.api import Cutoffs, Entry, Model, Situation, Stage, cutoffs_for, place
from clm_plugin.lifecycle.data import FlagRules
from clm_plugin.lifecycle.defaults import DEFAULT, TEMPLATES
from clm_plugin.lifecycle.rules import compile_flags, compile_stages, gap_micros
from tests.factories import NOW, days
from tests.lengths import examples
from tests.lifecycle import oracle
from tests.lifecycle.strategies import Someone, models, people

GAP = Cutoffs(gap=days(30), source="store")
MONTH = days(30) // timedelta(microseconds=1)
INSTANT = timedelta(microseconds=1)
in_default = compile_stages(DEFAULT)


def who(**given_: object) -> Situation:
    return Situation(**given_)  # type: ignore[arg-type]


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
    assert place(situation, GAP, NOW).stage == stage
    due = in_default(
        situation.known,
        situation.product_views,
        situation.orders,
        0,
        situation.last_order_at,
        situation.basket_at,
        MONTH,
        NOW,
    )[1]
    assert due == (None if due_in is None else NOW + days(due_in))


def placed(model: Model, one: Someone, at: datetime = NOW) -> tuple:
    gap = gap_micros(one.orders, one.own_gap, 20.0 if one.category == "cat" else None, 14.0)
    basket_at = one.basket_at if one.basket_items else None
    return compile_stages(model)(
        one.known, one.views, one.orders, one.spend, one.last, basket_at, gap, at
    )


@settings(max_examples=examples(500))
@given(people())
def test_the_default_model_gives_what_it_gave_before_models_could_be_edited(one: Someone) -> None:
    gap = gap_micros(one.orders, one.own_gap, 20.0 if one.category == "cat" else None, 14.0)
    before = oracle.place(
        one.known,
        one.views,
        one.orders,
        one.last,
        one.basket_at if one.basket_items else None,
        timedelta(microseconds=gap),
        NOW,
    )
    assert placed(DEFAULT, one) == before


@settings(max_examples=examples(500))
@given(models(), people())
def test_somebody_is_in_the_last_stage_that_holds_until_she_is_due(
    model: Model, one: Someone
) -> None:
    stage, due = placed(model, one)
    number = model.keys.index(stage)
    alone = [n for n in range(1, len(model.stages)) if _holds(model.stages[n], one)]
    assert number == max(alone, default=0)
    if due is not None:
        assert due > NOW
        assert placed(model, one, due)[0] != stage, "she was due, and nothing changed"
        assert placed(model, one, due - INSTANT)[0] == stage
    else:
        assert placed(model, one, NOW + days(20_000))[0] == stage


def _holds(stage: Stage, one: Someone) -> bool:
    """Whether a stage takes somebody when nothing else does: a model of only the two."""
    pair = Model(key="", version=0, name="", stages=(Stage(key="no", label="", order=1), stage))
    return bool(placed(pair, one)[0] == stage.key)


@pytest.mark.parametrize(
    ("entry", "fits", "fits_not"),
    [
        (Entry(known=True), {"known": True}, {"product_views": 99}),
        (Entry(min_views=4), {"product_views": 4}, {"known": True, "product_views": 3}),
        (Entry(max_orders=1), {"orders": 1, "last_order_at": NOW}, {"orders": 2}),
        (Entry(min_spend_minor=500), {"spend_minor": 500}, {"spend_minor": 499}),
        (
            Entry(silent_for=days(10)),
            {"orders": 1, "last_order_at": NOW - days(10)},
            {"orders": 1, "last_order_at": NOW - days(10) + INSTANT},
        ),
        (
            Entry(silent_gaps=0.5, silent_for=days(20)),
            {"orders": 1, "last_order_at": NOW - days(20)},
            {"orders": 1, "last_order_at": NOW - days(16)},
        ),
        (
            Entry(bought_within_gaps=0.5),
            {"orders": 1, "last_order_at": NOW - days(15) + INSTANT},
            {"orders": 1, "last_order_at": NOW - days(15)},
        ),
        (Entry(bought_within=days(3)), {"orders": 1, "last_order_at": NOW - days(2)}, {}),
        (
            Entry(basket_within=days(1)),
            {"basket_items": 1, "basket_at": NOW},
            {"basket_items": 0, "basket_at": NOW},
        ),
    ],
)
def test_each_condition(entry: Entry, fits: dict, fits_not: dict) -> None:
    model = Model(
        key="m",
        version=1,
        name="",
        stages=(
            Stage(key="out", label="Out", order=1),
            Stage(key="in", label="In", order=2, entry=entry),
        ),
    )
    assert place(who(**fits), GAP, NOW, model=model).stage == "in"
    assert place(who(**fits_not), GAP, NOW, model=model).stage == "out"


def test_a_later_stage_that_would_end_before_it_begins_is_never_due() -> None:
    never = Entry(silent_for=days(40), bought_within=days(20))
    model = Model(
        key="m",
        version=1,
        name="",
        stages=(
            Stage(key="a", label="A", order=1),
            Stage(key="b", label="B", order=2, entry=never),
        ),
    )
    assert compile_stages(model)(True, 0, 1, 0, NOW, None, MONTH, NOW) == ("a", None)


FLAGS = FlagRules(churn_spend_minor=1_000)


@pytest.mark.parametrize(
    ("orders", "spend", "recommended", "silent", "advocate", "risk", "due_in"),
    [
        (3, 0, True, 0, True, False, 90),
        (2, 0, True, 0, False, False, None),
        (3, 0, False, 0, False, False, None),
        (3, 0, True, 90, False, False, None),
        (2, 1_000, False, 0, False, False, 22.5),
        (2, 1_000, False, 22.5, False, True, 67.5),
        (2, 1_000, False, 90, False, False, None),
        (2, 999, False, 30, False, False, None),
        (1, 1_000, False, 30, False, False, None),
        (3, 1_000, True, 30, True, True, 60),
        (3, 1_000, True, 10, True, False, 12.5),
    ],
)
def test_flags(
    orders: int,
    spend: int,
    recommended: bool,
    silent: float,
    advocate: bool,
    risk: bool,
    due_in: float | None,
) -> None:
    told = compile_flags(FLAGS, worth=0)(orders, spend, recommended, NOW - days(silent), MONTH, NOW)
    assert told == (advocate, risk, None if due_in is None else NOW + days(due_in))


def test_what_the_middle_repeat_buyer_spent_is_of_worth_unless_the_model_says_more() -> None:
    by_store = compile_flags(FlagRules(), worth=5_000)
    assert by_store(2, 4_999, False, NOW - days(25), MONTH, NOW)[1] is False
    assert by_store(2, 5_000, False, NOW - days(25), MONTH, NOW)[1] is True


@pytest.mark.parametrize("template", TEMPLATES, ids=lambda template: template.model.key)
def test_every_template_can_be_used(template: object) -> None:
    model: Model = template.model  # type: ignore[attr-defined]
    assert model.first.entry.is_empty
    assert all(not stage.entry.is_empty for stage in model.stages[1:])
    assert len(set(model.keys)) == len(model.stages)
    assert [stage.order for stage in model.stages] == list(range(1, len(model.stages) + 1))
    assert compile_stages(model)(False, 0, 0, 0, None, None, MONTH, NOW)[0] == model.first.key


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
