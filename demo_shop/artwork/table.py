"""Cups, plates, jugs and stands."""

from __future__ import annotations

from demo_shop.artwork.canvas import Canvas, arc
from demo_shop.artwork.dress import base, dress, motif
from demo_shop.artwork.palette import (
    COLOURS,
    GOLD,
    INK,
    PAPER,
    STEEL,
    Colour,
    darker,
    is_pale,
    lighter,
)
from demo_shop.artwork.spec import Spec

CHINA = (252, 249, 243)


def _china(s: Spec) -> bool:
    return s.pattern == "regency"


def _rim(s: Spec) -> Colour:
    return GOLD if _china(s) else lighter(base(s), 0.4)


def _handle(
    c: Canvas, cx: float, cy: float, rx: float, ry: float, colour: Colour, w: float
) -> None:
    c.line(arc(cx, cy, rx, ry, -90, 90), w, darker(colour, 0.16))
    c.line(arc(cx - 0.4, cy - 0.4, rx, ry, -90, 90), w * 0.62, colour)


def mug(c: Canvas, s: Spec) -> None:
    """A straight mug, with words or a print."""
    paper = s.pattern in {"apples", "pears", "alphabet"}
    _handle(c, 68, 54, 14, 15, PAPER if paper else base(s), 5)
    body = c.polygon([(26, 28), (70, 28), *arc(48, 80, 22, 5, 0, 180)])
    dress(c, body, s, 15, "cylinder")
    c.fill(c.ellipse(48, 28, 22, 5.2), lighter(base(s), 0.55))
    c.fill(c.ellipse(48, 28.6, 19.8, 4), darker(base(s), 0.3), "down")
    c.fill(c.ellipse(48, 30.2, 17, 2.6), (150, 98, 66))
    if s.detail:
        ink = INK if is_pale(base(s)) else PAPER
        c.words(s.detail, 48, 58, 34, ink, most=8.5)


def teacup(c: Canvas, s: Spec) -> None:
    """A cup on its saucer, roses and gilt."""
    c.fill(c.ellipse(48, 78, 36, 8), darker(CHINA, 0.12))
    dress(c, c.ellipse(48, 76.4, 36, 8), s, 12, "down")
    c.line(arc(48, 76.4, 35.6, 7.8, 0, 360), 0.8, GOLD)
    c.fill(c.ellipse(48, 76, 18, 3.6), CHINA, "down")
    _handle(c, 70, 50, 11, 10, CHINA, 3)
    cup = c.polygon([(22, 36), (74, 36), *arc(48, 38, 26, 36, 0, 180)])
    dress(c, cup, s, 13, "bowl")
    c.fill(c.polygon([(40, 71), (56, 71), (59, 76), (37, 76)]), CHINA, "cylinder")
    c.fill(c.ellipse(48, 36, 26, 6), CHINA)
    c.line(arc(48, 36, 25.8, 6, 0, 360), 0.9, GOLD)
    c.fill(c.ellipse(48, 37.4, 22.5, 4.4), (176, 112, 70), "down")


def _pot(c: Canvas, s: Spec, x: float, y: float, k: float) -> None:
    def at(*points: tuple[float, float]) -> list[tuple[float, float]]:
        return [(x + px * k, y + py * k) for px, py in points]

    c.line(
        [(x + 24 * k + px, y + py) for px, py in arc(2 * k, -26 * k, 13 * k, 13 * k, -95, 95)],
        4 * k,
        darker(CHINA if _china(s) else base(s), 0.08),
    )
    spout = c.polygon(at((-20, -22), (-34, -34), (-40, -46), (-34, -47), (-28, -38), (-16, -34)))
    dress(c, spout, s, 12 * k, "side")
    dress(c, c.ellipse(x, y - 25 * k, 29 * k, 25 * k), s, 14 * k, "ball")
    foot = c.polygon(at((-13, -3), (13, -3), (15, 0), (-15, 0)))
    c.fill(foot, _rim(s), "cylinder")
    lid = c.polygon([(x + px, y + py) for px, py in arc(0, -45 * k, 16 * k, 9 * k, 180, 360)])
    dress(c, lid, s, 12 * k, "down")
    c.line(at((-16, -45), (16, -45)), 1.4 * k, _rim(s))
    c.dot(x, y - 56 * k, 3 * k, _rim(s))


def teapot(c: Canvas, s: Spec) -> None:
    """A round pot."""
    _pot(c, s, 48, 84, 1)


def tea_set(c: Canvas, s: Spec) -> None:
    """A pot with two cups in front of it."""
    _pot(c, s, 46, 72, 0.82)
    for x in (26, 72):
        _handle(c, x + 8, 74, 5, 5, base(s), 2)
        dress(c, c.polygon([(x - 11, 68), (x + 11, 68), *arc(x, 69, 11, 17, 0, 180)]), s, 9, "bowl")
        c.fill(c.ellipse(x, 68, 11, 2.4), lighter(base(s), 0.6))
        c.fill(c.ellipse(x, 68.6, 9.4, 1.7), (176, 112, 70))


