"""Bunting, paper and ribbon."""

from __future__ import annotations

from dataclasses import replace

from demo_shop.artwork.canvas import Canvas, Point, arc
from demo_shop.artwork.dress import base, dress, heart, loop
from demo_shop.artwork.flames import flame
from demo_shop.artwork.motifs import heart_points
from demo_shop.artwork.palette import (
    COLOURS,
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


def bunting(c: Canvas, s: Spec) -> None:
    """Two strings of flags."""
    c.pose = "hang"
    letters = "HAPPY" if s.detail == "BIRTHDAY" else ""
    for row, (y, sag) in enumerate(((20, 10), (50, 12))):
        tape = [(-2 + i * 4.16, y + sag * (1 - ((i - 12.5) / 12.5) ** 2)) for i in range(26)]
        for index in range(5):
            a, b = _part(tape[index * 5], tape[5 + index * 5])
            flag = _flag_spec(s, index + row * 2)
            tip = ((a[0] + b[0]) / 2 - (b[1] - a[1]) * 1.4, (a[1] + b[1]) / 2 + 24)
            dress(
                c,
                c.polygon([a, b, tip])
                if not s.detail
                else c.polygon([a, b, (b[0], b[1] + 19), (a[0], a[1] + 19)]),
                flag,
                8,
                "side",
            )
            if letters:
                letter = (letters if row == 0 else "BDAY ")[index]
                mid = ((a[0] + b[0]) / 2, (a[1] + b[1]) / 2 + 10)
                ink = COLOURS["red"] if is_pale(named(flag.colour)) else PAPER
                if letter == " ":
                    c.fill(heart(c, *mid, 5), ink)
                else:
                    c.text(letter, *mid, 10, ink, bold=0.5)
        c.line(tape, 1.5, PAPER if s.colour != "white" else COLOURS["natural"])


def _part(a: Point, b: Point) -> tuple[Point, Point]:
    """The stretch of tape a flag hangs from, with a gap at either end."""
    dx, dy = (b[0] - a[0]) * 0.11, (b[1] - a[1]) * 0.11
    return (a[0] + dx, a[1] + dy), (b[0] - dx, b[1] - dy)


def _flag_spec(s: Spec, index: int) -> Spec:
    if s.detail:
        return replace(s, colour=(s.colour, "cream")[index % 2])
    if s.colour != "multi":
        return s if s.pattern == "union" or index % 2 == 0 else replace(s, pattern=_quiet(s))
    colour = PARTY[index % len(PARTY)]
    if s.pattern == "party":
        return Spec(
            kind=s.kind,
            pattern=("polkadot", "gingham", "rose", "stripes")[index % 4],
            colour=colour,
        )
    return replace(s, colour=colour)


def _quiet(s: Spec) -> str:
    return {"gingham": "rose", "lace": "plain"}.get(s.pattern, "gingham")


def paper_chain(c: Canvas, s: Spec) -> None:
    """Links of gummed paper in two swags."""
    c.pose = "hang"
    between = {"red": "yellow", "green": "red"}.get(s.colour, "red")
    tones = ["plain", s.pattern, s.pattern]
    for y, sag in ((22, 20), (52, 20)):
        for i in range(9):
            t = i / 4 - 1
            x, cy = 50 + t * 41, y + sag * (1 - t * t)
            spec = replace(s, pattern=tones[i % 3], colour=s.colour if i % 3 else between)
            rx, ry = (8.4, 6.6) if i % 2 else (4.6, 8.2)
            dress(
                c, c.ellipse(x, cy, rx, ry) - c.ellipse(x, cy, rx - 2.9, ry - 2.9), spec, 6, "side"
            )


def napkins(c: Canvas, s: Spec) -> None:
    """A fanned stack of folded napkins."""
    c.pose = "flat"
    for shift in (9, 6, 3, 0):
        c.fill(
            c.polygon(
                [
                    (20 + shift, 26 - shift * 0.8),
                    (72 + shift, 22 - shift * 0.8),
                    (76 + shift, 76 - shift * 0.8),
                    (24 + shift, 80 - shift * 0.8),
                ]
            ),
            darker(PAPER, 0.04 + shift * 0.012),
        )
    top = c.polygon([(20, 26), (72, 22), (76, 76), (24, 80)])
    dress(c, top, s, 14, "side")
    c.fill(c.stroke([(46, 24), (50, 78)], 0.7), INK, opacity=0.16)
    c.fill(c.stroke([(22, 53), (74, 49)], 0.7), INK, opacity=0.16)


def doilies(c: Canvas, s: Spec) -> None:
    """Lacy rounds of paper, overlapping."""
    c.pose = "flat"
    for x, y, r in ((64, 36, 24), (38, 58, 29)):
        edge = c.ellipse(x, y, r)
        for i in range(20):
            px, py = arc(x, y, r, r, i * 18, i * 18 + 1)[0]
            c.dot(px, py, r * 0.17, PAPER)
            c.dot(px, py, r * 0.06, darker(PAPER, 0.2))
        c.fill(edge, PAPER, "side")
        for i in range(24):
            px, py = arc(x, y, r * 0.8, r * 0.8, i * 15, i * 15 + 1)[0]
            c.fill(heart(c, px, py, r * 0.065), darker(PAPER, 0.2))
        dress(c, c.ellipse(x, y, r * 0.66), s, 9, "soft")


def party_candles(c: Canvas, s: Spec) -> None:
    """A row of slim candles in a cake."""
    for index in range(5):
        x = 26 + index * 12
        stem = c.rect(x - 2.3, 32 - (index % 2) * 4, x + 2.3, 66, 1)
        dress(c, stem, s if index % 2 == 0 else replace(s, pattern="stripes"), 3.4, "cylinder")
        flame(c, x, 30 - (index % 2) * 4, 8)
    cake = c.polygon([(14, 62), (86, 62), *arc(50, 80, 36, 6, 0, 180)])
    c.fill(cake, (240, 214, 170), "cylinder")
    icing = c.blob(
        (14, 60),
        (50, 56),
        (86, 60),
        (86, 68),
        (78, 74),
        (70, 68),
        (60, 73),
        (50, 69),
        (40, 74),
        (30, 68),
        (21, 73),
        (14, 68),
    )
    c.fill(icing, lighter(base(s), 0.72), "soft")


def paper_cups(c: Canvas, s: Spec) -> None:
    """Printed card cups; the striped one is full of popcorn."""
    corn = s.pattern == "stripes"
    places = ((50, 84, 1.25),) if corn else ((34, 78, 0.85), (66, 78, 0.85), (50, 86, 0.95))
    for x, y, k in places:
        top, low = 22 * k, 16 * k
        if corn:
            for i in range(16):
                px = x + (i % 6 - 2.5) * 8.4 + (i // 6) * 3
                py = y - 44 * k - (i // 6) * 5.5 - (i % 2) * 2
                c.fill(c.ellipse(px, py, 5.6), (255, 246, 218), "ball")
                c.fill(c.ellipse(px + 1, py + 1, 1.7), (244, 210, 130))
        body = c.polygon(
            [(x - top, y - 44 * k), (x + top, y - 44 * k), *arc(x, y - 2, low, 3 * k, 0, 180)]
        )
        dress(c, body, s, 11 * k, "cylinder")
        if not corn:
            c.fill(c.ellipse(x, y - 44 * k, top, 4 * k), PAPER)
            c.fill(c.ellipse(x, y - 43.4 * k, top * 0.92, 3 * k), darker(PAPER, 0.16), "down")


def balloons(c: Canvas, s: Spec) -> None:
    """Three balloons on their strings."""
    c.pose = "hang"
    skull = s.pattern == "skulls"
    tones = ("black", "grey", "black") if skull else ("red", "pink", "red")
    for (x, y, r), tone in zip(((32, 40, 18), (68, 36, 18), (50, 52, 20)), tones, strict=True):
        c.line([(x, y + r), (50, 94)], 0.6, (150, 140, 132))
        shape = c.ellipse(x, y, r, r * 1.14) if skull else heart(c, x, y, r * 1.12)
        c.fill(c.polygon([(x - 2, y + r * 1.2), (x + 2, y + r * 1.2), (x, y + r)]), named(tone))
        dress(
            c, shape, replace(s, pattern=s.pattern if skull else "plain", colour=tone), 15, "ball"
        )


def ribbons(c: Canvas, s: Spec) -> None:
    """Three cards of ribbon with loose ends."""
    c.pose = "flat"
    styles = (s, replace(s, pattern="plain"), replace(s, pattern="gingham"))
    for index, spec in enumerate(styles):
        y = 20 + index * 21
        tail = c.stroke([(68, y + 9), (78, y + 12), (84, y + 6), (90, y + 11)], 6)
        dress(c, tail, spec, 5, "side")
        c.fill(c.rect(16, y, 72, y + 19, 2), lighter(WOOD, 0.35), "side")
        dress(c, c.rect(24, y - 1, 64, y + 20, 1.6), spec, 6, "cylinder")
        for x in (34, 44, 54):
            c.fill(c.stroke([(x, y), (x, y + 19)], 0.6), darker(base(s), 0.4), opacity=0.3)


def hanging_hearts(c: Canvas, s: Spec) -> None:
    """Three hearts on twine, of wood, zinc or felt."""
    c.pose = "hang"
    metal = s.colour == "zinc"
    places = ((50, 54, 30),) if metal else ((27, 44, 16), (73, 44, 16), (50, 66, 19))
    for x, y, r in places:
        loop(c, x, 10 if metal else y - r - 18, y - r * 0.55, (150, 130, 110))
        c.fill(heart(c, x + 0.8, y + 1, r), darker(base(s), 0.4))
        dress(c, heart(c, x, y, r), s, 9, "soft")
        if s.pattern == "plain" and not metal:
            _stitches(c, x, y, r * 0.82)


def _stitches(c: Canvas, x: float, y: float, r: float) -> None:
    points = heart_points(48)
    for index in range(0, 48, 2):
        a, b = points[index], points[index + 1]
        c.line([(x + a[0] * r, y + a[1] * r), (x + b[0] * r, y + b[1] * r)], 0.5, PAPER)


KINDS = {
    "bunting": bunting,
    "paper_chain": paper_chain,
    "napkins": napkins,
    "doilies": doilies,
    "party_candles": party_candles,
    "paper_cups": paper_cups,
    "balloons": balloons,
    "ribbons": ribbons,
    "hanging_hearts": hanging_hearts,
}
