"""Small pictures: printed in patterns, cut as shapes, sewn on cushions."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence

from PIL import ImageDraw

from demo_shop.artwork.palette import INK, LEAF, Colour, darker, lighter

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


def _apple(p: Pen, c: Colour) -> None:
    p.oval(c, -0.28, 0.15, 0.6, 0.7)
    p.oval(c, 0.28, 0.15, 0.6, 0.7)
    p.line(darker(c, 0.5), 0.12, (0, -0.4), (0.1, -0.85))
    p.oval(LEAF, 0.42, -0.72, 0.34, 0.16)
    p.oval(lighter(c, 0.5), -0.45, -0.1, 0.12, 0.2)


def _pear(p: Pen, c: Colour) -> None:
    p.oval(c, 0, 0.38, 0.62, 0.58)
    p.oval(c, 0, -0.2, 0.38, 0.5)
    p.line(darker(c, 0.5), 0.12, (0, -0.6), (0.08, -0.98))
    p.oval(LEAF, 0.36, -0.82, 0.3, 0.14)


def _strawberry(p: Pen, c: Colour) -> None:
    p.poly(c, (-0.72, -0.35), (-0.5, -0.62), (0.5, -0.62), (0.72, -0.35), (0.52, 0.3), (0, 0.95),
           (-0.52, 0.3))  # fmt: skip
    for x, y in ((-0.32, -0.15), (0.3, -0.2), (0, 0.15), (-0.2, 0.5), (0.22, 0.45)):
        p.oval(lighter(c, 0.7), x, y, 0.07, 0.1)
    p.poly(LEAF, (-0.7, -0.72), (-0.2, -0.72), (0, -0.98), (0.2, -0.72), (0.7, -0.72), (0.3, -0.4),
           (0, -0.55), (-0.3, -0.4))  # fmt: skip


def _rose(p: Pen, c: Colour) -> None:
    p.oval(LEAF, -0.75, 0.5, 0.4, 0.2)
    p.oval(LEAF, 0.75, 0.5, 0.4, 0.2)
    p.oval(darker(c, 0.12), 0, 0, 0.78)
    p.oval(c, -0.1, -0.08, 0.64)
    p.oval(darker(c, 0.16), 0.04, -0.04, 0.46)
    p.oval(lighter(c, 0.25), -0.02, -0.1, 0.36)
    p.oval(darker(c, 0.2), 0.02, -0.06, 0.2)


def _blossom(p: Pen, c: Colour) -> None:
    for i in range(6):
        t = i * math.tau / 6
        p.oval(c, 0.56 * math.cos(t), 0.56 * math.sin(t), 0.36)
    p.oval((238, 196, 104), 0, 0, 0.32)


def _leaf(p: Pen, c: Colour) -> None:
    p.line(c, 0.1, (0, 1), (0, -0.7))
    for y in (-0.45, 0, 0.45):
        for side in (-1, 1):
            tip = (side * 0.72, y - 0.38)
            p.poly(c, (0, y + 0.1), (side * 0.28, y - 0.32), tip, (side * 0.48, y + 0.04))
    p.poly(c, (0, -0.5), (-0.2, -0.75), (0, -1), (0.2, -0.75))


def _mushroom(p: Pen, c: Colour) -> None:
    p.poly((247, 238, 220), (-0.22, 0), (0.22, 0), (0.32, 0.9), (-0.32, 0.9))
    p.poly(c, *((0.85 * math.cos(t), 0.1 + 0.85 * math.sin(t))
                for t in (math.pi + i * math.pi / 16 for i in range(17))))  # fmt: skip
    for x, y, r in ((-0.42, -0.15, 0.14), (0.1, -0.42, 0.16), (0.5, -0.08, 0.12)):
        p.oval((252, 246, 236), x, y, r)


def _tree(p: Pen, c: Colour) -> None:
    p.poly((140, 102, 78), (-0.1, 0.5), (0.1, 0.5), (0.1, 1), (-0.1, 1))
    p.poly(c, (0, -1), (0.45, -0.2), (-0.45, -0.2))
    p.poly(c, (0, -0.6), (0.62, 0.55), (-0.62, 0.55))


def _rocket(p: Pen, c: Colour) -> None:
    p.poly((239, 178, 92), (-0.2, 0.6), (0.2, 0.6), (0, 1))
    p.poly(darker(c, 0.2), (-0.3, 0.1), (-0.65, 0.75), (-0.2, 0.6))
    p.poly(darker(c, 0.2), (0.3, 0.1), (0.65, 0.75), (0.2, 0.6))
    p.oval((250, 245, 235), 0, -0.1, 0.34, 0.78)
    p.poly(c, (0, -0.92), (0.22, -0.5), (-0.22, -0.5))
    p.oval((110, 150, 186), 0, -0.1, 0.16)


def _planet(p: Pen, c: Colour) -> None:
    p.oval(c, 0, 0, 0.6)
    p.oval(lighter(c, 0.3), -0.18, -0.18, 0.2)
    p.line((250, 240, 214), 0.13, (-1, 0.34), (-0.4, 0.16), (0.4, -0.14), (1, -0.36))


def _car(p: Pen, c: Colour) -> None:
    p.poly(c, (-0.55, -0.05), (-0.32, -0.5), (0.3, -0.5), (0.55, -0.05))
    p.poly(c, (-0.98, 0), (-0.85, -0.1), (0.85, -0.1), (0.98, 0.1), (0.98, 0.38), (-0.98, 0.38))
    p.poly((232, 240, 242), (-0.36, -0.08), (-0.22, -0.38), (-0.04, -0.38), (-0.04, -0.08))
    p.poly((232, 240, 242), (0.06, -0.38), (0.22, -0.38), (0.38, -0.08), (0.06, -0.08))
    for x in (-0.5, 0.5):
        p.oval(INK, x, 0.4, 0.24)
        p.oval((240, 236, 228), x, 0.4, 0.1)


def _skull(p: Pen, c: Colour) -> None:
    p.oval(c, 0, -0.18, 0.74, 0.68)
    p.poly(c, (-0.4, 0.3), (0.4, 0.3), (0.34, 0.82), (-0.34, 0.82))
    for x in (-0.3, 0.3):
        p.oval(INK, x, -0.12, 0.2, 0.23)
    p.poly(INK, (0, 0.14), (0.1, 0.34), (-0.1, 0.34))
    for x in (-0.14, 0.14):
        p.line(INK, 0.07, (x, 0.52), (x, 0.82))


def _owl(p: Pen, c: Colour) -> None:
    p.poly(c, (-0.62, -0.55), (-0.6, -1), (-0.2, -0.72), (0.2, -0.72), (0.6, -1), (0.62, -0.55))
    p.oval(c, 0, 0.08, 0.7, 0.86)
    p.oval(lighter(c, 0.45), 0, 0.4, 0.42, 0.46)
    for x in (-0.3, 0.3):
        p.oval((252, 247, 238), x, -0.28, 0.29)
        p.oval(INK, x, -0.28, 0.13)
    p.poly((232, 160, 80), (-0.1, -0.06), (0.1, -0.06), (0, 0.16))


def _cupcake(p: Pen, c: Colour) -> None:
    p.poly(darker(c, 0.28), (-0.6, 0.1), (0.6, 0.1), (0.42, 0.9), (-0.42, 0.9))
    p.oval(c, -0.32, 0, 0.4, 0.3)
    p.oval(c, 0.32, 0, 0.4, 0.3)
    p.oval(lighter(c, 0.3), 0, -0.28, 0.46, 0.36)
    p.oval((200, 74, 66), 0, -0.7, 0.17)


def _bauble(p: Pen, c: Colour) -> None:
    p.line((212, 174, 104), 0.1, (0, -1), (0, -0.6))
    p.poly((212, 174, 104), (-0.16, -0.5), (0.16, -0.5), (0.16, -0.68), (-0.16, -0.68))
    p.oval(c, 0, 0.15, 0.68)
    p.poly((250, 242, 226), (-0.66, 0.02), (0.66, 0.02), (0.66, 0.26), (-0.66, 0.26))


def _face(p: Pen, c: Colour) -> None:
    p.oval(c, 0, -0.05, 0.92, 0.9)
    p.oval((248, 222, 200), 0, 0.1, 0.66, 0.66)
    p.poly(darker(c, 0.4), *((0.66 * math.cos(t), -0.05 + 0.55 * math.sin(t))
                             for t in (math.pi + i * math.pi / 12 for i in range(13))))  # fmt: skip
    for x in (-0.24, 0.24):
        p.oval(INK, x, 0.16, 0.08, 0.1)
        p.oval((236, 150, 146), x * 1.7, 0.38, 0.13, 0.1)
    p.line(darker(c, 0.2), 0.08, (-0.12, 0.46), (0, 0.53), (0.12, 0.46))


def _bus(p: Pen, c: Colour) -> None:
    p.poly(c, (-0.95, -0.6), (0.95, -0.6), (0.95, 0.5), (-0.95, 0.5))
    for y in (-0.45, 0.0):
        for x in (-0.8, -0.38, 0.04, 0.46):
            p.poly((240, 244, 244), (x, y), (x + 0.32, y), (x + 0.32, y + 0.27), (x, y + 0.27))
    for x in (-0.5, 0.5):
        p.oval(INK, x, 0.52, 0.2)


def _crown(p: Pen, c: Colour) -> None:
    p.poly(c, (-0.7, 0.5), (-0.8, -0.4), (-0.35, 0), (0, -0.7), (0.35, 0), (0.8, -0.4), (0.7, 0.5))
    for x, y in ((-0.8, -0.45), (0, -0.75), (0.8, -0.45)):
        p.oval(c, x, y, 0.14)


def _jar(p: Pen, c: Colour) -> None:
    p.poly(darker(c, 0.3), (-0.45, -0.85), (0.45, -0.85), (0.45, -0.58), (-0.45, -0.58))
    p.poly(c, (-0.4, -0.52), (0.4, -0.52), (0.58, -0.2), (0.58, 0.85), (-0.58, 0.85), (-0.58, -0.2))
    p.poly((252, 247, 236), (-0.38, 0), (0.38, 0), (0.38, 0.48), (-0.38, 0.48))


def _butterfly(p: Pen, c: Colour) -> None:
    for side in (-1, 1):
        p.oval(c, side * 0.48, -0.32, 0.46, 0.48)
        p.oval(lighter(c, 0.3), side * 0.4, 0.42, 0.34, 0.38)
        p.oval(lighter(c, 0.55), side * 0.52, -0.34, 0.18)
        p.line(INK, 0.06, (0, -0.45), (side * 0.24, -0.9))
    p.oval(INK, 0, 0, 0.1, 0.58)


def _rabbit(p: Pen, c: Colour) -> None:
    for x in (-0.26, 0.26):
        p.oval(c, x, -0.62, 0.17, 0.4)
        p.oval((240, 184, 184), x, -0.6, 0.08, 0.26)
    p.oval(c, 0, 0.25, 0.58, 0.62)
    p.oval(c, 0, -0.08, 0.46, 0.42)
    for x in (-0.17, 0.17):
        p.oval(INK, x, -0.14, 0.06, 0.08)
    p.oval((232, 150, 152), 0, 0.02, 0.08, 0.06)


def _scottie(p: Pen, c: Colour) -> None:
    p.poly(c, (-0.9, -0.1), (-0.45, -0.35), (-0.42, -0.75), (-0.22, -0.5), (-0.05, -0.2), (0.7, -0.2),
           (0.85, -0.6), (0.98, -0.5), (0.85, 0.1), (0.85, 0.7), (0.55, 0.7), (0.5, 0.35), (-0.1, 0.35),
           (-0.15, 0.7), (-0.45, 0.7), (-0.5, 0.15), (-0.9, 0.15))  # fmt: skip
    p.poly((200, 74, 66), (-0.4, -0.3), (-0.2, -0.42), (-0.06, 0.06), (-0.24, 0.12))
    p.oval(lighter(c, 0.8), -0.5, -0.24, 0.05)


def _elephant(p: Pen, c: Colour) -> None:
    p.oval(c, 0.2, 0, 0.68, 0.52)
    for x in (-0.2, 0.14, 0.5):
        p.poly(c, (x - 0.13, 0.2), (x + 0.15, 0.2), (x + 0.15, 0.82), (x - 0.13, 0.82))
    p.oval(c, -0.5, -0.2, 0.4, 0.38)
    p.line(c, 0.2, (-0.78, -0.1), (-0.86, 0.3), (-0.8, 0.55), (-0.62, 0.62))
    p.oval(darker(c, 0.15), -0.3, -0.22, 0.24, 0.32)
    p.oval(INK, -0.62, -0.3, 0.05)


def _dinosaur(p: Pen, c: Colour) -> None:
    p.oval(c, 0.1, 0.15, 0.6, 0.42)
    p.line(c, 0.28, (-0.25, 0.05), (-0.5, -0.4), (-0.6, -0.62))
    p.oval(c, -0.7, -0.66, 0.28, 0.18)
    p.poly(c, (0.4, -0.1), (1, 0.5), (0.4, 0.45))
    for x in (-0.25, 0.28):
        p.poly(c, (x - 0.12, 0.3), (x + 0.14, 0.3), (x + 0.14, 0.82), (x - 0.12, 0.82))
    for x, y in ((-0.3, -0.28), (0, -0.34), (0.3, -0.28), (0.55, -0.06)):
        p.poly((239, 178, 92), (x - 0.12, y + 0.12), (x, y - 0.16), (x + 0.14, y + 0.14))
    p.oval(INK, -0.72, -0.7, 0.05)


def _robot(p: Pen, c: Colour) -> None:
    p.line(INK, 0.07, (0, -0.7), (0, -0.95))
    p.oval((200, 74, 66), 0, -0.95, 0.1)
    p.poly(c, (-0.42, -0.72), (0.42, -0.72), (0.42, -0.16), (-0.42, -0.16))
    p.poly(darker(c, 0.16), (-0.55, -0.08), (0.55, -0.08), (0.55, 0.6), (-0.55, 0.6))
    for x in (-0.18, 0.18):
        p.oval((252, 247, 238), x, -0.46, 0.13)
        p.oval(INK, x, -0.46, 0.06)
        p.line(darker(c, 0.3), 0.16, (x * 1.5, 0.6), (x * 1.5, 0.95))
        p.line(darker(c, 0.3), 0.13, (x * 3.1, 0), (x * 4.2, 0.42))
    p.oval((239, 199, 104), 0, 0.24, 0.17)


def _gingerbread(p: Pen, c: Colour) -> None:
    p.oval(c, 0, -0.6, 0.36)
    p.line(c, 0.34, (-0.62, -0.12), (0.62, -0.12))
    p.line(c, 0.42, (0, -0.2), (0, 0.35))
    p.line(c, 0.34, (0, 0.2), (-0.38, 0.8))
    p.line(c, 0.34, (0, 0.2), (0.38, 0.8))
    for x, y in ((-0.66, -0.12), (0.66, -0.12), (-0.4, 0.82), (0.4, 0.82)):
        p.oval(c, x, y, 0.18)


MOTIFS: dict[str, Callable[[Pen, Colour], None]] = {
    "dot": _dot, "heart": _heart, "star": _star, "apple": _apple, "pear": _pear,
    "strawberry": _strawberry, "rose": _rose, "blossom": _blossom, "leaf": _leaf,
    "mushroom": _mushroom, "toadstool": _mushroom, "tree": _tree, "rocket": _rocket,
    "planet": _planet, "car": _car, "skull": _skull, "owl": _owl, "cupcake": _cupcake,
    "bauble": _bauble, "face": _face, "bus": _bus, "crown": _crown, "jar": _jar,
    "butterfly": _butterfly, "rabbit": _rabbit, "bunny": _rabbit, "scottie": _scottie,
    "elephant": _elephant, "dinosaur": _dinosaur, "giraffe": _dinosaur, "robot": _robot,
    "gingerbread": _gingerbread,
}  # fmt: skip


def stamp(draw: ImageDraw.ImageDraw, name: str, at: Sequence[float], colour: Colour) -> None:
    """Draw a motif; ``at`` is the centre, the radius and, if turned, the angle in degrees."""
    MOTIFS[name](Pen(draw, *at), colour)
