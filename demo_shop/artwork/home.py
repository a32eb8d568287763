"""Clocks, frames, signs and other things for walls and shelves."""

from __future__ import annotations

import math

from demo_shop.artwork.canvas import Canvas, arc
from demo_shop.artwork.dress import base, dress, heart, loop, motif
from demo_shop.artwork.palette import (
    COLOURS, GOLD, INK, LEAF, PAPER, PARTY, STEEL, WOOD, Colour, darker, is_pale, lighter, named,
)  # fmt: skip
from demo_shop.artwork.spec import Spec

IRON: Colour = (88, 84, 90)


def _dial(c: Canvas, cx: float, cy: float, r: float, ink: Colour, hours: tuple[str, ...]) -> None:
    c.fill(c.ellipse(cx, cy, r), PAPER, "side")
    for i in range(60):
        near = 0.94 if i % 5 else 0.9
        a, b = arc(cx, cy, r * near, r * near, i * 6, i * 6 + 1)[0], arc(cx, cy, r * 0.97, r * 0.97, i * 6, i * 6 + 1)[0]
        c.line([a, b], r * (0.012 if i % 5 else 0.03), ink)
    for i, hour in enumerate(hours):
        angle = math.radians(-90 + (i + 1) * 360 / len(hours))
        c.text(hour, cx + r * 0.73 * math.cos(angle), cy + r * 0.73 * math.sin(angle), r * 0.25, ink, bold=r * 0.008)
    c.line([(cx, cy), (cx - r * 0.36, cy - r * 0.22)], r * 0.07, ink)
    c.line([(cx, cy), (cx + r * 0.42, cy - r * 0.46)], r * 0.05, ink)
    c.dot(cx, cy, r * 0.07, ink)


HOURS = tuple(str(i) for i in range(1, 13))


def alarm_clock(c: Canvas, s: Spec) -> None:
    """Two bells over a round case on feet."""
    tone = base(s)
    for x, tip in ((30, 22), (70, 78)):
        c.line([(x, 74), (tip, 85)], 4.4, darker(tone, 0.2))
    c.line(arc(50, 26, 8, 9, 180, 360), 2, STEEL)
    c.line([(50, 22), (50, 30)], 2, STEEL)
    c.fill(c.ellipse(50, 22, 4, 2.6), STEEL, "ball")
    for x, turn in ((33, -28), (67, 28)):
        c.line([(x, 32), (50 + (x - 50) * 0.7, 38)], 2, STEEL)
        dome = [(x + px * math.cos(math.radians(turn)) - py * math.sin(math.radians(turn)),
                 30 + px * math.sin(math.radians(turn)) + py * math.cos(math.radians(turn)))
                for px, py in arc(0, 0, 12, 11, 180, 360)]  # fmt: skip
        c.fill(c.polygon(dome), darker(tone, 0.06), "ball")
    c.fill(c.ellipse(50, 56, 30), tone, "ball")
    c.line(arc(50, 56, 25.4, 25.4, 0, 360), 1.6, lighter(STEEL, 0.2))
    _dial(c, 50, 56, 24.6, INK, HOURS)


def wall_clock(c: Canvas, s: Spec) -> None:
    """A round diner clock with a deep rim."""
    c.pose = "hang"
    c.fill(c.ellipse(50, 50, 37), base(s), "ball")
    c.fill(c.ellipse(50, 50, 31.5), STEEL, "side")
    _dial(c, 50, 50, 30, INK, HOURS)
    c.text("Diner", 50, 61, 5.4, base(s) if not is_pale(base(s)) else COLOURS["red"])


