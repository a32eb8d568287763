"""The numeric core against counting by hand."""

from __future__ import annotations

import math
import subprocess
import sys
from collections import Counter
from itertools import permutations
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from clm_plugin.recommendations import copurchase
from clm_plugin.recommendations.copurchase import Pairs, copurchases
from clm_plugin.recommendations.data import Floors
from tests.lengths import examples

NO_FLOORS = Floors(together=1, lift=0.0, confidence=0.0)

baskets_of = st.lists(st.lists(st.integers(0, 9), min_size=1, max_size=7), min_size=1, max_size=40)


def figures(baskets: list[list[int]], **options: Any) -> Pairs:
    lines = [(order, product) for order, basket in enumerate(baskets) for product in basket]
    orders, products = np.array(lines, np.int32).reshape(-1, 2).T
    return copurchases(orders, products, **options)


def rows(pairs: Pairs) -> list[tuple[int, int, int, int, float, float, float, float]]:
    columns = (
        pairs.product,
        pairs.other,
        pairs.rank,
        pairs.together,
        pairs.support,
        pairs.confidence,
        pairs.lift,
        pairs.score,
    )
    return list(zip(*(column.tolist() for column in columns), strict=True))


def by_hand(
    baskets: list[list[int]], floors: Floors, shrink: float, best: int
) -> list[tuple[int, int, int, int, float, float, float, float]]:
    """The same from the definitions, with dictionaries and loops."""
    sold: Counter[int] = Counter()
    both: Counter[tuple[int, int]] = Counter()
    for basket in baskets:
        sold.update(set(basket))
        both.update(permutations(sorted(set(basket)), 2))
    total = len(baskets)
    found = []
    for product in sorted(sold):
        mine = []
        for (left, other), together in both.items():
            if left != product:
                continue
            confidence = together / sold[product]
            lift = confidence * total / sold[other]
            if (
                together >= floors.together
                and lift > floors.lift
                and confidence >= floors.confidence
            ):
                score = together / (sold[product] + shrink) * math.log(lift)
                mine.append((-score, -together, other, confidence, lift))
        for rank, (score, together, other, confidence, lift) in enumerate(sorted(mine)[:best], 1):
            found.append(
                (product, other, rank, -together, -together / total, confidence, lift, -score)
            )
    return found


def same(left: Pairs, right: list[tuple[int, int, int, int, float, float, float, float]]) -> bool:
    return len(left) == len(right) and all(
        a[:4] == b[:4] and a[4:] == pytest.approx(b[4:], rel=1e-9, abs=1e-12)
        for a, b in zip(rows(left), right, strict=True)
    )


@settings(deadline=None, max_examples=examples(200))
@given(baskets=baskets_of, best=st.integers(1, 8), slice_=st.sampled_from([1, 20, 10**6]))
def test_every_figure_is_what_counting_gives(
    baskets: list[list[int]], best: int, slice_: int
) -> None:
    # A floor that no fraction of small numbers hits exactly: on it rounding would decide.
    floors = Floors(together=2, lift=1.2003, confidence=0.1003)
    before, copurchase._SLICE = copurchase._SLICE, slice_
    try:
        found = figures(baskets, floors=floors, shrink=3, per_product=best)
    finally:
        copurchase._SLICE = before
    assert same(found, by_hand(baskets, floors, 3, best))


def test_rows_longer_than_their_blocks_keep_the_true_best() -> None:
    """Rows of hundreds of entries take the way through block maxima; the answer is the same."""
    rng = np.random.default_rng(7)
    baskets = [
        rng.choice(400, size=int(rng.integers(5, 60)), replace=False, p=_skewed(400)).tolist()
        for _ in range(600)
    ]
    floors = Floors(together=2, lift=1.0001, confidence=0.0)
    assert same(
        figures(baskets, floors=floors, shrink=20, per_product=3),
        by_hand(baskets, floors, 20, 3),
    )


def _skewed(count: int) -> np.ndarray:
    weights: np.ndarray = 1 / np.arange(1, count + 1)
    shares: np.ndarray = weights / weights.sum()
    return shares


def test_one_pair_by_the_book() -> None:
    baskets = [[0, 1], [0, 1], [0, 1, 2], [0], [2], [2], [3], [3], [3], [3]]
    pairs = figures(baskets, floors=Floors(), shrink=20)
    # 3 of 10 orders hold both; 3 of the 4 orders of 0; 1 is in 3 of 10.
    assert rows(pairs)[0] == pytest.approx((0, 1, 1, 3, 0.3, 0.75, 2.5, 3 / 24 * math.log(2.5)))
    assert rows(pairs)[1][:6] == pytest.approx((1, 0, 1, 3, 0.3, 1.0))
    assert len(pairs) == 2
    assert pairs.orders == 10


@pytest.mark.parametrize(
    ("floors", "kept"),
    [
        (Floors(together=3, lift=1.2, confidence=0.0), True),
        (Floors(together=4, lift=1.2, confidence=0.0), False),
        (Floors(together=3, lift=2.6, confidence=0.0), False),
        (Floors(together=3, lift=1.2, confidence=0.75), True),
        (Floors(together=3, lift=1.2, confidence=0.76), False),
    ],
)
def test_each_floor_alone_keeps_a_pair_out(floors: Floors, kept: bool) -> None:
    baskets = [[0, 1], [0, 1], [0, 1, 2], [0], [2], [2], [3], [3], [3], [3]]
    pairs = figures(baskets, floors=floors)
    assert ((0, 1) in zip(pairs.product, pairs.other, strict=True)) is kept


def test_a_line_that_comes_twice_counts_once() -> None:
    once = [[0, 1], [0, 1], [2], [3]]
    twice = [[0, 1, 1, 0], [0, 1], [2, 2], [3]]
    assert rows(figures(once, floors=NO_FLOORS)) == rows(figures(twice, floors=NO_FLOORS))


def test_ties_go_to_the_smaller_code_whatever_the_order_of_lines() -> None:
    baskets = [[5, 1, 2, 3, 4]] * 4 + [[9]] * 6
    found = figures(baskets, floors=Floors(), per_product=2)
    assert [(p, o) for p, o, *_ in rows(found) if p == 5] == [(5, 1), (5, 2)]
    mixed = [list(reversed(basket)) for basket in reversed(baskets)]
    assert rows(figures(mixed, floors=Floors(), per_product=2)) == rows(found)


@pytest.mark.parametrize("baskets", [[], [[0]], [[0], [1], [2]], [[0, 1]]])
def test_too_little_data_gives_nothing(baskets: list[list[int]]) -> None:
    assert len(figures(baskets)) == 0


def test_the_door_does_not_import_numpy() -> None:
    """A web process serves suggestions from the table and never pays for scipy's import."""
    code = (
        "import sys, clm_plugin.recommendations.copurchase, clm_plugin.recommendations.rules\n"
        "assert 'numpy' not in sys.modules and 'scipy' not in sys.modules"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def test_without_numpy_the_error_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "scipy", None)
    with pytest.raises(copurchase.NumericsMissing, match=r"clm-plugin\[insights\]"):
        copurchase.numerics()
