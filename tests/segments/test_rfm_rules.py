"""The map is total, better scores never have a worse name, and quantiles keep ties together."""

from itertools import product
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clm_plugin.segments.rfm_rules import NAMES, fixed_scores, name_of, row_of, tile, value_of

SCORES = list(product(range(1, 6), repeat=3))


def test_every_score_has_a_name_and_every_name_a_score() -> None:
    assert {name_of(*score) for score in SCORES} == set(NAMES)
    assert len(NAMES) == 11


@pytest.mark.parametrize(
    ("score", "name"),
    [
        ((5, 5, 5), "champions"),
        ((5, 4, 4), "champions"),
        ((4, 4, 4), "loyal"),
        ((3, 5, 5), "loyal"),
        ((5, 2, 2), "potential-loyalists"),
        ((5, 1, 1), "new-customers"),
        ((4, 1, 1), "promising"),
        ((3, 3, 3), "need-attention"),
        ((3, 1, 1), "about-to-sleep"),
        ((2, 3, 4), "at-risk"),
        ((1, 5, 5), "cant-lose-them"),
        ((2, 5, 5), "cant-lose-them"),
        ((2, 1, 1), "hibernating"),
        ((1, 1, 1), "lost"),
    ],
)
def test_the_map(score: tuple[int, int, int], name: str) -> None:
    assert name_of(*score) == name


def test_one_large_order_makes_nobody_loyal() -> None:
    for r, m in product(range(1, 6), repeat=2):
        assert name_of(r, 1, m) not in {"champions", "loyal", "cant-lose-them", "at-risk"}


def test_value_is_between_f_and_m() -> None:
    for f, m in product(range(1, 6), repeat=2):
        assert min(f, m) <= value_of(f, m) <= max(f, m)


@given(st.lists(st.integers(0, 20), min_size=1, max_size=60))
def test_quantiles_are_ntile_with_ties_kept_together(figures: list[int]) -> None:
    buyers = len(figures)
    scores = [tile(sum(other < mine for other in figures), buyers) for mine in figures]
    assert all(1 <= score <= 5 for score in scores)
    for (a, score_a), (b, score_b) in product(zip(figures, scores, strict=True), repeat=2):
        assert (a < b) <= (score_a <= score_b)
        assert (a == b) <= (score_a == score_b)


def test_without_ties_a_fifth_has_each_score() -> None:
    scores = [tile(worse, 500) for worse in range(500)]
    assert [scores.count(score) for score in range(1, 6)] == [100] * 5
    assert scores == sorted(scores)


@pytest.mark.parametrize(
    ("days", "orders", "spend", "wanted"),
    [
        (0, 1, 0, (5, 1, 1)),
        (30, 1, 1000, (5, 1, 2)),
        (30.1, 2, 1999, (4, 2, 2)),
        (90, 3, 2000, (4, 3, 3)),
        (91, 4, 4000, (3, 4, 4)),
        (180, 5, 7999, (3, 4, 4)),
        (365, 6, 8000, (2, 5, 5)),
        (366, 60, 80000, (1, 5, 5)),
    ],
)
def test_cutoffs_of_a_small_store(
    days: float, orders: int, spend: int, wanted: tuple[int, int, int]
) -> None:
    scores = fixed_scores(days=days, orders=orders, spend_minor=spend, mean_order_minor=1000)
    assert scores == wanted


def test_the_page_shows_the_map() -> None:
    page = Path(__file__).parents[2] / "docs" / "reference" / "rfm.md"
    table = page.read_text().partition("## The eleven names")[2].partition("## Between")[0]
    rows = [line.strip("| ").split(" | ") for line in table.splitlines() if line[:4] > "| 0"]
    shown = {int(r): names for r, *names in rows if r.isdigit()}
    assert shown == {r: [NAMES[key] for key in row_of(r)] for r in range(1, 6)}
