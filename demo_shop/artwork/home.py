"""Cabinets, letters, hooks, wicker and other things around the house."""

from __future__ import annotations

import math

from demo_shop.artwork.canvas import Canvas, arc
from demo_shop.artwork.dress import base, dress, heart, loop, motif
from demo_shop.artwork.motifs import heart_points, star_points
from demo_shop.artwork.palette import (
    COLOURS,
    GOLD,
    INK,
    LEAF,
    PARTY,
    WOOD,
    Colour,
    darker,
    lighter,
    named,
)
from demo_shop.artwork.spec import Spec

IRON: Colour = (88, 84, 90)


def cabinet(c: Canvas, s: Spec) -> None:
    """A chest of two or three drawers."""
    drawers = 3 if s.detail == "three" else 2
    for x in (27, 69):
        c.fill(c.rect(x, 82, x + 5, 87), darker(base(s), 0.2))
    c.fill(c.rect(21, 26, 80, 84, 1.4), base(s), "side")
    c.fill(c.rect(17, 21, 84, 27, 1.4), lighter(base(s), 0.2), "side")
    height = 52 / drawers
    for i in range(drawers):
        y = 30 + i * height
        c.fill(c.rect(25, y, 76, y + height - 3, 1), darker(base(s), 0.2))
        c.fill(c.rect(25.6, y + 0.4, 75.2, y + height - 3.8, 0.8), lighter(base(s), 0.15), "side")
        if s.pattern == "hearts":
            c.fill(heart(c, 50.5, y + height / 2 - 1.5, 3.6), darker(base(s), 0.55))
        else:
            c.fill(c.ellipse(50.5, y + height / 2 - 1, 2.6), darker(WOOD, 0.2), "ball")


def word(c: Canvas, s: Spec) -> None:
    """Wooden letters in a row."""
    tones = ("natural", "cream", "mint", "pink")
    for index, letter in enumerate(s.detail):
        x = 14 + index * 18.4
        c.fill(
            c.polygon([(x + 16.6, 38), (x + 19, 36), (x + 19, 82), (x + 16.6, 84)]),
            darker(WOOD, 0.35),
        )
        c.fill(
            c.polygon([(x, 38), (x + 2.4, 36), (x + 19, 36), (x + 16.6, 38)]), lighter(WOOD, 0.4)
        )
        c.fill(c.rect(x, 38, x + 16.6, 84, 0.8), named(tones[index]), "side")
        c.text(letter, x + 8.2, 61, 17, INK, bold=1)


def knob(c: Canvas, s: Spec) -> None:
    """One large glazed knob with its brass collar."""
    c.fill(c.rect(42, 62, 58, 84, 1), GOLD, "cylinder")
    c.fill(c.ellipse(50, 84, 14, 3), darker(GOLD, 0.1), "down")
    c.fill(c.ellipse(50, 66, 15, 4), GOLD, "down")
    dress(c, c.ellipse(50, 43, 30, 27), s, 15, "ball")
    c.fill(c.ellipse(39, 30, 7, 4), (255, 255, 255), opacity=0.5)


def hooks(c: Canvas, s: Spec) -> None:
    """One to five hooks on a plate."""
    c.pose = "hang"
    count = {"one": 1, "three": 3, "four": 4, "five": 5}[s.detail]
    gum = s.pattern == "party"
    tone = WOOD if gum else base(s) if s.colour != "black" else IRON
    half = {1: 14, 3: 34, 4: 38, 5: 38}[count]
    c.fill(c.rect(50 - half, 30, 50 + half, 46, 4), tone, "side")
    if s.colour == "black":
        for side in (-1, 1):
            c.line(arc(50 + side * 12, 28, 11, 9, 180, 360), 1.8, IRON)
    for index in range(count):
        x = (
            50 + (index - (count - 1) / 2) * (2 * half - 12) / max(1, count - 1)
            if count > 1
            else 50
        )
        big = 1.5 if count == 1 else 1
        x -= 5 * big if count <= 3 else 3.5
        curve = [
            (x, 42),
            (x, 42 + 20 * big),
            *arc(x + 6 * big, 42 + 20 * big, 6 * big, 7 * big, 180, 0),
            (x + 12 * big, 42 + 15 * big),
        ]
        if count > 3:
            curve = [(x, 42), (x, 58), *arc(x + 4, 58, 4, 6, 180, 20)]
        c.line(curve, 2.4 * big, darker(tone, 0.3))
        c.line([(px - 0.4, py - 0.3) for px, py in curve], 1.4 * big, tone)
        end = curve[-1]
        if gum:
            c.fill(c.ellipse(*end, 4.6), named(PARTY[index]), "ball")
        elif s.colour in {"ivory", "cream"}:
            motif(c, "rose", x + 5 * big, 37, 5.4 * big, COLOURS["rose"])


