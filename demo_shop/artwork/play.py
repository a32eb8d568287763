"""Toys, cards, wrap and pencils, and the crate of milk bottles."""

from __future__ import annotations

import math
from dataclasses import replace

from demo_shop.artwork.canvas import Canvas, arc
from demo_shop.artwork.dress import base, dress, heart, motif
from demo_shop.artwork.palette import (
    COLOURS,
    GLASS,
    INK,
    PAPER,
    PARTY,
    WOOD,
    darker,
    is_pale,
    lighter,
    named,
)
from demo_shop.artwork.spec import Spec


def _turned(cx: float, cy: float, w: float, h: float, turn: float) -> list[tuple[float, float]]:
    sin, cos = math.sin(math.radians(turn)), math.cos(math.radians(turn))
    return [
        (cx + x * w * cos - y * h * sin, cy + x * w * sin + y * h * cos)
        for x, y in ((-0.5, -0.5), (0.5, -0.5), (0.5, 0.5), (-0.5, 0.5))
    ]


def playing_cards(c: Canvas, s: Spec) -> None:
    """The box, with three cards fanned out behind."""
    c.pose = "flat"
    for turn, x in ((-16, 36), (2, 52), (20, 68)):
        c.fill(c.polygon(_turned(x, 40, 34, 46, turn)), darker(PAPER, 0.08))
        c.fill(c.polygon(_turned(x - 0.5, 39.5, 33, 45, turn)), PAPER, "side")
        c.fill(heart(c, x + turn * 0.25, 27, 5), COLOURS["red"])
    box = c.rect(28, 40, 66, 88, 2.5)
    dress(c, box, replace(s, detail=""), 12, "side")
    c.fill(c.rect(31, 43, 63, 85, 1.6) - c.rect(31.8, 43.8, 62.2, 84.2, 1.2), PAPER)
    if s.detail:
        motif(c, "crown", 47, 52, 5, PAPER)
        c.words(s.detail, 47, 67, 24, PAPER, most=7)
    elif s.pattern != "union":
        c.fill(c.rect(34, 58, 60, 70, 2), PAPER)
        c.text("Snap" if s.pattern == "circus" else "Pairs", 47, 64, 7.4, INK)


def dominoes(c: Canvas, s: Spec) -> None:
    """A wooden box and the first four pieces."""
    c.pose = "flat"
    c.fill(c.rect(16, 18, 78, 46, 2), darker(WOOD, 0.25))
    c.fill(c.rect(14, 16, 76, 44, 2), WOOD, "side")
    c.text("DOMINOES", 45, 30, 8.4, darker(WOOD, 0.55), bold=0.2)
    pips = {
        1: ((0, 0),),
        2: ((-1, -1), (1, 1)),
        3: ((-1, -1), (0, 0), (1, 1)),
        4: ((-1, -1), (1, 1), (-1, 1), (1, -1)),
        6: ((-1, -1), (-1, 0), (-1, 1), (1, -1), (1, 0), (1, 1)),
    }
    for x, y, one, two in ((14, 54, 1, 3), (32.5, 56, 3, 6), (51, 54, 6, 2), (69.5, 56, 2, 4)):
        c.fill(c.rect(x + 0.8, y + 1, x + 16.8, y + 33, 2.4), darker(INK, 0.3))
        c.fill(c.rect(x, y, x + 16, y + 32, 2.4), INK, "side")
        c.line([(x + 2, y + 16), (x + 14, y + 16)], 0.6, PAPER)
        for value, cy in ((one, y + 8), (two, y + 24)):
            for px, py in pips[value]:
                c.dot(x + 8 + px * 4, cy + py * 4, 1.5, PAPER)


def spinning_tops(c: Canvas, s: Spec) -> None:
    """Four painted tops."""
    for index, (x, y, k) in enumerate(
        ((30, 62, 0.8), (70, 60, 0.8), (50, 84, 1.0), (82, 85, 0.62))
    ):
        tone = named(PARTY[index])
        c.line([(x, y - 36 * k), (x, y - 20 * k)], 3 * k, WOOD)
        c.dot(x, y - 37 * k, 2.6 * k, darker(WOOD, 0.15))
        top = c.polygon(
            [
                *arc(x, y - 18 * k, 18 * k, 8 * k, 180, 360),
                (x + 3 * k, y - 3 * k),
                (x, y),
                (x - 3 * k, y - 3 * k),
            ]
        )
        c.fill(top, tone)
        for share, stripe in ((0.45, PAPER), (0.72, WOOD)):
            half, cy = 18 * k * (1 - share * 0.8), y - 18 * k * (1 - share * 0.8)
            c.fill(top & c.rect(x - half - 2, cy - 1.6 * k, x + half + 2, cy + 1.6 * k), stripe)
        c.shade(top, "cylinder")


