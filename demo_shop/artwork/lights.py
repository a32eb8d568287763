"""Tea-lights, lanterns, candles and strings of light."""

from __future__ import annotations

from demo_shop.artwork.canvas import Canvas, Point, arc
from demo_shop.artwork.dress import base, dress, heart, loop, motif, star
from demo_shop.artwork.flames import flame, glow
from demo_shop.artwork.palette import (
    COLOURS,
    FLAME,
    GLASS,
    INK,
    STEEL,
    Colour,
    darker,
    lighter,
)
from demo_shop.artwork.spec import Spec


def _tealight(c: Canvas, cx: float, bottom: float, w: float) -> None:
    c.fill(c.rect(cx - w, bottom - w * 0.75, cx + w, bottom, 0.8), STEEL, "cylinder")
    c.fill(c.ellipse(cx, bottom - w * 0.75, w, w * 0.2), (250, 244, 230))
    flame(c, cx, bottom - w * 0.75, w * 1.15)


def heart_light(c: Canvas, s: Spec) -> None:
    """An open metal heart with a cup at its foot."""
    c.pose = "hang"
    k = {"small": 24.0}.get(s.detail, 32.0)
    cy = 54
    loop(c, 50, cy - k - 12, cy - k * 0.58, (150, 140, 132))
    outer, inner = heart(c, 50, cy, k), heart(c, 50, cy - k * 0.02, k * 0.8)
    c.fill(heart(c, 51, cy + 1.2, k) - inner, darker(base(s), 0.4))
    c.fill(outer - inner, base(s), "side")
    y = cy + k * 0.62
    c.fill(
        c.polygon(
            [
                (50 - k * 0.27, y - k * 0.3),
                (50 + k * 0.27, y - k * 0.3),
                (50 + k * 0.2, y),
                (50 - k * 0.2, y),
            ]
        ),
        darker(base(s), 0.06),
        "cylinder",
    )
    _tealight(c, 50, y - k * 0.24, k * 0.2)


def glass_light(c: Canvas, s: Spec) -> None:
    """A pressed glass, standing or on a wire."""
    tone = GLASS if s.colour == "clear" else base(s)
    if s.detail == "hanging":
        c.pose = "hang"
        c.line([(28, 42), (50, 10), (72, 42)], 0.9, (150, 140, 132))
        c.dot(50, 10, 1.3, (150, 140, 132))
    cup = c.blob((26, 38), (74, 38), (77, 52), (70, 76), (62, 84), (38, 84), (30, 76), (23, 52))
    c.fill(cup, lighter(tone, 0.25), opacity=0.92)
    glow(c, 50, 60, 30, 210)
    if s.pattern == "plain":
        for row, y in enumerate((50, 60, 70)):
            for i in range(6 - row):
                x = 50 + (i - (5 - row) / 2) * 8.4
                c.fill(
                    c.polygon([(x, y - 4.4), (x + 3.6, y), (x, y + 4.4), (x - 3.6, y)]),
                    lighter(tone, 0.6),
                    opacity=0.55,
                )
    else:
        dress(c, c.polygon([(25, 48), (75, 48), (71, 73), (29, 73)]), s, 10, "")
        c.fill(c.polygon([(25, 48), (75, 48), (71, 73), (29, 73)]), tone, opacity=0.3)
    c.shade(cup, "cylinder", 1.1)
    c.fill(c.ellipse(50, 38, 24.5, 4.6), lighter(tone, 0.6))
    c.fill(c.ellipse(50, 38.6, 22, 3.6), darker(tone, 0.25), "down")
    flame(c, 50, 40, 11)


def jar_light(c: Canvas, s: Spec) -> None:
    """A jam jar on a loop of wire."""
    c.pose = "hang"
    c.line(arc(50, 34, 22, 25, 180, 360), 0.9, (150, 140, 132))
    jar = c.blob((33, 34), (67, 34), (71, 42), (71, 80), (66, 85), (34, 85), (29, 80), (29, 42))
    c.fill(jar, GLASS, opacity=0.85)
    _tealight(c, 50, 83, 9)
    glow(c, 50, 70, 28, 170)
    if s.pattern == "hearts":
        c.fill(heart(c, 50, 57, 9), COLOURS["red"], opacity=0.85)
    c.shade(jar, "cylinder", 1.0)
    for y in (34, 37):
        c.fill(c.rect(32, y - 1.6, 68, y + 1, 1), lighter(GLASS, 0.4), "cylinder")
    c.line([(30, 38.4), (70, 38.4)], 0.9, (150, 140, 132))


def lantern(c: Canvas, s: Spec) -> None:
    """A metal house for a candle; the pierced one is solid with hearts in it."""
    frame = base(s)
    c.line(arc(50, 17, 6, 6, 0, 360), 1.5, darker(frame, 0.25))
    c.fill(c.polygon([(50, 21), (74, 40), (26, 40)]), frame, "side")
    c.fill(c.rect(23, 39, 77, 43, 1), darker(frame, 0.12), "cylinder")
    if s.pattern == "hearts":
        wall = c.rect(27, 43, 73, 80)
        c.fill(wall, frame, "cylinder")
        for x, y, r in ((38, 54, 6), (62, 54, 6), (50, 66, 7.5), (33, 70, 4.5), (67, 70, 4.5)):
            c.fill(heart(c, x, y, r), FLAME)
        glow(c, 50, 62, 26, 120)
    else:
        c.fill(c.rect(28, 43, 72, 80), lighter(GLASS, 0.2), "cylinder", opacity=0.9)
        c.fill(c.rect(42, 58, 58, 80, 1), (250, 243, 226), "cylinder")
        flame(c, 50, 57, 11)
        bars = (28, 50, 72) if s.colour == "cream" else (28, 72)
        for x in bars:
            c.fill(c.rect(x - 1.5, 42, x + 1.5, 80), frame, "cylinder")
        if s.colour == "cream":
            for x0 in (29, 51):
                c.line(arc(x0 + 10, 52, 10, 9, 180, 360), 1.4, frame)
    c.fill(c.rect(22, 79, 78, 85, 1.4), darker(frame, 0.1), "cylinder")


