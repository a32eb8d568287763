"""Baking things and kitchen tools."""

from __future__ import annotations

from demo_shop.artwork.canvas import Canvas, arc
from demo_shop.artwork.dress import base, cutout, dress, heart, motif
from demo_shop.artwork.palette import (
    COLOURS,
    GLASS,
    INK,
    PAPER,
    STEEL,
    WOOD,
    darker,
    is_pale,
    lighter,
)
from demo_shop.artwork.spec import Spec


def cake_cases(c: Canvas, s: Spec) -> None:
    """A stack of paper cases and a filled one in front."""
    for x, y, k in ((66, 76, 0.95), (66, 68, 0.95), (66, 60, 0.95), (38, 84, 1.15)):
        _case(c, s, x, y, k)
    c.fill(
        c.blob((18, 64), (24, 54), (38, 49), (52, 54), (58, 64), (38, 69)), (238, 205, 150), "ball"
    )
    c.fill(
        c.blob((22, 59), (30, 49), (38, 44), (47, 49), (54, 59), (46, 62), (38, 59), (30, 62)),
        lighter(base(s), 0.65),
        "ball",
    )
    c.dot(38, 44, 3.4, COLOURS["red"])


def _case(c: Canvas, s: Spec, x: float, y: float, k: float) -> None:
    top, low = 19 * k, 14 * k
    body = c.polygon([(x - top, y - 20 * k), (x + top, y - 20 * k), (x + low, y), (x - low, y)])
    dress(c, body, s, 10, "cylinder")
    for i in range(9):
        t = (i + 0.5) / 9 * 2 - 1
        c.fill(
            c.stroke([(x + t * top, y - 19.5 * k), (x + t * low, y - 0.6)], 0.5),
            darker(base(s), 0.5),
            opacity=0.3,
        )
    c.fill(c.ellipse(x, y - 20 * k, top, 3.6 * k), lighter(base(s), 0.7), "down")


def cutters(c: Canvas, s: Spec) -> None:
    """Rims of bright metal, seen from above."""
    c.pose = "flat"
    name = s.detail
    places = [(50, 50, 33)] if name == "gingerbread" else [(36, 60, 25), (66, 40, 19), (70, 72, 12)]
    if name == "star":
        places = [(32, 34, 17), (66, 32, 15), (34, 70, 15), (68, 68, 18)]
    shapes = ("star", "heart", "gingerbread", "butterfly") if name == "star" else (name,)
    for index, (x, y, r) in enumerate(places):
        shape = shapes[index % len(shapes)]
        outer, inner = cutout(c, shape, x, y, r), cutout(c, shape, x, y, r * 0.87)
        deep = cutout(c, shape, x + 0.9, y + 1.1, r)
        c.fill(deep - inner, darker(base(s), 0.4))
        c.fill(outer - inner, darker(base(s), 0.08), "side")


def jam_jar(c: Canvas, s: Spec) -> None:
    """A jar of jam with a lid or a cloth top."""
    jam = COLOURS["red"] if s.colour != "green" else (156, 176, 104)
    glass = c.blob((28, 38), (72, 38), (76, 46), (76, 80), (70, 85), (30, 85), (24, 80), (24, 46))
    c.fill(glass, GLASS)
    filled = c.rect(27, 48, 73, 83, 4)
    c.fill(filled, jam)
    c.shade(glass, "cylinder", 0.9)
    if s.pattern == "plain":
        c.fill(c.rect(27, 25, 73, 38, 2.5), base(s), "cylinder")
        for i in range(12):
            c.line([(29 + i * 3.8, 30), (29 + i * 3.8, 37)], 0.5, darker(base(s), 0.25))
    else:
        cloth = c.blob(
            (32, 20),
            (50, 17),
            (68, 20),
            (73, 32),
            (84, 43),
            (68, 40),
            (58, 44),
            (50, 40),
            (42, 44),
            (32, 40),
            (16, 43),
            (27, 32),
        )
        dress(c, cloth, s, 8, "soft")
        c.line([(29, 33), (50, 35), (71, 33)], 1.4, WOOD)
    c.fill(c.rect(35, 55, 65, 74, 1.5), PAPER, "side")
    motif(c, "strawberry", 50, 64.5, 6.5, COLOURS["red"])


