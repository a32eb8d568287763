"""Columns and a line for amounts over time, laid out for an SVG. Pure geometry: no Django.

The drawing is ``WIDTH`` by ``HEIGHT`` units and is stretched to its place, so it carries no text:
labels stand beside it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

WIDTH, HEIGHT = 600.0, 120.0
_GAP = 0.28
"""Share of a column's width that is left free."""
_LEAST = 0.75
"""Height of the smallest amount, so that it is seen at all."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """An amount in a column; ``tone`` names its colour, ``words`` say it."""

    tone: str
    amount: int
    words: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Rect:
    x: str
    y: str
    width: str
    height: str
    tone: str
    words: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Columns:
    """``zero``: where the ground line is. ``most``, ``least``: what the upper and the lower edge
    stand for."""

    rects: tuple[Rect, ...]
    zero: str
    most: int
    least: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """``area`` is closed to the ground, ``points`` is its upper edge."""

    points: str
    area: str
    most: int


def columns(ups: Sequence[Sequence[Part]], downs: Sequence[Sequence[Part]]) -> Columns:
    """Parts stacked above and below a ground line, in one scale."""
    most = max((sum(part.amount for part in up) for up in ups), default=0)
    least = max((sum(part.amount for part in down) for down in downs), default=0)
    scale = HEIGHT / ((most + least) or 1)
    zero = most * scale if most + least else HEIGHT
    step = WIDTH / max(1, len(ups))
    rects: list[Rect] = []
    for at, (up, down) in enumerate(zip(ups, downs, strict=True)):
        x, width = (at + _GAP / 2) * step, step * (1 - _GAP)
        rects += _stack(up, x, width, zero, scale, up=True)
        rects += _stack(down, x, width, zero, scale, up=False)
    return Columns(rects=tuple(rects), zero=_text(zero), most=most, least=least)


def _stack(
    parts: Sequence[Part], x: float, width: float, zero: float, scale: float, *, up: bool
) -> list[Rect]:
    found, edge = [], zero
    for part in parts:
        if part.amount <= 0:
            continue
        height = max(part.amount * scale, _LEAST)
        top = edge - height if up else edge
        edge = top if up else edge + height
        found.append(
            Rect(
                x=_text(x), y=_text(top), width=_text(width), height=_text(height),
                tone=part.tone, words=part.words,
            )
        )  # fmt: skip
    return found


def line(values: Sequence[int]) -> Line:
    """The middle of each column, from nothing at the ground to the greatest value."""
    most = max(values, default=0)
    step = WIDTH / max(1, len(values))
    places = [
        ((at + 0.5) * step, HEIGHT - (max(0, value) / most * (HEIGHT - 2) if most > 0 else 0))
        for at, value in enumerate(values)
    ]
    points = " ".join(f"{_text(x)},{_text(y)}" for x, y in places)
    if not places:
        return Line(points="", area="", most=0)
    ground = _text(HEIGHT)
    area = f"{_text(places[0][0])},{ground} {points} {_text(places[-1][0])},{ground}"
    return Line(points=points, area=area, most=most)


def _text(number: float) -> str:
    return f"{number:.2f}"
