"""Tins, boxes, baskets and jars."""

from __future__ import annotations

from demo_shop.artwork.canvas import Canvas, arc
from demo_shop.artwork.dress import base, dress, motif
from demo_shop.artwork.palette import (
    COLOURS,
    GLASS,
    INK,
    PAPER,
    STEEL,
    WOOD,
    Colour,
    darker,
    lighter,
)
from demo_shop.artwork.spec import Spec


def _lid(s: Spec) -> Colour:
    return (
        lighter(base(s), 0.35)
        if s.pattern in {"pantry", "regency", "leaf"}
        else darker(base(s), 0.1)
    )


def _drum(c: Canvas, s: Spec, x: float, y: float, w: float, h: float) -> None:
    """A round tin standing at y, with its lid."""
    squash = w * 0.17
    body = c.polygon([(x - w, y - h), (x + w, y - h), *arc(x, y - squash, w, squash, 0, 180)])
    dress(c, body, s, 13, "cylinder")
    rim = c.polygon(
        [
            (x - w - 0.8, y - h - 4),
            (x + w + 0.8, y - h - 4),
            *arc(x, y - h + 1, w + 0.8, squash, 0, 180),
        ]
    )
    c.fill(rim, _lid(s), "cylinder")
    c.fill(c.ellipse(x, y - h - 4, w + 0.8, squash), lighter(_lid(s), 0.25), "side")


def cake_tins(c: Canvas, s: Spec) -> None:
    """A stack of three round tins."""
    for y, w, h in ((86, 31, 22), (62, 25, 18), (42, 19, 15)):
        _drum(c, s, 50, y, w, h)


def round_tin(c: Canvas, s: Spec) -> None:
    """One deep tin."""
    _drum(c, s, 50, 85, 34, 40)
    motif(c, "rose", 50, 41, 5, COLOURS["rose"])


def snack_boxes(c: Canvas, s: Spec) -> None:
    """Four round boxes, large to small."""
    for x, y, w, h in ((36, 80, 23, 20), (70, 80, 17, 16), (40, 57, 18, 16), (70, 61, 12, 13)):
        _drum(c, s, x, y, w, h)


def canisters(c: Canvas, s: Spec) -> None:
    """Tall tins with labels: three in a row, six small ones or one large."""
    if s.detail == "three":
        for x, word in ((24, "TEA"), (76, "SUGAR"), (50, "COFFEE")):
            _drum(c, s, x, 85, 15.5, 44)
            c.fill(c.rect(x - 11, 58, x + 11, 68, 1.4), PAPER, "side")
            c.words(word, x, 63, 18, INK, most=6)
    elif s.detail == "six":
        for row, y in enumerate((60, 86)):
            for x in (24, 50, 76):
                _drum(c, s, x, y, 11, 18)
                c.fill(c.rect(x - 7, y - 14, x + 7, y - 6, 1), PAPER, "side")
                c.line([(x - 4, y - 10), (x + 4, y - 10)], 0.9, COLOURS[("red", "green")[row]])
    else:
        _drum(c, s, 50, 86, 28, 52)
        c.text(s.detail, 50, 58, 15, INK, bold=0.6)
        c.line([(32, 68), (68, 68)], 0.8, INK)
        c.dot(50, 24.6, 3.4, INK)


def small_tin(c: Canvas, s: Spec) -> None:
    """A flat hinged tin, standing with its lid towards us."""
    side = c.polygon([(80, 34), (86, 30), (86, 78), (80, 83)])
    c.fill(side, darker(STEEL, 0.3), "down")
    c.fill(c.polygon([(18, 34), (24, 30), (86, 30), (80, 34)]), lighter(STEEL, 0.3))
    c.fill(c.rect(16, 33, 81, 84, 4), STEEL, "side")
    dress(c, c.rect(18, 35, 79, 82, 3), s, 15, "side")
    c.fill(c.rect(32, 51, 65, 67, 8), PAPER, "side")
    c.line([(39, 56.5), (58, 56.5)], 1.3, base(s))
    c.line([(42, 61.5), (55, 61.5)], 1.0, COLOURS["grey"])


def lunch_box(c: Canvas, s: Spec) -> None:
    """A box with a handle and clasps."""
    trim = darker(base(s), 0.35)
    c.line([(36, 34), (36, 24), (64, 24), (64, 34)], 4, trim)
    side = c.polygon([(82, 38), (88, 35), (88, 79), (82, 84)])
    c.fill(side, trim, "down")
    dress(c, c.rect(13, 34, 83, 85, 6), s, 15, "side")
    c.fill(c.rect(13, 55, 83, 58, 0.5), trim, "side")
    for x in (28, 62):
        c.fill(c.rect(x, 51, x + 8, 63, 1.5), lighter(base(s), 0.55), "side")
        c.dot(x + 4, 57, 1, trim)


