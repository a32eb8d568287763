"""Fruit, flowers and animals as motifs."""

from __future__ import annotations

import math

from demo_shop.artwork.palette import INK, LEAF, Colour, darker, lighter
from demo_shop.artwork.pen import Motif, Pen


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
    p.poly(
        c,
        (-0.72, -0.35),
        (-0.5, -0.62),
        (0.5, -0.62),
        (0.72, -0.35),
        (0.52, 0.3),
        (0, 0.95),
        (-0.52, 0.3),
    )
    for x, y in ((-0.32, -0.15), (0.3, -0.2), (0, 0.15), (-0.2, 0.5), (0.22, 0.45)):
        p.oval(lighter(c, 0.7), x, y, 0.07, 0.1)
    p.poly(
        LEAF,
        (-0.7, -0.72),
        (-0.2, -0.72),
        (0, -0.98),
        (0.2, -0.72),
        (0.7, -0.72),
        (0.3, -0.4),
        (0, -0.55),
        (-0.3, -0.4),
    )


def _rose(p: Pen, c: Colour) -> None:
    # Leaves on a slant: two level ones turn a small rose into a hat.
    p.poly(LEAF, (-0.3, 0.35), (-0.95, 0.4), (-0.9, 0.98), (-0.2, 0.75))
    p.poly(LEAF, (0.35, -0.35), (0.95, -0.5), (0.85, -0.98), (0.25, -0.75))
    for i in range(5):
        turn = math.radians(i * 72 - 90)
        tone = lighter(c, 0.12) if i % 2 else darker(c, 0.07)
        p.oval(tone, 0.36 * math.cos(turn), 0.36 * math.sin(turn), 0.42)
    p.oval(darker(c, 0.16), 0, 0.02, 0.42)
    p.oval(c, -0.05, -0.04, 0.33)
    p.oval(darker(c, 0.24), 0.03, 0, 0.18)


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
    p.poly(
        c,
        *(
            (0.85 * math.cos(t), 0.1 + 0.85 * math.sin(t))
            for t in (math.pi + i * math.pi / 16 for i in range(17))
        ),
    )
    for x, y, r in ((-0.42, -0.15, 0.14), (0.1, -0.42, 0.16), (0.5, -0.08, 0.12)):
        p.oval((252, 246, 236), x, y, r)


def _tree(p: Pen, c: Colour) -> None:
    p.poly((140, 102, 78), (-0.1, 0.5), (0.1, 0.5), (0.1, 1), (-0.1, 1))
    p.poly(c, (0, -1), (0.45, -0.2), (-0.45, -0.2))
    p.poly(c, (0, -0.6), (0.62, 0.55), (-0.62, 0.55))


def _owl(p: Pen, c: Colour) -> None:
    p.poly(c, (-0.62, -0.55), (-0.6, -1), (-0.2, -0.72), (0.2, -0.72), (0.6, -1), (0.62, -0.55))
    p.oval(c, 0, 0.08, 0.7, 0.86)
    p.oval(lighter(c, 0.45), 0, 0.4, 0.42, 0.46)
    for x in (-0.3, 0.3):
        p.oval((252, 247, 238), x, -0.28, 0.29)
        p.oval(INK, x, -0.28, 0.13)
    p.poly((232, 160, 80), (-0.1, -0.06), (0.1, -0.06), (0, 0.16))


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
    p.poly(
        c,
        (-0.9, -0.1),
        (-0.45, -0.35),
        (-0.42, -0.75),
        (-0.22, -0.5),
        (-0.05, -0.2),
        (0.7, -0.2),
        (0.85, -0.6),
        (0.98, -0.5),
        (0.85, 0.1),
        (0.85, 0.7),
        (0.55, 0.7),
        (0.5, 0.35),
        (-0.1, 0.35),
        (-0.15, 0.7),
        (-0.45, 0.7),
        (-0.5, 0.15),
        (-0.9, 0.15),
    )
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


MOTIFS: dict[str, Motif] = {
    "apple": _apple,
    "pear": _pear,
    "strawberry": _strawberry,
    "rose": _rose,
    "blossom": _blossom,
    "leaf": _leaf,
    "mushroom": _mushroom,
    "tree": _tree,
    "owl": _owl,
    "butterfly": _butterfly,
    "rabbit": _rabbit,
    "scottie": _scottie,
    "elephant": _elephant,
    "dinosaur": _dinosaur,
    "toadstool": _mushroom,
    "bunny": _rabbit,
    "giraffe": _dinosaur,
}
