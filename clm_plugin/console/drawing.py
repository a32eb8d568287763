"""The board's drawing: four sets of arrows (across and, for narrow screens, down), with tones."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from math import ceil

from clm_plugin.console.picture import Arrow, Side, arrows, reach, split
from clm_plugin.insights.api import Flow

COLUMN = 100.0
"""Units a column of the wide drawing; the SVG scales with its columns."""
ROW = 148.0
"""Pixels a row of the narrow drawing; the style sheet gives the cards the same height."""
_MARGIN = 12.0
"""Room beyond the outermost arrow for its number."""
_FIRST, _APART = 22.0, 9.0
_FIRST_DOWN, _APART_DOWN = 14.0, 2.0
GUTTER = 52.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Stroke:
    """An arrow with its meaning: ``on``, ``away``, ``back`` (won back) or ``down`` (fell back)."""

    arrow: Arrow
    tone: str
    url: str = ""
    title: str = ""


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


def _unlinked(flow: Flow) -> tuple[str, str]:
    return "", ""


def draw(
    flows: Sequence[Flow],
    stages: Sequence[str],
    losses: Collection[str],
    link: Callable[[Flow], tuple[str, str]] = _unlinked,
) -> Drawing:
    """Arrows of all flows between known stages; those in ``losses`` are stages nobody wants.

    ``link`` gives the address of the people behind a flow, and its words.
    """
    order = {stage: at for at, stage in enumerate(stages)}
    forwards, backwards = split(flows, order)
    most = max((flow.moves for flow in [*forwards, *backwards]), default=0)
    long = len(stages)

    def toned(some: Sequence[Flow], side: Side) -> tuple[Stroke, ...]:
        return tuple(
            Stroke(
                arrow=arrow,
                tone=tone(arrow.flow, order, losses),
                url=link(arrow.flow)[0],
                title=link(arrow.flow)[1],
            )
            for arrow in arrows(some, order, side, most)
        )

    def across(some: Sequence[Flow], *, up: bool) -> Sheet:
        flat = Side(place=lambda a, out: (a, out), pitch=COLUMN, first=_FIRST, apart=_APART)
        height = ceil(reach(some, order, flat, most) + _MARGIN) if some else 4.0
        side = Side(
            place=(lambda along, out: (along, height - out)) if up else flat.place,
            pitch=COLUMN,
            first=_FIRST,
            apart=_APART,
        )
        return Sheet(width=COLUMN * long, height=height, strokes=toned(some, side))

    def down(some: Sequence[Flow], *, left: bool) -> Sheet:
        side = Side(
            place=(lambda along, out: (GUTTER - out, along)) if left else (lambda a, out: (out, a)),
            pitch=ROW,
            first=_FIRST_DOWN,
            apart=_APART_DOWN,
            room=GUTTER - 3,
        )
        return Sheet(width=GUTTER, height=ROW * long, strokes=toned(some, side))

    return Drawing(
        above=across(forwards, up=True),
        below=across(backwards, up=False),
        left=down(forwards, left=True),
        right=down(backwards, left=False),
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


def line_points(values: Sequence[int], *, width: float = 100.0, height: float = 20.0) -> str:
    """The points of a trend line, from its least to its greatest value; empty under two values."""
    if len(values) < 2:
        return ""
    low, high = min(values), max(values)
    span = high - low
    step = width / (len(values) - 1)
    inner = height - 4
    return " ".join(
        f"{at * step:.1f},{2 + inner * (1 - (value - low) / span) if span else height / 2:.1f}"
        for at, value in enumerate(values)
    )