def suitcase(c: Canvas, s: Spec) -> None:
    """Two small cases, one on the other."""
    for x, y, w, h in ((12, 58, 76, 27), (20, 34, 60, 23)):
        dress(c, c.rect(x, y, x + w, y + h, 3), s, 12, "side")
        c.fill(c.rect(x, y + h * 0.42, x + w, y + h * 0.5), darker(base(s), 0.4), opacity=0.45)
        for cx in (x, x + w - 5):
            for cy in (y, y + h - 5):
                c.fill(c.rect(cx, cy, cx + 5, cy + 5, 2), COLOURS["copper"], "side")
        c.line(arc(50, y + h * 0.52, 7, 5, 0, 180), 1.8, COLOURS["copper"])
        for clasp in (x + w * 0.24, x + w * 0.72):
            c.fill(c.rect(clasp, y + h * 0.38, clasp + 3.4, y + h * 0.6, 0.8), STEEL, "side")


def basket(c: Canvas, s: Spec) -> None:
    """A willow hamper, its lining showing."""
    k = 0.8 if s.detail == "small" else 1.0
    willow, low = COLOURS["natural"], 85.0
    w, top = 36 * k, 85 - 42 * k
    c.line(arc(50, top + 4, 25 * k, 28 * k, 180, 360), 3.4, darker(willow, 0.25))
    c.line(arc(49.5, top + 3.4, 25 * k, 28 * k, 180, 360), 1.6, lighter(willow, 0.15))
    body = c.polygon([(50 - w, top), (50 + w, top), (50 + w * 0.86, low), (50 - w * 0.86, low)])
    c.fill(body, darker(willow, 0.12))
    rows = int(9 * k) + 1
    for row in range(rows):
        for column in range(10):
            x = 50 - w + (column + (row % 2) * 0.5) * w / 5
            y = top + 4 + row * (low - top - 4) / rows
            c.fill(
                body & c.rect(x, y, x + w / 5 - 0.8, y + 3.4 * k, 1.6),
                lighter(willow, 0.12 + 0.1 * ((row + column) % 3)),
            )
    c.shade(body, "cylinder", 0.9)
    cloth = c.blob(
        (50 - w - 1, top - 3),
        (50, top - 5),
        (50 + w + 1, top - 3),
        (50 + w, top + 8 * k),
        (50 + w * 0.6, top + 5 * k),
        (50 + w * 0.3, top + 11 * k),
        (50, top + 6 * k),
        (50 - w * 0.3, top + 11 * k),
        (50 - w * 0.6, top + 5 * k),
        (50 - w, top + 8 * k),
    )
    dress(c, cloth, s, 7, "soft")
    for x in (50 - w * 0.55, 50 + w * 0.55):
        c.fill(c.rect(x - 2, top + 9 * k, x + 2, top + 24 * k, 0.8), (150, 96, 66), "side")


def storage_jar(c: Canvas, s: Spec) -> None:
    """A jar with a knob lid: ceramic over glass, or all glass with biscuits in it."""
    k = {"small": 0.68, "medium": 0.84}.get(s.detail, 1.0)
    top, w = 86 - 50 * k, 25 * k
    jar = c.rect(50 - w, top, 50 + w, 86, 5 * k)
    c.fill(jar, GLASS, opacity=0.92)
    level = c.rect(
        50 - w + 2.4, top + (16 if s.colour == "clear" else 12) * k, 50 + w - 2.4, 83.6, 3
    )
    if s.colour == "clear":
        for i in range(14):
            x, y = 50 + (i % 3 - 1) * w * 0.56, 80 - (i // 3) * 7.4
            c.fill(c.ellipse(x + (i // 3 % 2) * 3 - 1.5, y, w * 0.36, 4.4), (214, 166, 110), "ball")
    else:
        c.fill(level, (234, 214, 176))
    c.shade(jar, "cylinder", 0.9)
    lid = lighter(base(s), 0.15) if s.colour != "clear" else lighter(GLASS, 0.45)
    c.fill(c.rect(50 - w - 1.4, top - 7 * k, 50 + w + 1.4, top + 2 * k, 2.4), lid, "cylinder")
    c.fill(c.ellipse(50, top - 7 * k, w + 1.4, 3 * k), lighter(lid, 0.4), "side")
    c.fill(
        c.ellipse(50, top - 12 * k, 5 * k, 4.4 * k), lid if s.colour == "clear" else WOOD, "ball"
    )


KINDS = {
    "cake_tins": cake_tins,
    "round_tin": round_tin,
    "snack_boxes": snack_boxes,
    "canisters": canisters,
    "small_tin": small_tin,
    "lunch_box": lunch_box,
    "suitcase": suitcase,
    "basket": basket,
    "storage_jar": storage_jar,
}
