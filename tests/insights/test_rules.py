"""Arithmetic of the board: heads, days set right, drop-offs, sums of money."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clm_plugin.insights.api import Earnings, Flow, Mark, Sums, Total, add_up, stage_figures
from clm_plugin.insights.rules import drop_offs, net, set_right
from clm_plugin.lifecycle.api import Stage

STAGES = ["reach", "acquire", "convert"]
DAYS = [date(2026, 11, 1) + timedelta(days=n) for n in range(6)]
counts = st.dictionaries(st.sampled_from(STAGES), st.integers(0, 10**6))
flows = st.lists(
    st.builds(
        Flow,
        source=st.sampled_from(["", *STAGES]),
        target=st.sampled_from(STAGES),
        moves=st.integers(1, 10**6),
    )
)
MODEL = (
    Stage(key="win", label="Win", order=1),
    Stage(key="keep", label="Keep", order=2),
    Stage(key="risk", label="Risk", order=3, loss=True),
    Stage(key="gone", label="Gone", order=4, loss=True),
)


def flow(source: str, target: str, moves: int = 1) -> Flow:
    return Flow(source=source, target=target, moves=moves)


def test_figures() -> None:
    moves = (flow("", "reach", 30), flow("reach", "acquire", 20), flow("acquire", "reach", 5))
    sums = Sums(
        days=30, before={"reach": 45}, after={"reach": 60, "acquire": 40, "old": 9}, flows=moves
    )
    reach, acquire, convert = stage_figures(sums, STAGES)
    assert (reach.now, reach.before, reach.entered, reach.left) == (60, 45, 35, 20)
    assert (acquire.now, acquire.before, acquire.change) == (40, 0, 40)
    assert (convert.now, convert.before, convert.share) == (0, 0, 0)
    assert reach.share == 0.6


@given(counts, flows)
def test_shares_add_up(now: dict[str, int], moves: list[Flow]) -> None:
    figures = stage_figures(Sums(days=1, after=now, flows=tuple(moves)), STAGES)
    assert [figure.stage for figure in figures] == STAGES
    total = sum(figure.share for figure in figures)
    assert abs(total - (1 if any(now.values()) else 0)) < 1e-9


@given(st.lists(flows, min_size=5, max_size=5), counts)
def test_reckoning_back_undoes_the_moves(by_day: list[list[Flow]], start: dict[str, int]) -> None:
    """From any start, living through the days forward and reckoning back agree."""
    state = {key: count + 10**8 for key, count in start.items()}
    state = {key: state.get(key, 10**8) for key in STAGES}
    truth = {DAYS[0]: dict(state)}
    moves = {}
    for day, some in zip(DAYS[1:], by_day, strict=True):
        moves[day] = net(some)
        state = {key: state[key] + moves[day].get(key, 0) for key in STAGES}
        truth[day] = dict(state)
    found = set_right({DAYS[-1]: truth[DAYS[-1]]}, {}, moves, DAYS)
    assert found == {day: truth[day] for day in DAYS[:-1]}


@given(st.lists(flows, min_size=5, max_size=5), st.integers(0, 4), flows)
def test_late_news_of_a_day_changes_it_and_all_behind(
    by_day: list[list[Flow]], which: int, late: list[Flow]
) -> None:
    """Counted in time or told late: the days end up the same."""
    told = dict(zip(DAYS[1:], by_day, strict=True))
    start = dict.fromkeys(STAGES, 10**8)

    def live(flows_of: dict[date, list[Flow]]) -> dict[date, dict[str, int]]:
        state, days = dict(start), {DAYS[0]: dict(start)}
        for day in DAYS[1:]:
            change = net(flows_of[day])
            state = {key: state[key] + change.get(key, 0) for key in STAGES}
            days[day] = dict(state)
        return days

    late_day = DAYS[1:][which]
    before = live(told)
    after = live({**told, late_day: [*told[late_day], *late]})
    counted = {**before, DAYS[-1]: after[DAYS[-1]]}
    moves = {day: net(some) for day, some in told.items()}
    news = {late_day: net(late)} if net(late) and late_day != DAYS[-1] else {}
    assert {**counted, **set_right(counted, news, moves, DAYS)} == after


def test_heads_are_never_below_zero() -> None:
    found = set_right({DAYS[1]: {"reach": 0}}, {}, {DAYS[1]: {"reach": 3}}, DAYS[:2])
    assert found == {DAYS[0]: {"reach": 0}}


def test_drop_offs_by_lost_margin() -> None:
    sums = Sums(
        days=30,
        before={"win": 100, "keep": 50, "risk": 10},
        after={"win": 7},
        flows=(
            flow("", "win", 20), flow("win", "keep", 30), flow("win", "gone", 10),
            flow("keep", "win", 4), flow("keep", "risk", 6),
            flow("risk", "keep", 5), flow("risk", "gone", 15), flow("gone", "risk", 2),
        ),
    )  # fmt: skip
    earned = {
        "win": Earnings(people=3, margin_minor=9_000),
        "risk": Earnings(people=1, margin_minor=100),
    }
    marks = {"win": Mark(share=0.9, source="a study")}
    win, risk, keep = drop_offs(sums, MODEL, earned, marks)
    assert (win.stage, win.there, win.went_on, win.dropped, win.waiting) == ("win", 124, 30, 10, 7)
    assert (win.share_on, win.lost_minor) == (0.75, 30_000)
    assert win.short_of_mark == pytest.approx(0.15)
    assert win.worth_minor == 18_000  # 15 % of 40 who left, at 30.00 each
    assert (risk.went_on, risk.dropped, risk.lost_minor) == (5, 15, 1_500)
    assert risk.worth_minor is None
    # Nobody can go on from the last wanted stage, so its share says nothing.
    assert (keep.stage, keep.dropped, keep.is_last, keep.share_on) == ("keep", 10, True, None)
    assert keep.lost_minor is None  # nothing known of anybody's margin


def test_money_is_added_by_currency() -> None:
    amounts = [Total(5, "GBP"), Total(10**13, "IDR"), Total(-2, "GBP"), Total(10**13, "IDR")]
    assert add_up(amounts) == (Total(3, "GBP"), Total(2 * 10**13, "IDR"))
    assert add_up([]) == ()
