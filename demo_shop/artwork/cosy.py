"""Soft and small things: bottles, cushions, dolls, trinkets and watering cans."""

from __future__ import annotations

from dataclasses import replace

from demo_shop.artwork.canvas import Canvas, arc
from demo_shop.artwork.dress import base, dress, heart, motif
from demo_shop.artwork.palette import COLOURS, GOLD, INK, PAPER, darker, is_pale, lighter
from demo_shop.artwork.spec import Spec


def hot_water_bottle(c: Canvas, s: Spec) -> None:
    """A bottle in its cover, with words, a heart or a dog on the front."""
    c.pose = "flat"
    knitted = s.kind == "knitted_bottle"
    c.fill(c.rect(43, 10, 57, 16, 2), darker(base(s), 0.45), "cylinder")
    c.fill(c.rect(45, 15, 55, 22, 1), darker(base(s), 0.3), "cylinder")
    neck = c.blob((40, 19), (60, 19), (59, 27), (63, 33), (37, 33), (41, 27))
    c.fill(neck, darker(base(s), 0.14), "cylinder")
    body = c.blob(
        (36, 32),
        (50, 30),
        (64, 32),
        (74, 40),
        (76, 60),
        (75, 80),
        (66, 88),
        (50, 89),
        (34, 88),
        (25, 80),
        (24, 60),
        (26, 40),
    )
    worn = replace(s, pattern="retrospot") if s.pattern == "retrospot" else s
    dress(c, body, worn, 7 if knitted else 12, "soft")
    if knitted:
        for i in range(8):
            c.line([(40 + i * 2.9, 20), (39 + i * 3.1, 32)], 0.6, darker(base(s), 0.35))
    _badge(c, s)
    c.line([(32, 34.5), (50, 32.6), (68, 34.5)], 1.2, darker(base(s), 0.3))


def _badge(c: Canvas, s: Spec) -> None:
    ink = INK if is_pale(base(s)) else PAPER
    if s.detail == "heart":
        c.fill(
            heart(c, 50, 61, 15), COLOURS["cream"] if s.pattern != "retrospot" else PAPER, "side"
        )
    elif s.detail == "scottie":
        motif(c, "scottie", 51, 60, 16, COLOURS["cream"])
    elif s.detail and s.pattern == "stripes":
        c.fill(c.rect(30, 50, 70, 72, 3), PAPER, "side")
        c.words(s.detail, 50, 61, 32, INK, most=7.5)
    elif s.detail:
        motif(c, "crown", 50, 46, 5.5, ink)
        c.words(s.detail, 50, 64, 32, ink, most=10)


def cushion(c: Canvas, s: Spec) -> None:
    """A square cushion with an animal sewn on."""
    c.pose = "flat"
    pad = c.blob((16, 18), (50, 22), (84, 18), (79, 50), (84, 83), (50, 79), (16, 83), (21, 50))
    dress(c, pad, s, 12, "soft")
    c.fill(
        c.ellipse(50, 51, 23),
        lighter(base(s), 0.55) if not is_pale(base(s)) else COLOURS["mint"],
        "side",
    )
    for i in range(36):
        a, b = arc(50, 51, 21.4, 21.4, i * 10, i * 10 + 5)[:: max(1, 8)]
        c.line([a, b], 0.5, PAPER)
    tone = {"owl": "orange", "rabbit": "cream", "butterfly": "pink"}[s.detail]
    motif(c, s.detail, 50, 51, 15, COLOURS[tone])


def doll(c: Canvas, s: Spec) -> None:
    """A felt doll with a wide dress."""
    c.pose = "flat"
    skin, hair = (
        (247, 220, 198),
        {"pink": "orange", "blue": "chocolate", "red": "yellow"}.get(s.colour, "copper"),
    )
    for x in (44, 56):
        c.line([(x, 72), (x, 86)], 4.6, skin)
        c.fill(c.ellipse(x + (x - 50) * 0.15, 88, 4, 2.8), INK, "ball")
    for sign in (-1, 1):
        c.line([(50 + sign * 8, 46), (50 + sign * 22, 60)], 4.4, skin)
    for x in (32, 68):
        c.fill(c.ellipse(x, 33, 6.5, 8), COLOURS[hair], "ball")
    c.fill(c.ellipse(50, 25, 17.5, 16.5), COLOURS[hair], "ball")
    c.fill(c.ellipse(50, 29, 13.6, 13), skin, "soft")
    c.fill(c.polygon(arc(50, 24, 14.6, 10, 180, 360)), COLOURS[hair])
    for x in (45, 55):
        c.fill(c.ellipse(x, 30, 1.2, 1.6), INK)
        c.fill(c.ellipse(50 + (x - 50) * 1.5, 34, 2, 1.5), (240, 168, 160))
    c.line(arc(50, 33.5, 3, 2.4, 25, 155), 0.7, COLOURS["red"])
    skirt = c.blob((41, 42), (59, 42), (62, 54), (74, 76), (50, 79), (26, 76), (38, 54))
    dress(c, skirt, s, 8, "soft")
    c.fill(c.blob((45, 41), (55, 41), (56, 47), (50, 50), (44, 47)), PAPER)
    c.line([(38.5, 54), (50, 56), (61.5, 54)], 2, darker(base(s), 0.35))
    if s.pattern == "plain":
        motif(c, "crown", 50, 10, 6, GOLD)