def skittles(c: Canvas, s: Spec) -> None:
    """Soldiers in two ranks and a ball."""
    for x, y in ((28, 74), (50, 72), (72, 74), (38, 86), (62, 86)):
        c.fill(c.rect(x - 6, y - 16, x + 6, y, 2), COLOURS["navy"], "cylinder")
        c.fill(c.rect(x - 7, y - 32, x + 7, y - 14, 3), COLOURS["red"], "cylinder")
        c.line([(x - 5, y - 30), (x + 5, y - 17)], 1.2, PAPER)
        c.line([(x + 5, y - 30), (x - 5, y - 17)], 1.2, PAPER)
        c.fill(c.ellipse(x, y - 37, 6), (247, 220, 198), "ball")
        c.fill(c.rect(x - 6, y - 54, x + 6, y - 39, 4), INK, "cylinder")
        for dx in (-2, 2):
            c.dot(x + dx, y - 36.4, 0.7, INK)
    c.fill(c.ellipse(84, 80, 7), WOOD, "ball")


def blocks(c: Canvas, s: Spec) -> None:
    """Letter blocks in a pile."""
    places = (
        (28, 85, "A", "red"),
        (54, 85, "B", "blue"),
        (79, 85, "C", "green"),
        (42, 60, "D", "orange"),
        (67, 60, "E", "navy"),
    )
    for x, y, letter, tone in (*places, (54, 35, "F", "red")):
        w = 12
        c.fill(
            c.polygon(
                [(x + w, y - 2 * w), (x + w + 4, y - 2 * w - 3), (x + w + 4, y - 4), (x + w, y)]
            ),
            darker(WOOD, 0.3),
        )
        c.fill(
            c.polygon(
                [
                    (x - w, y - 2 * w),
                    (x - w + 4, y - 2 * w - 3),
                    (x + w + 4, y - 2 * w - 3),
                    (x + w, y - 2 * w),
                ]
            ),
            lighter(WOOD, 0.5),
        )
        c.fill(c.rect(x - w, y - 2 * w, x + w, y, 1), lighter(WOOD, 0.25), "side")
        c.fill(
            c.rect(x - w + 2, y - 2 * w + 2, x + w - 2, y - 2, 1.4)
            - c.rect(x - w + 3.2, y - 2 * w + 3.2, x + w - 3.2, y - 3.2, 1),
            named(tone),
        )
        c.text(letter, x, y - w, 14, named(tone), bold=0.6)


def notebooks(c: Canvas, s: Spec) -> None:
    """Three notebooks, or a tear-off list with its pencil."""
    c.pose = "flat"
    if s.pattern in {"pantry", "leaf"}:
        dress(c, c.rect(26, 12, 68, 88, 1.6), s, 12, "side")
        c.fill(c.rect(30, 32, 64, 84, 1), PAPER, "side")
        c.text("shopping list", 47, 39, 4.8, INK)
        for i in range(7):
            c.line([(34, 47 + i * 5), (60, 47 + i * 5)], 0.4, COLOURS["grey"])
        _pencil(c, 76, 24, 84, COLOURS["red"])
        return
    styles = (replace(s, pattern="plain"), replace(s, pattern="gingham"), s)
    for turn, x, y, spec in zip((10, -6, 2), (56, 46, 50), (48, 50, 52), styles, strict=True):
        c.fill(c.polygon(_turned(x + 1.2, y + 1.4, 46, 62, turn)), darker(PAPER, 0.18))
        dress(c, c.polygon(_turned(x, y, 46, 62, turn)), spec, 13, "side")
    c.fill(c.polygon(_turned(29, 51.3, 5, 62, 2)), darker(base(s), 0.4), opacity=0.5)
    c.fill(c.rect(39, 38, 66, 50, 1.6), PAPER, "side")
    for rule in (42.4, 45.8):
        c.line([(43, rule), (62, rule)], 0.5, COLOURS["grey"])


def _pencil(c: Canvas, x: float, top: float, low: float, tone: tuple[int, int, int]) -> None:
    c.fill(c.polygon([(x - 2.6, top + 8), (x, top), (x + 2.6, top + 8)]), lighter(WOOD, 0.35))
    c.fill(c.polygon([(x - 0.9, top + 2.8), (x, top), (x + 0.9, top + 2.8)]), tone)
    c.fill(c.rect(x - 2.6, top + 8, x + 2.6, low), tone, "cylinder")


