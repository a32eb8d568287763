"""Small pictures: printed in patterns, cut as shapes, sewn on cushions."""

from __future__ import annotations

import math
from collections.abc import Sequence

from PIL import ImageDraw

from demo_shop.artwork import motifs_nature, motifs_things
from demo_shop.artwork.palette import Colour
from demo_shop.artwork.pen import Motif, Pen, Point


def heart_points(steps: int = 40) -> list[Point]:
    """The outline of a heart in the square from -1 to 1."""
    points = []
    for index in range(steps):
        t = index * math.tau / steps
        x = 16 * math.sin(t) ** 3
        y = 13 * math.cos(t) - 5 * math.cos(2 * t) - 2 * math.cos(3 * t) - math.cos(4 * t)
        points.append((x / 17, -(y + 2.5) / 16))
    return points


def star_points(inner: float = 0.45, tips: int = 5) -> list[Point]:
    """The outline of a star."""
    return [
        (
            (1 if i % 2 == 0 else inner) * math.sin(i * math.pi / tips),
            -(1 if i % 2 == 0 else inner) * math.cos(i * math.pi / tips),
        )
        for i in range(tips * 2)
    ]


def drop_points(steps: int = 30) -> list[Point]:
    """A paisley drop: round below, bent to a tip above."""
    points: list[Point] = []
    for index in range(steps):
        t = index * math.tau / steps
        y = -math.cos(t)
        wide = math.sin(t) * 0.62 * ((1 + y) / 2) ** 0.7
        points.append((wide + 0.35 * ((1 - y) / 2) ** 2, y * 0.95))
    return points


def _heart(p: Pen, c: Colour) -> None:
    p.poly(c, *heart_points())


def _star(p: Pen, c: Colour) -> None:
    p.poly(c, *star_points())


def _dot(p: Pen, c: Colour) -> None:
    p.oval(c, 0, 0, 1)


MOTIFS: dict[str, Motif] = {
    "heart": _heart,
    "star": _star,
    "dot": _dot,
    **motifs_nature.MOTIFS,
    **motifs_things.MOTIFS,
}


def stamp(draw: ImageDraw.ImageDraw, name: str, at: Sequence[float], colour: Colour) -> None:
    """Draw a motif; ``at`` is the centre, the radius and, if turned, the angle in degrees."""
    MOTIFS[name](Pen(draw, *at), colour)