def frame(c: Canvas, s: Spec) -> None:
    """A photo frame with a small landscape, or a record sleeve."""
    c.pose = "hang"
    c.fill(c.rect(18, 14, 82, 86, 1.2), base(s), "side")
    c.fill(c.rect(20, 16, 80, 84), darker(base(s), 0.12))
    c.fill(c.rect(21.4, 17.4, 78.6, 82.6), lighter(base(s), 0.25))
    if s.detail:
        c.fill(c.rect(25, 25, 75, 75), COLOURS["orange"], "side")
        c.fill(c.ellipse(50, 50, 20), INK, "side")
        for r in (17, 14, 11):
            c.line(arc(50, 50, r, r, 0, 360), 0.3, (96, 92, 98))
        c.fill(c.ellipse(50, 50, 6.4), COLOURS["yellow"])
        c.dot(50, 50, 1, INK)
        return
    c.fill(c.rect(27, 24, 73, 76), PAPER)
    view = c.rect(32, 30, 68, 70)
    c.fill(view, (206, 224, 230))
    c.fill(view & c.ellipse(60, 40, 5), (255, 236, 190))
    c.fill(view & c.ellipse(38, 74, 26, 18), (158, 184, 150))
    c.fill(view & c.ellipse(66, 78, 26, 18), (122, 156, 124))
    c.fill(c.polygon([(32, 30), (52, 30), (38, 70), (32, 70)]), (255, 255, 255), opacity=0.16)


def slate(c: Canvas, s: Spec) -> None:
    """A chalkboard: a heart, a plain one or one in a wooden frame."""
    c.pose = "hang"
    stone = COLOURS["slate"]
    loop(c, 50, 8, 26, COLOURS["natural"])
    if s.detail == "heart":
        c.fill(heart(c, 51, 58, 36), darker(stone, 0.4))
        c.fill(heart(c, 50, 56.5, 36), stone, "side")
        c.text("hello", 50, 52, 13, (232, 234, 230))
        return
    c.fill(c.rect(17, 24, 83, 84, 2), base(s) if s.detail == "framed" else darker(stone, 0.3), "side")
    inset = 6 if s.detail == "framed" else 1
    c.fill(c.rect(17 + inset, 24 + inset, 83 - inset, 84 - inset, 1), stone, "side")
    for index, row in enumerate(("bread", "honey", "tea")):
        c.text(row, 50, 41 + index * 13, 9, (232, 234, 230))


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
        c.fill(c.polygon([(x + 16.6, 38), (x + 19, 36), (x + 19, 82), (x + 16.6, 84)]), darker(WOOD, 0.35))
        c.fill(c.polygon([(x, 38), (x + 2.4, 36), (x + 19, 36), (x + 16.6, 38)]), lighter(WOOD, 0.4))
        c.fill(c.rect(x, 38, x + 16.6, 84, 0.8), named(tones[index]), "side")
        c.text(letter, x + 8.2, 61, 17, INK, bold=1)


def sign(c: Canvas, s: Spec) -> None:
    """A pressed metal sign with a border."""
    c.pose = "hang"
    ink = INK if is_pale(base(s)) else PAPER
    c.line([(26, 28), (50, 10), (74, 28)], 0.7, (150, 140, 132))
    c.dot(50, 10, 1.2, (150, 140, 132))
    c.fill(c.rect(14, 27, 86, 79, 4), base(s), "side")
    c.fill(c.rect(17, 30, 83, 76, 3) - c.rect(18.2, 31.2, 81.8, 74.8, 2.4), ink)
    for x, y in ((26, 30.6), (74, 30.6)):
        c.dot(x, y, 1.2, (150, 140, 132))
    c.words(s.detail, 50, 53, 56, ink, most=12)


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
        x = 50 + (index - (count - 1) / 2) * (2 * half - 12) / max(1, count - 1) if count > 1 else 50
        big = 1.5 if count == 1 else 1
        curve = [(x, 42), (x, 42 + 20 * big), *arc(x + 6 * big, 42 + 20 * big, 6 * big, 7 * big, 180, 0),
                 (x + 12 * big, 42 + 15 * big)]  # fmt: skip
        if count > 3:
            curve = [(x, 42), (x, 58), *arc(x + 4, 58, 4, 6, 180, 20)]
        c.line(curve, 2.4 * big, darker(tone, 0.3))
        c.line([(px - 0.4, py - 0.3) for px, py in curve], 1.4 * big, tone)
        end = curve[-1]
        if gum:
            c.fill(c.ellipse(*end, 4.6), named(PARTY[index]), "ball")
        elif s.colour in {"ivory", "cream"}:
            motif(c, "rose", x, 37, 5.4 * big, COLOURS["rose"])


