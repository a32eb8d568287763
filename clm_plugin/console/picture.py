"""The flows between stages as arrows, laid out for an SVG. Pure geometry: no Django, no colours.

A *track* runs along the stages, a column (or row) each. Moves forwards arch over one side of it,
moves backwards over the other. An arrow's width follows its number of moves; shorter arches lie
under longer ones, and no two share a summit.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from clm_plugin.insights.api import Flow

Point = tuple[float, float]

_WIDEST = 13.0
_THINNEST = 1.5
_GAP = 4.0
_HALF = 40.0
"""Room for arrow ends on either half of a column's edge, in hundredths of a column."""
LABELLED_SHARE = 0.02
"""Arrows under this share of the widest carry no number; the table has them all."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Side:
    """Where arrows arch: ``place(along, out)`` maps track coordinates to the drawing's."""

    place: Callable[[float, float], Point]
    pitch: float
    """Distance of two stages along the track."""
    first: float
    """How far the lowest summit reaches out."""
    apart: float
    """Room between two summits, for the number on the lower one."""
    room: float | None = None
    """How far out anything may reach; arches are pressed together to fit. None: as they need."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Arrow:
    flow: Flow
    path: str
    head: str
    width: float
    out: float
    """How far out its middle line reaches."""
    label_at: Point | None


@dataclass(frozen=True, slots=True, kw_only=True)
class _Ends:
    start: float
    end: float

    @property
    def low(self) -> float:
        return min(self.start, self.end)

    @property
    def high(self) -> float:
        return max(self.start, self.end)


def split(flows: Sequence[Flow], order: Mapping[str, int]) -> tuple[list[Flow], list[Flow]]:
    """Flows forwards and flows backwards; newcomers and unknown stages are in neither."""
    known = [flow for flow in flows if flow.source in order and flow.target in order]
    forwards = [flow for flow in known if order[flow.target] > order[flow.source]]
    backwards = [flow for flow in known if order[flow.target] < order[flow.source]]
    return forwards, backwards


def reach(flows: Sequence[Flow], order: Mapping[str, int], side: Side, most: int) -> float:
    """How far out the arrows of these flows go, half their width included."""
    widths, ends = _measures(flows, order, side, most)
    outs = _outs(flows, ends, widths, side)
    return max((outs[flow] + widths[flow] / 2 for flow in flows), default=0.0)


def arrows(flows: Sequence[Flow], order: Mapping[str, int], side: Side, most: int) -> list[Arrow]:
    """Arrows for flows that all go the same way, thin ones last so that they stay visible.

    ``most`` is the largest number of moves in the whole picture, so that both sides share a scale.
    """
    widths, ends = _measures(flows, order, side, most)
    outs = _outs(flows, ends, widths, side)
    return [
        _arrow(
            flow, ends[flow], widths[flow], outs[flow], side, flow.moves >= most * LABELLED_SHARE
        )
        for flow in sorted(flows, key=lambda flow: -flow.moves)
    ]


def _measures(
    flows: Sequence[Flow], order: Mapping[str, int], side: Side, most: int
) -> tuple[dict[Flow, float], dict[Flow, _Ends]]:
    scale = _scale(flows, order, side, most)
    widths = {flow: max(flow.moves * scale, _THINNEST) for flow in flows}
    return widths, _ends(flows, order, side, widths)


def _scale(flows: Sequence[Flow], order: Mapping[str, int], side: Side, most: int) -> float:
    """Width of one move such that the widest fits, and all ends fit on each half of a column."""
    unit = side.pitch / 100
    room = _HALF * unit
    ends: dict[tuple[str, str], list[int]] = defaultdict(list)
    for flow in flows:
        ends[flow.source, "out"].append(flow.moves)
        ends[flow.target, "in"].append(flow.moves)
    widest = _WIDEST * unit if side.room is None else min(_WIDEST * unit, side.room / 6)
    scales = [widest / most if most else 0.0]
    scales += [max(room - _GAP * len(n), room / 4) / sum(n) for n in ends.values() if sum(n)]
    return min(scales)


def _ends(
    flows: Sequence[Flow], order: Mapping[str, int], side: Side, widths: Mapping[Flow, float]
) -> dict[Flow, _Ends]:
    """Where each arrow leaves and lands: long ones near the column's middle, so none cross."""
    starts: dict[Flow, float] = {}
    lands: dict[Flow, float] = {}
    taken: dict[tuple[str, str], float] = defaultdict(lambda: _GAP)
    longest_first = sorted(flows, key=lambda f: -abs(order[f.target] - order[f.source]))
    for flow in longest_first:
        way = 1 if order[flow.target] > order[flow.source] else -1
        width = widths[flow]
        for stage, kind, sign, into in (
            (flow.source, "out", way, starts),
            (flow.target, "in", -way, lands),
        ):
            middle = (order[stage] + 0.5) * side.pitch
            into[flow] = middle + sign * (taken[stage, kind] + width / 2)
            taken[stage, kind] += width + _GAP
    return {flow: _Ends(start=starts[flow], end=lands[flow]) for flow in flows}


def _outs(
    flows: Sequence[Flow], ends: Mapping[Flow, _Ends], widths: Mapping[Flow, float], side: Side
) -> dict[Flow, float]:
    """How far out each arch goes: over every shorter one that it spans or meets."""
    outs: dict[Flow, float] = {}
    for flow in sorted(flows, key=lambda f: (ends[f].high - ends[f].low, ends[f].low)):
        below = [
            outs[other] + widths[other] / 2
            for other in outs
            if ends[other].low < ends[flow].high and ends[flow].low < ends[other].high
        ]
        floor = max(below) + side.apart if below else side.first
        outs[flow] = floor + widths[flow] / 2
    if side.room is not None and outs:
        farthest = max(outs[flow] + widths[flow] / 2 for flow in outs)
        if farthest > side.room:
            return {flow: out * side.room / farthest for flow, out in outs.items()}
    return outs


def _arrow(flow: Flow, ends: _Ends, width: float, out: float, side: Side, labelled: bool) -> Arrow:
    head, flare = 5 + width * 0.45, width / 2 + 2.5
    # A cubic whose handles reach 4/3 of the height has its summit at the height.
    bend = head + (out - head) * 4 / 3
    points = [
        side.place(ends.start, 0),
        side.place(ends.start, bend),
        side.place(ends.end, bend),
        side.place(ends.end, head),
    ]
    tip = [
        side.place(ends.end - flare, head),
        side.place(ends.end, 0),
        side.place(ends.end + flare, head),
    ]
    middle = (ends.start + ends.end) / 2
    return Arrow(
        flow=flow,
        path="M{} C{} {} {}".format(*map(_text, points)),
        head=" ".join(map(_text, tip)),
        width=round(width, 2),
        out=out,
        label_at=side.place(middle, out) if labelled else None,
    )


def _text(point: Point) -> str:
    return f"{point[0]:.1f},{point[1]:.1f}"