def pencil_tube(c: Canvas, s: Spec) -> None:
    """Coloured pencils in a card tube."""
    for index in range(9):
        x = 32 + index * 4.5
        _pencil(
            c,
            x,
            16 + (index * 7 % 5) * 2.4,
            60,
            named((*PARTY, "navy", "green", "chocolate")[index]),
        )
    body = c.polygon([(27, 44), (73, 44), *arc(50, 82, 23, 4.6, 0, 180)])
    dress(c, body, s, 13, "cylinder")
    c.line(arc(50, 44, 23, 3.4, 0, 180), 1.6, lighter(base(s), 0.5))


def wrap(c: Canvas, s: Spec) -> None:
    """A wrapped present and a roll of the same paper."""
    c.pose = "flat"
    roll = c.stroke([(16, 82), (60, 90)], 11)
    dress(c, roll, s, 11, "down")
    c.fill(c.ellipse(62, 90.3, 3.4, 5.4), darker(PAPER, 0.12))
    c.fill(c.ellipse(62.4, 90.4, 1.5, 2.6), INK, opacity=0.4)
    dress(c, c.rect(20, 20, 80, 74, 1), s, 13, "side")
    band = COLOURS["red"] if s.colour not in {"red"} else PAPER
    c.fill(c.rect(54, 20, 61, 74), band, "cylinder")
    c.fill(c.rect(20, 42, 80, 48.5), band, "down")
    for turn in (-1, 1):
        c.fill(
            c.blob(
                (57.5, 45), (57.5 + turn * 8, 33), (57.5 + turn * 17, 35), (57.5 + turn * 14, 44)
            ),
            band,
            "side",
        )
        c.fill(
            c.polygon([(57.5, 45), (57.5 + turn * 12, 60), (57.5 + turn * 6, 61)]),
            darker(band, 0.12),
        )
    c.fill(c.ellipse(57.5, 45, 4), darker(band, 0.1), "ball")


def card(c: Canvas, s: Spec) -> None:
    """A card before its envelope."""
    c.pose = "flat"
    kraft = (222, 196, 160)
    c.fill(c.polygon(_turned(58, 58, 62, 46, 6)), kraft, "side")
    c.line([(28.5, 32.5), (56, 60), (90, 38.5)], 0.6, darker(kraft, 0.25))
    c.fill(c.polygon(_turned(44.8, 49, 44, 60, -5)), darker(PAPER, 0.2))
    front = c.polygon(_turned(44, 48, 44, 60, -5))
    dress(c, front, s, 15, "side")
    if s.detail.isupper():
        c.words(s.detail, 44, 48, 34, COLOURS["red"], most=9)
        for x, y in ((32, 32), (56, 30), (34, 66), (57, 64)):
            motif(c, "star", x, y, 3.4, PAPER)
    elif s.detail:
        motif(
            c,
            s.detail,
            44,
            46,
            16,
            (176, 182, 190) if s.detail == "elephant" else COLOURS["orange"],
        )
        c.text("Happy birthday", 44, 68, 4.8, INK if is_pale(base(s)) else PAPER)
    else:
        c.fill(c.rect(30, 40, 58, 55, 2), PAPER, "side")
        c.text("Happy", 44, 45, 5, INK)
        c.text("birthday", 44, 50.4, 5, INK)


def milk_bottles(c: Canvas, s: Spec) -> None:
    """Small bottles in a wire crate."""
    for index, x in enumerate((24, 37, 50, 63, 76)):
        c.fill(
            c.blob(
                (x - 3, 24),
                (x + 3, 24),
                (x + 3.2, 38),
                (x + 6, 48),
                (x + 6, 80),
                (x - 6, 80),
                (x - 6, 48),
                (x - 3.2, 38),
            ),
            GLASS,
        )
        c.fill(c.rect(x - 5, 46, x + 5, 79, 3), (252, 248, 238), "cylinder")
        c.fill(c.rect(x - 3.8, 21, x + 3.8, 26, 1.4), named(("red", "blue")[index % 2]), "cylinder")
    for y in (56, 70, 84):
        c.line([(14, y), (86, y)], 1.5, (128, 130, 134))
    for wire in (14, 30.5, 43.5, 56.5, 69.5, 86):
        c.line([(wire, 54), (wire, 85)], 1.2, (128, 130, 134))
    c.line([(14, 56), (14, 42), (26, 36)], 1.5, (128, 130, 134))


KINDS = {
    "playing_cards": playing_cards,
    "dominoes": dominoes,
    "spinning_tops": spinning_tops,
    "skittles": skittles,
    "blocks": blocks,
    "notebooks": notebooks,
    "pencil_tube": pencil_tube,
    "wrap": wrap,
    "card": card,
    "milk_bottles": milk_bottles,
}