def bird(c: Canvas, s: Spec) -> None:
    """A round painted bird on a twig."""
    c.line([(8, 80), (40, 77), (92, 82)], 2.4, darker(WOOD, 0.3))
    for x, y, t in ((20, 76, -30), (80, 78, 30)):
        motif(c, "leaf", x, y - 4, 6, LEAF, t)
    for x in (46, 54):
        c.line([(x, 68), (x, 79)], 1.2, (226, 160, 84))
    dress(c, c.polygon([(70, 46), (92, 30), (94, 40), (74, 60)]), s, 10, "side")
    body = c.blob((26, 42), (34, 28), (46, 28), (58, 38), (76, 48), (72, 64), (54, 73), (36, 70), (26, 58))
    dress(c, body, s, 13, "ball")
    wing = c.blob((44, 46), (60, 44), (74, 56), (62, 64), (48, 60))
    c.fill(wing, darker(base(s), 0.25), "side")
    c.fill(c.polygon([(26, 40), (15, 44), (27, 47)]), (232, 160, 84))
    c.dot(36, 40, 2, INK)


def wicker(c: Canvas, s: Spec) -> None:
    """A wreath of willow in the shape of a heart or a star."""
    from demo_shop.artwork.motifs import heart_points, star_points

    c.pose = "hang"
    is_star = s.kind == "wicker_star"
    r = 25 if s.detail == "small" else 35
    outline = star_points(0.5) if is_star else heart_points(60)
    loop(c, 50, 52 - r - 11, 52 - r * (0.95 if is_star else 0.5), (150, 130, 110))
    for strand in range(7):
        k = r * (0.8 + strand * 0.038)
        tone = (darker(base(s), 0.3), base(s), lighter(base(s), 0.3))[strand % 3]
        wobble = [(50 + x * k + math.sin(i * 1.7 + strand) * 0.7, 54 + y * k + math.cos(i * 1.3 + strand * 2) * 0.7)
                  for i, (x, y) in enumerate(outline)]  # fmt: skip
        c.line([*wobble, wobble[0]], 1.9, tone)
    for i in range(0, len(outline), 1 if is_star else 4):
        x, y = outline[i]
        c.line([(50 + x * r * 0.78, 54 + y * r * 0.78), (50 + x * r * 1.06, 54 + y * r * 1.06)], 1.1, darker(base(s), 0.2))


def birdcage(c: Canvas, s: Spec) -> None:
    """A domed wire cage with a plant in it."""
    c.line(arc(50, 10, 3.4, 3.4, 0, 360), 1.2, IRON)
    for x, y, t in ((40, 64, -40), (50, 58, 0), (60, 64, 40), (34, 72, -75), (66, 72, 75)):
        motif(c, "leaf", x, y, 10, LEAF, t)
    c.fill(c.polygon([(38, 70), (62, 70), (58, 84), (42, 84)]), (200, 126, 92), "cylinder")
    for i in range(9):
        k = (i - 4) / 4
        bars = [(50 + k * 28, 84), (50 + k * 28, 42), *[(50 + k * 28 * math.cos(a), 42 - 28 * math.sin(a)) for a in
                (0.2, 0.5, 0.8, 1.1, 1.35, 1.57)]]  # fmt: skip
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
    "alarm_clock": alarm_clock, "wall_clock": wall_clock, "frame": frame, "slate": slate,
    "cabinet": cabinet, "word": word, "sign": sign, "knob": knob, "hooks": hooks, "bird": bird,
    "wicker_heart": wicker, "wicker_star": wicker, "birdcage": birdcage, "doormat": doormat,
}  # fmt: skip
