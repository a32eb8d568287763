"""Candles and what holds them."""

from __future__ import annotations

from demo_shop.artwork.canvas import Canvas, arc
from demo_shop.artwork.dress import base, cutout, dress, heart, motif
from demo_shop.artwork.flames import flame
from demo_shop.artwork.palette import (
    COLOURS,
    GLASS,
    INK,
    PAPER,
    STEEL,
    darker,
    lighter,
)
from demo_shop.artwork.spec import Spec


def jar_candle(c: Canvas, s: Spec) -> None:
    """A candle in a jar with a cloth lid beside its label."""
    jar = c.rect(26, 36, 74, 85, 6)
    c.fill(jar, GLASS, opacity=0.9)
    c.fill(c.rect(29, 46, 71, 82, 4), (196, 74, 78))
    c.shade(jar, "cylinder", 1.0)
    flame(c, 50, 44, 12)
    c.line([(50, 46), (50, 43)], 0.8, INK)
    c.fill(c.ellipse(50, 36, 24, 4), lighter(GLASS, 0.4), opacity=0.55)
    band = c.rect(26, 54, 74, 76)
    dress(c, band, s, 6, "cylinder")
    c.fill(c.ellipse(50, 65, 13, 8.5), PAPER)
    motif(c, "strawberry", 50, 65, 5.4, COLOURS["red"])


def candle(c: Canvas, s: Spec) -> None:
    """A broad pillar candle."""
    c.fill(c.ellipse(50, 82, 34, 5.6), lighter(STEEL, 0.3), "down")
    body = c.polygon([(28, 34), (72, 34), *arc(50, 79, 22, 4.4, 0, 180)])
    c.fill(body, base(s), "cylinder")
    c.fill(c.ellipse(50, 34, 22, 4.6), lighter(base(s), 0.25))
    c.fill(c.ellipse(50, 34.6, 14, 2.6), darker(base(s), 0.2))
    c.line([(50, 34), (50, 29)], 0.9, INK)
    flame(c, 50, 30, 15)
    c.fill(c.rect(28, 56, 72, 66), PAPER, "cylinder")
    c.text("CHOCOLATE", 50, 61, 4.6, base(s), bold=0.1)


def candlestick(c: Canvas, s: Spec) -> None:
    """A chamber stick: dish, ring and a candle."""
    tone = base(s)
    c.line(arc(78, 76, 8, 7, 0, 360), 2, darker(tone, 0.15))
    c.fill(c.polygon([(14, 76), (78, 76), (70, 85), (22, 85)]), tone, "cylinder")
    c.fill(c.ellipse(46, 76, 32, 5.4), lighter(tone, 0.3), "down")
    c.fill(c.rect(38, 60, 54, 77, 1.4), tone, "cylinder")
    c.fill(c.ellipse(46, 60, 10, 2.2), lighter(tone, 0.25))
    c.fill(c.rect(41, 32, 51, 60, 1), (250, 243, 226), "cylinder")
    c.line([(46, 32), (46, 29)], 0.8, INK)
    flame(c, 46, 30, 12)
    if s.colour == "pink":
        c.line([(54, 62), (60, 66)], 0.6, (150, 140, 132))
        c.fill(heart(c, 60, 71, 5), COLOURS["rose"], "side")
    elif s.colour == "blue":
        for x in (24, 34, 58, 68):
            c.fill(cutout(c, "blossom", x, 80.5, 2.6), PAPER)


KINDS = {
    "jar_candle": jar_candle,
    "candle": candle,
    "candlestick": candlestick,
}