def paper_lantern(c: Canvas, s: Spec) -> None:
    """Three fluted paper shades with a light inside."""
    for x, y, w in ((30, 76, 15), (70, 78, 15), (50, 85, 18)):
        top = y - w * 2.7
        shade = c.polygon([(x - w, top), (x + w, top), (x + w * 0.92, y), (x - w * 0.92, y)])
        c.fill(shade, lighter(base(s), 0.15))
        glow(c, x, (top + y) / 2, w * 1.7, 190)
        for index in range(3):
            cut = (star if s.pattern == "stars" else heart)(
                c, x, top + w * (0.55 + index * 0.8), w * 0.3
            )
            c.fill(cut, (255, 243, 206))
        for i in range(1, 6):
            fold = x - w + i * w / 3
            c.fill(
                c.stroke([(fold, top), (x + (fold - x) * 0.92, y)], 0.5),
                darker(base(s), 0.4),
                opacity=0.3,
            )
        c.shade(shade, "cylinder", 0.7)
        c.fill(c.ellipse(x, top, w, w * 0.16), lighter(base(s), 0.5))


def night_light(c: Canvas, s: Spec) -> None:
    """A glowing rabbit or toadstool."""
    glow(c, 50, 52, 50, 255)
    if s.detail == "rabbit":
        tone = (255, 247, 226)
        for x, lean in ((41, -3), (59, 3)):
            c.fill(
                c.blob(
                    (x - 5, 40), (x - 6 + lean, 24), (x + lean, 14), (x + 6 + lean, 24), (x + 5, 40)
                ),
                tone,
                "soft",
            )
            c.fill(
                c.blob(
                    (x - 2, 36), (x - 2 + lean, 26), (x + lean, 20), (x + 2 + lean, 26), (x + 2, 36)
                ),
                (248, 214, 196),
            )
        c.fill(
            c.blob((50, 50), (72, 62), (76, 80), (64, 86), (36, 86), (24, 80), (28, 62)),
            tone,
            "ball",
        )
        c.fill(c.ellipse(50, 48, 19, 16), tone, "ball")
        for x in (43, 57):
            c.fill(c.ellipse(x, 46, 1.6, 2.1), INK)
        c.fill(c.blob((48, 51), (52, 51), (50, 53.4)), COLOURS["rose"])
        return
    c.fill(
        c.blob((41, 52), (59, 52), (62, 74), (66, 84), (50, 87), (34, 84), (38, 74)),
        (252, 240, 214),
        "cylinder",
    )
    c.fill(c.ellipse(50, 56, 30, 5), (236, 214, 180))
    cap = c.polygon([*arc(50, 56, 35, 36, 180, 360), *arc(50, 56, 35, 5, 0, 180)])
    c.fill(cap, base(s), "ball")
    for x, y, r in ((38, 38, 5), (56, 30, 5.6), (68, 46, 4.4), (48, 49, 3.6), (27, 51, 3)):
        c.fill(c.ellipse(x, y, r, r * 0.85), (255, 246, 224))
    glow(c, 50, 66, 24, 130)


def string_lights(c: Canvas, s: Spec) -> None:
    """Small figures on a swinging cable."""
    c.pose = "hang"
    for sway, low in ((24, 14), (56, 13)):
        cable: list[Point] = [
            (6 + i * 4.4, sway + low * (1 - ((i - 10) / 10) ** 2)) for i in range(21)
        ]
        c.line(cable, 0.9, (120, 130, 116))
        for index in range(5):
            x, y = cable[2 + index * 4]
            glow(c, x, y + 9, 15, 190)
            c.fill(c.rect(x - 1.6, y - 0.5, x + 1.6, y + 4, 0.6), (120, 130, 116))
            _bulb(c, s.detail, x, y + 11, index)


def _bulb(c: Canvas, name: str, x: float, y: float, index: int) -> None:
    if name == "chilli":
        c.fill(
            c.blob(
                (x - 3, y - 7),
                (x + 3, y - 7),
                (x + 4, y),
                (x + 1, y + 7),
                (x - 4, y + 11),
                (x - 1, y + 4),
                (x - 4, y - 1),
            ),
            COLOURS["red"],
            "cylinder",
        )
        c.fill(c.rect(x - 3, y - 8.4, x + 3, y - 6, 1), COLOURS["green"])
        return
    tones: tuple[Colour, ...] = tuple(
        COLOURS[t] for t in ("pink", "blue", "mint", "yellow", "orange")
    )
    motif(c, "face" if name == "doll" else "owl", x, y, 7, tones[index])


KINDS = {
    "heart_light": heart_light,
    "glass_light": glass_light,
    "jar_light": jar_light,
    "lantern": lantern,
    "paper_lantern": paper_lantern,
    "night_light": night_light,
    "string_lights": string_lights,
}
