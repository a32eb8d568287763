"""Clocks, frames, chalkboards and signs: what hangs on a wall."""

from __future__ import annotations

import math

from demo_shop.artwork.canvas import Canvas, arc
from demo_shop.artwork.dress import base, heart, loop
from demo_shop.artwork.palette import (
    COLOURS,
    INK,
    PAPER,
    STEEL,
    Colour,
    darker,
    is_pale,
    lighter,
)
from demo_shop.artwork.spec import Spec


def _dial(c: Canvas, cx: float, cy: float, r: float, ink: Colour, hours: tuple[str, ...]) -> None:
    c.fill(c.ellipse(cx, cy, r), PAPER, "side")
    for i in range(60):
        near = 0.94 if i % 5 else 0.9
        a, b = (
            arc(cx, cy, r * near, r * near, i * 6, i * 6 + 1)[0],
            arc(cx, cy, r * 0.97, r * 0.97, i * 6, i * 6 + 1)[0],
        )
        c.line([a, b], r * (0.012 if i % 5 else 0.03), ink)
    for i, hour in enumerate(hours):
        angle = math.radians(-90 + (i + 1) * 360 / len(hours))
        c.text(
            hour,
            cx + r * 0.73 * math.cos(angle),
            cy + r * 0.73 * math.sin(angle),
            r * 0.25,
            ink,
            bold=r * 0.008,
        )
    c.line([(cx, cy), (cx - r * 0.36, cy - r * 0.22)], r * 0.07, ink)
    c.line([(cx, cy), (cx + r * 0.42, cy - r * 0.46)], r * 0.05, ink)
    c.dot(cx, cy, r * 0.07, ink)


HOURS = tuple(str(i) for i in range(1, 13))


def alarm_clock(c: Canvas, s: Spec) -> None:
    """Two bells over a round case on feet."""
    tone = base(s)
    for x, tip in ((30, 22), (70, 78)):
        c.line([(x, 74), (tip, 85)], 4.4, darker(tone, 0.2))
    c.line(arc(50, 26, 8, 9, 180, 360), 2, STEEL)
    c.line([(50, 22), (50, 30)], 2, STEEL)
    c.fill(c.ellipse(50, 22, 4, 2.6), STEEL, "ball")
    for x, turn in ((33, -28), (67, 28)):
        c.line([(x, 32), (50 + (x - 50) * 0.7, 38)], 2, STEEL)
        dome = [
            (
                x + px * math.cos(math.radians(turn)) - py * math.sin(math.radians(turn)),
                30 + px * math.sin(math.radians(turn)) + py * math.cos(math.radians(turn)),
            )
            for px, py in arc(0, 0, 12, 11, 180, 360)
        ]
        c.fill(c.polygon(dome), darker(tone, 0.06), "ball")
    c.fill(c.ellipse(50, 56, 30), tone, "ball")
    c.line(arc(50, 56, 25.4, 25.4, 0, 360), 1.6, lighter(STEEL, 0.2))
    _dial(c, 50, 56, 24.6, INK, HOURS)


def wall_clock(c: Canvas, s: Spec) -> None:
    """A round diner clock with a deep rim."""
    c.pose = "hang"
    c.fill(c.ellipse(50, 50, 37), base(s), "ball")
    c.fill(c.ellipse(50, 50, 31.5), STEEL, "side")
    _dial(c, 50, 50, 30, INK, HOURS)
    c.text("Diner", 50, 61, 5.4, base(s) if not is_pale(base(s)) else COLOURS["red"])


def frame(c: Canvas, s: Spec) -> None:
    """A photo frame with a small landscape, or a record sleeve."""
    c.pose = "hang"
    c.fill(c.rect(18, 14, 82, 86, 1.2), base(s), "side")
    c.fill(c.rect(20, 16, 80, 84), darker(base(s), 0.12))
    c.fill(c.rect(21.4, 17.4, 78.6, 82.6), lighter(base(s), 0.25))
    if s.detail:
        c.fill(c.rect(25, 25, 75, 75), COLOURS["orange"], "side")
        c.fill(c.ellipse(50, 50, 20), INK, "side")
        for r in (17, 14, 11):
            c.line(arc(50, 50, r, r, 0, 360), 0.3, (96, 92, 98))
        c.fill(c.ellipse(50, 50, 6.4), COLOURS["yellow"])
        c.dot(50, 50, 1, INK)
        return
    c.fill(c.rect(27, 24, 73, 76), PAPER)
    view = c.rect(32, 30, 68, 70)
    c.fill(view, (206, 224, 230))
    c.fill(view & c.ellipse(60, 40, 5), (255, 236, 190))
    c.fill(view & c.ellipse(38, 74, 26, 18), (158, 184, 150))
    c.fill(view & c.ellipse(66, 78, 26, 18), (122, 156, 124))
    c.fill(c.polygon([(32, 30), (52, 30), (38, 70), (32, 70)]), (255, 255, 255), opacity=0.16)


def slate(c: Canvas, s: Spec) -> None:
    """A chalkboard: a heart, a plain one or one in a wooden frame."""
    c.pose = "hang"
    stone = COLOURS["slate"]
    loop(c, 50, 8, 26, COLOURS["natural"])
    if s.detail == "heart":
        c.fill(heart(c, 51, 58, 36), darker(stone, 0.4))
        c.fill(heart(c, 50, 56.5, 36), stone, "side")
        c.text("hello", 50, 52, 13, (232, 234, 230))
        return
    c.fill(
        c.rect(17, 24, 83, 84, 2), base(s) if s.detail == "framed" else darker(stone, 0.3), "side"
    )
    inset = 6 if s.detail == "framed" else 1
    c.fill(c.rect(17 + inset, 24 + inset, 83 - inset, 84 - inset, 1), stone, "side")
    for index, row in enumerate(("bread", "honey", "tea")):
        c.text(row, 50, 41 + index * 13, 9, (232, 234, 230))


def sign(c: Canvas, s: Spec) -> None:
    """A pressed metal sign with a border."""
    c.pose = "hang"
    ink = INK if is_pale(base(s)) else PAPER
    c.line([(26, 28), (50, 10), (74, 28)], 0.7, (150, 140, 132))
    c.dot(50, 10, 1.2, (150, 140, 132))
    c.fill(c.rect(14, 27, 86, 79, 4), base(s), "side")
    c.fill(c.rect(17, 30, 83, 76, 3) - c.rect(18.2, 31.2, 81.8, 74.8, 2.4), ink)
    for x, y in ((26, 30.6), (74, 30.6)):
        c.dot(x, y, 1.2, (150, 140, 132))
    c.words(s.detail, 50, 53, 56, ink, most=12)


KINDS = {
    "alarm_clock": alarm_clock,
    "wall_clock": wall_clock,
    "frame": frame,
    "slate": slate,
    "sign": sign,
}