def scales(c: Canvas, s: Spec) -> None:
    """Spring scales with a dial and a pan."""
    c.fill(c.polygon([(16, 26), (84, 26), *arc(50, 27, 34, 12, 0, 180)]), STEEL, "bowl")
    c.fill(c.ellipse(50, 26, 34, 5.4), lighter(STEEL, 0.3), "down")
    c.fill(c.rect(44, 36, 56, 43, 1), STEEL, "cylinder")
    body = c.blob((34, 42), (66, 42), (72, 50), (80, 80), (76, 85), (24, 85), (20, 80), (28, 50))
    c.fill(body, base(s), "soft")
    c.fill(c.ellipse(50, 63, 17.5), darker(base(s), 0.3))
    c.fill(c.ellipse(50, 63, 16), PAPER, "side")
    for i in range(24):
        ends = arc(50, 63, 14 if i % 3 else 12.5, 14 if i % 3 else 12.5, i * 15, i * 15 + 1)
        c.line([ends[0], arc(50, 63, 15, 15, i * 15, i * 15 + 1)[0]], 0.45, INK)
    c.line([(50, 63), (59, 54)], 1.1, COLOURS["red"] if s.colour != "red" else INK)
    c.dot(50, 63, 1.8, INK)


def bread_bin(c: Canvas, s: Spec) -> None:
    """A curved bin with a roll-back lid, or an enamel tub with the word on it."""
    if s.detail:
        c.fill(c.rect(19, 38, 81, 85, 4), base(s), "cylinder")
        c.fill(c.rect(17, 32, 83, 41, 3), darker(base(s), 0.06), "cylinder")
        c.line([(17.5, 41), (82.5, 41)], 1, INK)
        c.fill(c.rect(43, 26, 57, 32, 2.5), INK, "cylinder")
        c.text(s.detail, 50, 62, 13, INK, bold=0.5)
        return
    shell = c.polygon(
        [
            (12, 84),
            (12, 58),
            *arc(38, 58, 26, 26, 180, 270),
            *arc(66, 52, 22, 20, 270, 360),
            (88, 84),
        ]
    )
    c.fill(shell, base(s), "soft")
    c.line(arc(40, 60, 24, 22, 190, 275), 0.8, darker(base(s), 0.22))
    c.fill(c.rect(12, 58, 88, 60.4, 1), darker(base(s), 0.2))
    c.fill(c.rect(38, 51, 62, 55, 2), STEEL, "cylinder")
    c.fill(c.rect(10, 82, 90, 86, 1.5), STEEL, "side")
    c.text("bread", 50, 71, 11, darker(base(s), 0.45) if is_pale(base(s)) else PAPER, bold=0.3)


def recipe_box(c: Canvas, s: Spec) -> None:
    """A tin box with cards standing in it."""
    for i, tone in enumerate(("pink", "mint", "cream")):
        c.fill(
            c.rect(26 + i * 3, 26 + i * 4, 72 + i * 2, 60, 1.5), lighter(COLOURS[tone], 0.3), "side"
        )
        c.fill(
            c.rect(30 + i * 14, 22 + i * 4, 42 + i * 14, 30 + i * 4, 1.2),
            lighter(COLOURS[tone], 0.15),
        )
    side = c.polygon([(76, 46), (86, 40), (86, 78), (76, 85)])
    dress(c, side, s, 13, "")
    c.fill(side, INK, opacity=0.3)
    dress(c, c.rect(16, 46, 77, 85, 1.5), s, 13, "side")
    c.fill(c.rect(32, 58, 61, 72, 1.5), PAPER, "side")
    c.text("Recipes", 46.5, 65, 6.4, INK)