def bird(c: Canvas, s: Spec) -> None:
    """A round painted bird on a twig."""
    c.line([(8, 80), (40, 77), (92, 82)], 2.4, darker(WOOD, 0.3))
    for x, y, t in ((20, 76, -30), (80, 78, 30)):
        motif(c, "leaf", x, y - 4, 6, LEAF, t)
    for x in (46, 54):
        c.line([(x, 68), (x, 79)], 1.2, (226, 160, 84))
    dress(c, c.polygon([(70, 46), (92, 30), (94, 40), (74, 60)]), s, 10, "side")
    body = c.blob(
        (26, 42), (34, 28), (46, 28), (58, 38), (76, 48), (72, 64), (54, 73), (36, 70), (26, 58)
    )
    dress(c, body, s, 13, "ball")
    wing = c.blob((44, 46), (60, 44), (74, 56), (62, 64), (48, 60))
    c.fill(wing, darker(base(s), 0.25), "side")
    c.fill(c.polygon([(26, 40), (15, 44), (27, 47)]), (232, 160, 84))
    c.dot(36, 40, 2, INK)


def wicker(c: Canvas, s: Spec) -> None:
    """A wreath of willow in the shape of a heart or a star."""
    c.pose = "hang"
    is_star = s.kind == "wicker_star"
    r = 25 if s.detail == "small" else 35
    outline = star_points(0.5) if is_star else heart_points(60)
    loop(c, 50, 52 - r - 11, 52 - r * (0.95 if is_star else 0.5), (150, 130, 110))
    for strand in range(7):
        k = r * (0.8 + strand * 0.038)
        tone = (darker(base(s), 0.3), base(s), lighter(base(s), 0.3))[strand % 3]
        wobble = [
            (
                50 + x * k + math.sin(i * 1.7 + strand) * 0.7,
                54 + y * k + math.cos(i * 1.3 + strand * 2) * 0.7,
            )
            for i, (x, y) in enumerate(outline)
        ]
        c.line([*wobble, wobble[0]], 1.9, tone)
    for i in range(0, len(outline), 1 if is_star else 4):
        x, y = outline[i]
        c.line(
            [(50 + x * r * 0.78, 54 + y * r * 0.78), (50 + x * r * 1.06, 54 + y * r * 1.06)],
            1.1,
            darker(base(s), 0.2),
        )


def birdcage(c: Canvas, s: Spec) -> None:
    """A domed wire cage with a plant in it."""
    c.line(arc(50, 10, 3.4, 3.4, 0, 360), 1.2, IRON)
    for x, y, t in ((40, 64, -40), (50, 58, 0), (60, 64, 40), (34, 72, -75), (66, 72, 75)):
        motif(c, "leaf", x, y, 10, LEAF, t)
    c.fill(c.polygon([(38, 70), (62, 70), (58, 84), (42, 84)]), (200, 126, 92), "cylinder")
    for i in range(9):
        k = (i - 4) / 4
        bars = [
            (50 + k * 28, 84),
            (50 + k * 28, 42),
            *[
                (50 + k * 28 * math.cos(a), 42 - 28 * math.sin(a))
                for a in (0.2, 0.5, 0.8, 1.1, 1.35, 1.57)
            ],
        ]
        c.line(bars, 0.9, IRON)
    for y in (42, 62):
        c.line(arc(50, y, 28, 3, 0, 180), 1, IRON)
    c.fill(c.rect(20, 83, 80, 87, 1.4), IRON, "cylinder")


def doormat(c: Canvas, s: Spec) -> None:
    """A coir mat on the floor, printed."""
    c.pose = "flat"
    coir = (196, 160, 112)
    c.fill(c.rect(8, 26, 92, 76, 1.6), coir, "side")
    inner = c.rect(13, 31, 87, 71, 1)
    if s.detail:
        c.fill(c.rect(13, 31, 87, 71, 1) - c.rect(14, 32, 86, 70, 1), base(s))
        c.words(s.detail, 50, 51, 62, base(s), most=10)
    else:
        dress(c, inner, s, 15, "side")
    for i in range(90):
        x, y = 9 + (i * 37 % 82), 27 + (i * 53 % 48)
        c.fill(c.stroke([(x, y), (x + 0.8, y + 1.2)], 0.35), darker(coir, 0.4), opacity=0.35)


KINDS = {
    "cabinet": cabinet,
    "word": word,
    "knob": knob,
    "hooks": hooks,
    "bird": bird,
    "wicker_heart": wicker,
    "wicker_star": wicker,
    "birdcage": birdcage,
    "doormat": doormat,
}
