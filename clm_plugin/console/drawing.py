"""The board's drawing: four sets of arrows (across and, for narrow screens, down), with tones."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from clm_plugin.console.picture import Arrow, Side, arrows, reach, split
from clm_plugin.insights.api import Flow

COLUMN = 100.0
"""Units a column of the wide drawing; the SVG scales with its columns."""
ROW = 128.0
"""Pixels a row of the narrow drawing; the style sheet gives the cards the same height."""
_MARGIN = 22.0
"""Room beyond the outermost arrow for half its width and its number."""
_FIRST, _STEP = 22.0, 15.0
_FIRST_DOWN, _STEP_DOWN = 18.0, 4.0
GUTTER = 52.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Stroke:
    """An arrow with its meaning: ``on``, ``away``, ``back`` (won back) or ``down`` (fell back)."""

    arrow: Arrow
    tone: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Sheet:
    """One SVG: its size in its own units and its strokes."""

    width: float
    height: float
    strokes: tuple[Stroke, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Drawing:
    above: Sheet
    below: Sheet
    left: Sheet
    right: Sheet


def draw(flows: Sequence[Flow], stages: Sequence[str], losses: Collection[str]) -> Drawing:
    """Arrows of all flows between known stages; those in ``losses`` are stages nobody wants."""
    order = {stage: at for at, stage in enumerate(stages)}
    forwards, backwards = split(flows, order)
    most = max((flow.moves for flow in [*forwards, *backwards]), default=0)
    long = len(stages)

    def across(some: Sequence[Flow], *, up: bool) -> Sheet:
        height = reach(some, order, first=_FIRST, step=_STEP) + _MARGIN if some else 4.0
        side = Side(
            place=(lambda along, out: (along, height - out)) if up else (lambda a, out: (a, out)),
            pitch=COLUMN,
            first=_FIRST,
            step=_STEP,
        )
        return Sheet(
            width=COLUMN * long, height=height, strokes=_toned(some, order, side, most, losses)
        )

    def down(some: Sequence[Flow], *, left: bool) -> Sheet:
        side = Side(
            place=(lambda along, out: (GUTTER - out, along)) if left else (lambda a, out: (out, a)),
            pitch=ROW,
            first=_FIRST_DOWN,
            step=_STEP_DOWN,
        )
        return Sheet(
            width=GUTTER, height=ROW * long, strokes=_toned(some, order, side, most, losses)
        )

    return Drawing(
        above=across(forwards, up=True),
        below=across(backwards, up=False),
        left=down(forwards, left=True),
        right=down(backwards, left=False),
    )


def _toned(
    flows: Sequence[Flow], order: dict[str, int], side: Side, most: int, losses: Collection[str]
) -> tuple[Stroke, ...]:
    return tuple(
        Stroke(arrow=arrow, tone=tone(arrow.flow, order, losses))
        for arrow in arrows(flows, order, side, most)
    )


def tone(flow: Flow, order: dict[str, int], losses: Collection[str]) -> str:
    """What a move means: ``away`` into a loss, ``back`` out of one, else ``on`` or ``down``."""
    if flow.target in losses:
        # From lapsed to at-risk is no news to be glad of, and none to colour as a new loss.
        eased = flow.source in losses and order[flow.target] < order[flow.source]
        return "down" if eased else "away"
    if flow.source in losses:
        return "back"
    return "on" if order[flow.target] > order[flow.source] else "down"
