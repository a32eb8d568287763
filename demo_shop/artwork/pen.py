"""A pen for motifs: it draws in a small square that can be put and turned anywhere."""

from __future__ import annotations

import math
from collections.abc import Callable

from PIL import ImageDraw

from demo_shop.artwork.palette import Colour

Point = tuple[float, float]


class Pen:
    """Draws in a square from -1 to 1 around a point of a picture."""

    def __init__(
        self, draw: ImageDraw.ImageDraw, cx: float, cy: float, r: float, turn: float = 0
    ) -> None:
        self.draw, self.cx, self.cy, self.r = draw, cx, cy, r
        self.sin, self.cos = math.sin(math.radians(turn)), math.cos(math.radians(turn))

    def at(self, x: float, y: float) -> Point:
        """A point of the square in the picture."""
        return (
            self.cx + self.r * (x * self.cos - y * self.sin),
            self.cy + self.r * (x * self.sin + y * self.cos),
        )

    def poly(self, colour: Colour, *points: Point) -> None:
        """A filled polygon."""
        self.draw.polygon([self.at(*point) for point in points], fill=colour)

    def oval(self, colour: Colour, x: float, y: float, rx: float, ry: float | None = None) -> None:
        """A filled ellipse."""
        ry = rx if ry is None else ry
        turns = [i * math.tau / 28 for i in range(28)]
        self.poly(colour, *((x + rx * math.cos(t), y + ry * math.sin(t)) for t in turns))

    def line(self, colour: Colour, width: float, *points: Point) -> None:
        """A line."""
        self.draw.line(
            [self.at(*point) for point in points],
            fill=colour,
            width=max(1, round(width * self.r)),
            joint="curve",
        )


Motif = Callable[[Pen, Colour], None]
