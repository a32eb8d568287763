from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from clm_plugin.insights.api import Flow, Total, add_up, stage_figures

STAGES = ["reach", "acquire", "convert"]
counts = st.dictionaries(st.sampled_from(STAGES), st.integers(0, 10**6))
flows = st.lists(
    st.builds(
        Flow,
        source=st.sampled_from(["", *STAGES]),
        target=st.sampled_from(STAGES),
        moves=st.integers(1, 10**6),
    )
)


def test_before_is_reckoned_back_from_the_moves() -> None:
    moves = [
        Flow(source="", target="reach", moves=30),
        Flow(source="reach", target="acquire", moves=20),
        Flow(source="acquire", target="reach", moves=5),
    ]
    reach, acquire, convert = stage_figures({"reach": 60, "acquire": 40}, moves, STAGES)
    assert (reach.now, reach.before, reach.entered, reach.left) == (60, 45, 35, 20)
    assert (acquire.now, acquire.before, acquire.change) == (40, 25, 15)
    assert (convert.now, convert.before, convert.share) == (0, 0, 0)
    assert reach.share == 0.6


@given(counts, flows)
def test_figures_are_never_negative_and_shares_add_up(
    now: dict[str, int], moves: list[Flow]
) -> None:
    figures = stage_figures(now, moves, STAGES)
    assert [figure.stage for figure in figures] == STAGES
    assert all(figure.before >= 0 for figure in figures)
    total = sum(figure.share for figure in figures)
    assert abs(total - (1 if any(now.values()) else 0)) < 1e-9


def test_money_is_added_by_currency() -> None:
    amounts = [Total(5, "GBP"), Total(10**13, "IDR"), Total(-2, "GBP"), Total(10**13, "IDR")]
    assert add_up(amounts) == (Total(3, "GBP"), Total(2 * 10**13, "IDR"))
    assert add_up([]) == ()
