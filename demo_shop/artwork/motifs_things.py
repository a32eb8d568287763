"""Made things as motifs: rockets, cars, cakes and toys."""

from __future__ import annotations

import math

from demo_shop.artwork.palette import INK, Colour, darker, lighter
from demo_shop.artwork.pen import Motif, Pen


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
    p.poly(
        darker(c, 0.4),
        *(
            (0.66 * math.cos(t), -0.05 + 0.55 * math.sin(t))
            for t in (math.pi + i * math.pi / 12 for i in range(13))
        ),
    )
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


MOTIFS: dict[str, Motif] = {
    "rocket": _rocket,
    "planet": _planet,
    "car": _car,
    "skull": _skull,
    "cupcake": _cupcake,
    "bauble": _bauble,
    "face": _face,
    "bus": _bus,
    "crown": _crown,
    "jar": _jar,
    "robot": _robot,
    "gingerbread": _gingerbread,
}