def plate(c: Canvas, s: Spec) -> None:
    """A plate seen from above."""
    c.pose = "flat"
    dress(c, c.ellipse(50, 50, 36), s, 13, "side")
    c.line(arc(50, 50, 35.6, 35.6, 0, 360), 0.9, _rim(s))
    c.fill(c.ellipse(50, 50, 24.5), darker(base(s), 0.3), opacity=0.3)
    centre = c.ellipse(50.3, 50.3, 23.8)
    if _china(s):
        c.fill(centre, CHINA, "ball")
        motif(c, "rose", 50, 50, 10, COLOURS["rose"])
    else:
        dress(c, centre, s, 13, "soft")


def bowl(c: Canvas, s: Spec) -> None:
    """A deep bowl; the glass ones come nested."""
    if "glass" in s.detail:
        for lift, wide in ((0, 34), (17, 25), (31, 17)):
            y = 70 - lift
            c.fill(c.polygon(arc(50, y, wide, 14, 0, 180)), (214, 230, 232), "bowl")
            dress(c, c.ellipse(50, y, wide + 1, 5), s, 9, "down")
        return
    body = c.polygon([(16, 46), (84, 46), *arc(50, 47, 34, 36, 0, 180)])
    dress(c, body, s, 14, "bowl")
    c.fill(c.rect(38, 80, 62, 85, 1.5), darker(base(s), 0.1), "cylinder")
    c.fill(c.ellipse(50, 46, 34, 9.5), lighter(base(s), 0.6))
    c.fill(c.ellipse(50, 47.2, 31, 7.6), CHINA, "down")


def jug(c: Canvas, s: Spec) -> None:
    """A jug with a lip; a small one is rounder."""
    small = s.detail == "small" or _china(s)
    top, low, wide, waist = (34, 84, 24, 15) if small else (20, 85, 22, 15)
    _handle(c, 64, (top + low) / 2 - 2, 14, (low - top) * 0.3, base(s), 4)
    body = c.blob(
        (36, top),
        (60, top),
        (50 + waist, top + 12),
        (46 + wide, low - 18),
        (62, low),
        (34, low),
        (48 - wide, low - 18),
        (47 - waist, top + 12),
    )
    dress(c, body, s, 13, "cylinder")
    lip = c.blob(
        (27, top - 4),
        (40, top - 3),
        (58, top - 4),
        (64, top - 1),
        (58, top + 3),
        (40, top + 4),
        (32, top + 2),
    )
    c.fill(lip, _rim(s), "side")
    c.fill(c.ellipse(48, top - 0.5, 13, 2.2), darker(base(s), 0.35))


def cake_stand(c: Canvas, s: Spec) -> None:
    """One plate on a foot, or three on a stem."""
    tiers: tuple[tuple[float, float], ...] = ((50, 36),)
    if s.detail == "three":
        tiers = ((79.0, 35.0), (55.0, 26.0), (34.0, 18.0))
        c.line([(50, 16), (50, 80)], 2, GOLD if _china(s) else STEEL)
        c.line(arc(50, 13, 4.5, 4.5, 0, 360), 1.6, GOLD if _china(s) else STEEL)
    else:
        c.fill(
            c.blob((45, 50), (55, 50), (54, 66), (66, 82), (50, 85), (34, 82), (46, 66)),
            lighter(base(s), 0.1),
            "cylinder",
        )
    for index, (y, wide) in enumerate(tiers):
        c.fill(c.ellipse(50, y + 2.4, wide, wide * 0.2), darker(base(s), 0.3))
        dress(c, c.ellipse(50, y, wide, wide * 0.2), s, 9, "down")
        c.line(arc(50, y, wide - 0.3, wide * 0.2, 0, 360), 0.8, _rim(s))
        _cakes(c, y, wide, index)


def _cakes(c: Canvas, y: float, wide: float, shift: int) -> None:
    count = max(2, int(wide // 8.5))
    for i in range(count):
        x = 50 + (i - (count - 1) / 2) * wide * 1.45 / count
        if abs(x - 50) < 2.5:
            x += 4
        tone = COLOURS[("pink", "mint", "cream", "chocolate")[(i + shift) % 4]]
        motif(c, "cupcake", x, y - 5, 6.2, tone)


def cutlery(c: Canvas, s: Spec) -> None:
    """Knife, fork and spoon with printed handles."""
    c.pose = "flat"
    c.fill(c.ellipse(28, 30, 7, 10), STEEL, "ball")
    c.line([(28, 36), (28, 52)], 2.4, STEEL)
    for x in (45.4, 48.5, 51.5, 54.6):
        c.line([(x, 20), (x, 34)], 1.6, STEEL)
    c.fill(c.polygon([(44.6, 33), (55.4, 33), (54, 40), (51.4, 43), (48.6, 43), (46, 40)]), STEEL)
    c.line([(50, 40), (50, 52)], 2.4, STEEL)
    c.fill(c.blob((69, 20), (75, 20), (76, 36), (74, 50), (70, 50), (69, 36)), STEEL, "side")
    for x in (28, 50, 72):
        dress(c, c.rect(x - 5, 48, x + 5, 84, 5), s, 8, "cylinder")


KINDS = {
    "mug": mug,
    "teacup": teacup,
    "teapot": teapot,
    "tea_set": tea_set,
    "plate": plate,
    "bowl": bowl,
    "jug": jug,
    "cake_stand": cake_stand,
    "cutlery": cutlery,
}
