"""The board's arrows: pure geometry."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clm_plugin.console.drawing import COLUMN, GUTTER, ROW, Sheet, draw, tone
from clm_plugin.insights.api import Flow
from clm_plugin.lifecycle.api import DEFAULT

STAGES = [stage.key for stage in DEFAULT.stages]
ORDER = {stage: at for at, stage in enumerate(STAGES)}
LOSS = {"at-risk", "lapsed"}
NUMBER = re.compile(r"-?\d+\.\d+")

flows = st.lists(
    st.builds(
        Flow,
        source=st.sampled_from(["", *STAGES]),
        target=st.sampled_from(STAGES),
        moves=st.integers(1, 10**7),
    ),
    unique_by=lambda flow: (flow.source, flow.target),
)


def flow(source: str, target: str, moves: int = 10) -> Flow:
    return Flow(source=source, target=target, moves=moves)


def sides(sheet: Sheet) -> list[tuple[str, str]]:
    return [(s.arrow.flow.source, s.arrow.flow.target) for s in sheet.strokes]


def test_forwards_above_backwards_below() -> None:
    drawing = draw([flow("reach", "acquire"), flow("lapsed", "retain")], STAGES, LOSS)
    assert sides(drawing.above) == sides(drawing.left) == [("reach", "acquire")]
    assert sides(drawing.below) == sides(drawing.right) == [("lapsed", "retain")]


def test_width_follows_the_number() -> None:
    drawing = draw([flow("reach", "acquire", 1000), flow("convert", "nurture", 500)], STAGES, LOSS)
    wide, narrow = (stroke.arrow.width for stroke in drawing.above.strokes)
    assert wide == pytest.approx(2 * narrow, abs=0.02)


def test_both_sides_share_the_widest() -> None:
    drawing = draw([flow("reach", "acquire", 1000), flow("acquire", "reach", 500)], STAGES, LOSS)
    (up,), (down,) = drawing.above.strokes, drawing.below.strokes
    assert up.arrow.width == pytest.approx(2 * down.arrow.width, abs=0.02)


def test_small_flows_are_drawn_but_not_labelled() -> None:
    drawing = draw([flow("reach", "acquire", 1000), flow("convert", "nurture", 1)], STAGES, LOSS)
    wide, narrow = (stroke.arrow for stroke in drawing.above.strokes)
    assert wide.label_at is not None
    assert narrow.label_at is None
    assert narrow.width > 1


@pytest.mark.parametrize(
    ("source", "target", "expected"),
    [
        ("reach", "acquire", "on"),
        ("convert", "acquire", "down"),
        ("loyal", "at-risk", "away"),
        ("at-risk", "lapsed", "away"),
        ("lapsed", "at-risk", "down"),
        ("lapsed", "retain", "back"),
        ("at-risk", "loyal", "back"),
    ],
)
def test_tone(source: str, target: str, expected: str) -> None:
    assert tone(flow(source, target), ORDER, LOSS) == expected


@given(flows)
def test_every_known_move_is_drawn_once_and_inside(some: list[Flow]) -> None:
    drawing = draw(some, STAGES, LOSS)
    wanted = sorted(
        (f.source, f.target) for f in some if f.source and f.source != f.target
    )  # fmt: skip
    assert sorted(sides(drawing.above) + sides(drawing.below)) == wanted
    for sheet in (drawing.above, drawing.below):
        assert sheet.width == COLUMN * len(STAGES)
        for stroke in sheet.strokes:
            _inside(stroke.arrow.head, sheet)
            if stroke.arrow.label_at:
                assert 0 <= stroke.arrow.label_at[1] <= sheet.height
    for sheet in (drawing.left, drawing.right):
        assert (sheet.width, sheet.height) == (GUTTER, ROW * len(STAGES))


def _inside(points: str, sheet: Sheet) -> None:
    numbers = [float(each) for each in NUMBER.findall(points)]
    assert all(0 <= x <= sheet.width for x in numbers[::2])
    assert all(0 <= y <= sheet.height for y in numbers[1::2])


@given(flows)
def test_arrow_ends_stay_on_their_own_card(some: list[Flow]) -> None:
    for sheet in (draw(some, STAGES, LOSS).above, draw(some, STAGES, LOSS).below):
        for stroke in sheet.strokes:
            start = float(NUMBER.findall(stroke.arrow.path)[0])
            at = ORDER[stroke.arrow.flow.source]
            assert at * COLUMN <= start <= (at + 1) * COLUMN
