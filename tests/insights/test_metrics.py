"""Headline metrics: every formula with its numerator, denominator and readiness."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clm_plugin.insights.api import METRICS, Contacts, Flow, Metric, Sums, stage_metrics
from clm_plugin.insights.metrics import (
    CURVE,
    GAP_BUCKETS,
    days_to_earn,
    drops,
    goes_on,
    median_of_buckets,
)
from clm_plugin.insights.order_counts import bucket
from clm_plugin.lifecycle.api import DEFAULT, Stage
from clm_plugin.lifecycle.api import METRICS as KINDS


def flow(source: str, target: str, moves: int) -> Flow:
    return Flow(source=source, target=target, moves=moves)


STAGES = DEFAULT.stages
NOW = Sums(
    days=30,
    before={"reach": 80, "acquire": 60, "convert": 40, "nurture": 100, "retain": 90, "loyal": 10,
            "at-risk": 50, "lapsed": 200},
    after={"lapsed": 210},
    flows=(
        flow("", "reach", 120), flow("reach", "acquire", 40), flow("acquire", "convert", 30),
        flow("convert", "nurture", 20), flow("convert", "acquire", 5), flow("nurture", "retain", 8),
        flow("nurture", "at-risk", 12), flow("at-risk", "lapsed", 9), flow("at-risk", "retain", 3),
        flow("lapsed", "retain", 4), flow("retain", "lapsed", 1),
    ),
    numbers={"orders": 60, "first_orders": 25, "second_orders": 10, "second_after_30": 6,
             "second_after_60": 4},
    levels_before={"buyers": 450, "repeaters": 150},
    levels_after={"buyers": 475, "repeaters": 160, "curve_people_0": 100, "curve_margin_0": 50_000,
                  "curve_people_30": 80, "curve_margin_30": 80_000},
    spend_minor=20_000,
    contacts={"nurture": Contacts(delivered=200, clicked=30)},
)  # fmt: skip
NOTHING = Sums(days=30)


def metrics(stage: str, now: Sums = NOW, before: Sums = NOTHING) -> dict[str, Metric]:
    wanted = next(each for each in STAGES if each.key == stage)
    return {metric.key: metric for metric in stage_metrics(wanted, STAGES, now, before)}


@pytest.mark.parametrize(
    ("stage", "key", "value", "part", "whole", "unready"),
    [
        ("reach", "new_visitors", 120, None, None, ""),
        ("reach", "cost_per_visitor", 20_000 / 120, 20_000, 120, ""),
        # 60 stood there, 45 came (40, and 5 back from convert); 30 went on
        ("acquire", "conversion", 30 / 105, 30, 105, ""),
        ("convert", "conversion", 20 / 70, 20, 70, ""),
        # 800 a customer: 500 with the first order, 1,000 after 30 days
        ("acquire", "payback", 18.0, 20_000, 25, ""),
        ("nurture", "second_order", 10 / 325, 10, 325, ""),
        # half of ten lies in the bucket from 21 to 30 days, 5/6 of the way
        ("nurture", "days_to_second", 28.5, None, 10, "few"),
        ("nurture", "click_rate", 0.15, 30, 200, ""),
        # 10 came into lapsed; active: 450 buyers less 200 lapsed, and 25 new ones
        ("retain", "churn", 10 / 275, 10, 275, ""),
        ("retain", "retention", 265 / 275, 265, 275, ""),
        # 60 orders in 30 days of (250 + 265) / 2 active customers
        ("loyal", "frequency", 60 / 257.5 * 365 / 30, 60, 257.5, ""),
        ("at-risk", "won_back", 3 / 62, 3, 62, ""),
        ("lapsed", "won_back", 4 / 210, 4, 210, ""),
    ],
)
def test_formula(
    stage: str, key: str, value: float, part: float | None, whole: float | None, unready: str
) -> None:
    metric = metrics(stage)[key]
    assert metric.value == pytest.approx(value)
    assert (metric.part, metric.whole, metric.unready) == (part, whole, unready)


@pytest.mark.parametrize(
    ("stage", "key", "unready"),
    [
        ("reach", "cost_per_visitor", "no_spend"),
        ("acquire", "conversion", "nobody"),
        ("acquire", "payback", "no_spend"),
        ("nurture", "second_order", "nobody"),
        ("nurture", "days_to_second", "nobody"),
        ("nurture", "click_rate", "no_contacts"),
        ("retain", "churn", "nobody"),
        ("retain", "retention", "nobody"),
        ("loyal", "frequency", "nobody"),
        ("lapsed", "won_back", "nobody"),
    ],
)
def test_nothing_to_measure_by(stage: str, key: str, unready: str) -> None:
    metric = metrics(stage, NOTHING)[key]
    assert metric.value is None
    assert metric.unready == unready


def test_referrals_are_not_measured() -> None:
    stage = Stage(key="fans", label="Fans", order=1, metric="referral")
    (metric,) = stage_metrics(stage, [stage], NOW, NOW)
    assert (metric.key, metric.value, metric.unready) == ("referral", None, "no_referrals")


def test_a_model_without_a_loss_has_no_churn() -> None:
    stage = Stage(key="keep", label="Keep", order=1, metric="retention")
    assert {m.unready for m in stage_metrics(stage, [stage], NOW, NOW)} == {"no_loss"}


@pytest.mark.parametrize(("part", "verdict"), [(40, "good"), (10, "bad"), (30, "same")])
def test_the_period_before(part: int, verdict: str) -> None:
    flows = tuple(
        replace(f, moves=part) if (f.source, f.target) == ("acquire", "convert") else f
        for f in NOW.flows
    )
    metric = metrics("acquire", replace(NOW, flows=flows), NOW)["conversion"]
    assert metric.before == pytest.approx(30 / 105)
    assert metric.verdict == verdict


def test_less_churn_is_good_news() -> None:
    fewer = replace(NOW, flows=tuple(f for f in NOW.flows if f.target != "lapsed"))
    assert metrics("retain", fewer, NOW)["churn"].verdict == "good"
    assert metrics("retain", NOW, fewer)["churn"].verdict == "bad"


def test_a_missing_number_before_is_none_and_not_zero() -> None:
    metric = metrics("nurture", NOW, replace(NOW, contacts={}))["click_rate"]
    assert (metric.before, metric.change, metric.verdict) == (None, None, "same")


def test_half_a_period_is_nothing_to_compare_with() -> None:
    assert metrics("retain", NOW, NOW)["churn"].before is not None
    assert metrics("retain", NOW, replace(NOW, is_whole=False))["churn"].before is None
    assert metrics("nurture", NOW, NOW)["days_to_second"].before is None  # ten people are too few


def test_every_kind_of_stage_has_a_headline() -> None:
    assert set(METRICS.values()) == set(KINDS)
    for kind in KINDS:
        stage = Stage(key="x", label="X", order=1, metric=kind)
        assert stage_metrics(stage, [stage], NOW, NOW)


@pytest.mark.parametrize(
    ("cost", "days"),
    [(0, 0.0), (500, 0.0), (750, 15.0), (1_000, 30.0), (1_001, None)],
)
def test_days_to_earn(cost: float, days: float | None) -> None:
    assert days_to_earn(cost, NOW.levels_after) == days


@given(st.lists(st.integers(1, 800), min_size=1, max_size=200))
def test_the_median_lies_in_the_bucket_of_the_true_one(days: list[int]) -> None:
    counts = [0] * len(GAP_BUCKETS)
    for each in days:
        counts[GAP_BUCKETS.index(bucket(each))] += 1
    found = median_of_buckets(counts)
    true = sorted(days)[(len(days) - 1) // 2]
    assert found is not None
    high = bucket(true)
    low = ([0, *GAP_BUCKETS])[GAP_BUCKETS.index(high)]
    assert low <= found <= high


def test_buckets() -> None:
    assert [bucket(days) for days in (0, 1, 1.2, 30, 31, 9_999)] == [1, 1, 2, 30, 45, 730]
    assert list(CURVE) == sorted(CURVE)


@pytest.mark.parametrize(
    ("source", "target", "on", "off"),
    [
        ("reach", "convert", True, False),
        ("convert", "acquire", False, True),
        ("nurture", "at-risk", False, True),
        ("at-risk", "lapsed", False, True),
        ("lapsed", "at-risk", False, False),
        ("lapsed", "retain", True, False),
    ],
)
def test_ways(source: str, target: str, on: bool, off: bool) -> None:
    by_key: dict[str, Any] = {stage.key: stage for stage in STAGES}
    assert goes_on(by_key[source], by_key[target]) is on
    assert drops(by_key[source], by_key[target]) is off