def spoons(c: Canvas, s: Spec) -> None:
    """Four heart-shaped spoons on a ring."""
    c.pose = "flat"
    k = 0.78 if s.detail == "small" else 1.0
    c.line(arc(50, 22, 5, 5, 0, 360), 1.2, STEEL)
    for index, lean in enumerate((-0.62, -0.22, 0.2, 0.6)):
        r = (11.5 - index * 1.3) * k
        x, y = 50 + lean * 50 * k, 24 + (1 - lean**2 * 0.45) * 52 * k
        c.line([(50, 25), (x, y - r)], 3 * k, darker(STEEL, 0.12))
        c.line([(49.6, 25), (x - 0.5, y - r)], 1.8 * k, lighter(STEEL, 0.3))
        c.fill(heart(c, x, y, r), darker(STEEL, 0.18))
        c.fill(heart(c, x, y, r * 0.84), STEEL, "ball")


def tea_towels(c: Canvas, s: Spec) -> None:
    """Two towels on a rail."""
    c.pose = "hang"
    c.line([(12, 22), (88, 22)], 2.6, WOOD)
    for x, low, plain in ((58, 78, True), (20, 84, False)):
        shape = c.polygon(
            [(x, 20), (x + 26, 20), (x + 27, low - 1), (x + 13, low), (x - 1, low - 1)]
        )
        if plain:
            c.fill(shape, PAPER, "side")
            for y in (low - 14, low - 10):
                c.fill(
                    c.polygon([(x - 0.6, y), (x + 26.6, y), (x + 26.6, y + 2), (x - 0.6, y + 2)]),
                    base(s),
                )
        else:
            dress(c, shape, s, 12, "side")
        for fold in (8, 18):
            c.fill(c.stroke([(x + fold, 22), (x + fold + 1, low - 3)], 1.4), INK, opacity=0.1)


def apron(c: Canvas, s: Spec) -> None:
    """A child's apron on a hook."""
    c.pose = "hang"
    trim = darker(base(s), 0.3)
    c.line(arc(50, 26, 11, 13, 180, 360), 1.8, trim)
    c.line([(28, 48), (14, 56), (16, 68)], 1.6, trim)
    c.line([(72, 48), (86, 56), (84, 68)], 1.6, trim)
    body = c.blob(
        (37, 26),
        (63, 26),
        (66, 38),
        (75, 46),
        (77, 66),
        (76, 86),
        (50, 88),
        (24, 86),
        (23, 66),
        (25, 46),
        (34, 38),
    )
    dress(c, body, s, 14, "soft")
    c.fill(c.rect(36, 25, 64, 28.5, 1), trim, "side")
    dress(c, c.rect(35, 56, 65, 75, 4), s, 14, "side")
    c.fill(c.rect(35, 55, 65, 58, 1.2), trim, "side")


def rolling_pin(c: Canvas, s: Spec) -> None:
    """A beech pin, and the flour it is used with."""
    c.pose = "flat"
    c.fill(
        c.blob((20, 60), (38, 46), (64, 40), (82, 52), (76, 70), (50, 78), (28, 76)),
        (250, 244, 230),
        opacity=0.75,
    )
    for x0, y0, x1, y1, w in ((14, 78, 86, 20, 6), (26, 68, 74, 30, 15)):
        c.fill(c.stroke([(x0, y0), (x1, y1)], w), darker(WOOD, 0.12))
        c.fill(c.stroke([(x0 - 0.8, y0 - 1), (x1 - 0.8, y1 - 1)], w * 0.72), WOOD)
        c.fill(
            c.stroke([(x0 - 1.6, y0 - 2), (x1 - 1.6, y1 - 2)], w * 0.22),
            lighter(WOOD, 0.45),
            opacity=0.7,
        )


KINDS = {
    "cake_cases": cake_cases,
    "cutters": cutters,
    "jam_jar": jam_jar,
    "scales": scales,
    "bread_bin": bread_bin,
    "recipe_box": recipe_box,
    "spoons": spoons,
    "tea_towels": tea_towels,
    "apron": apron,
    "rolling_pin": rolling_pin,
}