def trinket_box(c: Canvas, s: Spec) -> None:
    """A round china box with a lid that sits slightly askew."""
    low = c.polygon([(22, 56), (78, 56), *arc(50, 76, 28, 7, 0, 180)])
    dress(c, low, s, 12, "cylinder")
    c.fill(c.ellipse(50, 56, 28, 6), darker(base(s), 0.3))
    lid = c.polygon([*arc(50, 54, 30, 22, 180, 360), *arc(50, 54, 30, 6, 0, 180)])
    dress(c, lid, s, 12, "ball")
    c.line(arc(50, 54, 30, 6, 0, 180), 1.4, GOLD)
    if s.pattern == "hearts":
        c.fill(heart(c, 50, 28, 6), COLOURS["red"], "ball")
    else:
        motif(c, "strawberry", 50, 27, 7, COLOURS["red"])


def watering_can(c: Canvas, s: Spec) -> None:
    """A child's can with an animal on the side."""
    tone = base(s)
    c.line(arc(40, 44, 17, 22, 180, 360), 3, darker(tone, 0.25))
    c.line(arc(22, 60, 12, 13, 90, 270), 3, darker(tone, 0.25))
    spout = c.polygon([(58, 72), (58, 60), (84, 32), (89, 36)])
    c.fill(spout, darker(tone, 0.08), "side")
    c.fill(c.polygon([(80, 26), (95, 37), (91, 42), (77, 31)]), lighter(tone, 0.2), "side")
    body = c.polygon([(21, 46), (61, 46), *arc(41, 80, 22, 5, 0, 180)])
    c.fill(body, tone, "cylinder")
    c.fill(c.ellipse(41, 46, 20, 4.4), darker(tone, 0.35))
    c.fill(c.polygon([*arc(41, 46, 20, 4.4, 180, 360)]), lighter(tone, 0.15))
    patch = {"elephant": (176, 182, 190), "bunny": PAPER, "dinosaur": (150, 184, 120)}[s.detail]
    c.fill(c.ellipse(41, 65, 15, 13.5), lighter(tone, 0.6))
    motif(c, s.detail, 41, 65, 11, patch)


def piggy_bank(c: Canvas, s: Spec) -> None:
    """A round pig."""
    for x in (32, 44, 58, 68):
        c.fill(c.rect(x - 4, 70, x + 4, 85, 2), darker(base(s), 0.15), "cylinder")
    c.line(arc(84, 50, 5, 5, 90, 400), 1.6, darker(base(s), 0.1))
    dress(c, c.ellipse(51, 56, 32, 25), s, 13, "ball")
    for x in (30, 42):
        c.fill(c.polygon([(x - 5, 39), (x + 5, 36), (x - 1, 25)]), darker(base(s), 0.1), "side")
    c.fill(c.ellipse(23, 58, 8, 9), lighter(base(s), 0.35), "ball")
    for nostril in (21, 25.5):
        c.fill(c.ellipse(nostril, 58, 1.2, 2), darker(base(s), 0.5))
    c.dot(33, 48, 1.8, INK)
    c.fill(c.rect(46, 32, 60, 34, 1), INK)


def babushka(c: Canvas, s: Spec) -> None:
    """Three of the nesting dolls."""
    for x, k, tone in ((28, 0.72, "mint"), (74, 0.58, "yellow"), (50, 1.0, "red")):
        spec = replace(s, colour=tone, pattern="suki")
        y = 86.0 - (1 - k) * 4
        body = c.blob(
            (x - 13 * k, y - 40 * k),
            (x + 13 * k, y - 40 * k),
            (x + 22 * k, y - 22 * k),
            (x + 17 * k, y - 2 * k),
            (x, y),
            (x - 17 * k, y - 2 * k),
            (x - 22 * k, y - 22 * k),
        )
        dress(c, body, spec, 11 * k, "cylinder")
        c.fill(c.ellipse(x, y - 50 * k, 17 * k, 18 * k), darker(base(spec), 0.12), "ball")
        c.fill(c.ellipse(x, y - 48 * k, 11 * k, 11.5 * k), (248, 222, 200), "soft")
        c.fill(c.polygon(arc(x, y - 52 * k, 11 * k, 9 * k, 180, 360)), COLOURS["chocolate"])
        for dx in (-4, 4):
            c.dot(x + dx * k, y - 47 * k, 1.1 * k, INK)
            c.dot(x + dx * 1.7 * k, y - 43.5 * k, 1.8 * k, (240, 164, 156))
        c.line(arc(x, y - 44 * k, 2.6 * k, 2 * k, 20, 160), 0.7 * k, COLOURS["red"])
        c.line(
            [(x - 14 * k, y - 37 * k), (x, y - 34 * k), (x + 14 * k, y - 37 * k)], 1.6 * k, PAPER
        )


KINDS = {
    "hot_water_bottle": hot_water_bottle,
    "knitted_bottle": hot_water_bottle,
    "cushion": cushion,
    "doll": doll,
    "trinket_box": trinket_box,
    "watering_can": watering_can,
    "piggy_bank": piggy_bank,
    "babushka": babushka,
}
