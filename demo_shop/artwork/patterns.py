"""Prints: a tile per pattern and colour, repeated over whatever it is printed on."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache

from PIL import Image, ImageDraw, ImageFont

from demo_shop.artwork import motifs
from demo_shop.artwork.palette import (
    COLOURS,
    PAPER,
    PARTY,
    Colour,
    darker,
    is_pale,
    lighter,
    mix,
    named,
)
from demo_shop.artwork.pen import Pen


@dataclass(frozen=True)
class Pattern:
    """A print in a base colour; ``repeat`` is the width of its tile in units of the canvas."""

    name: str
    colour: str
    repeat: float

    def sheet(self, left: int, top: int, size: tuple[int, int], scale: float) -> Image.Image:
        """The part of the print that lies under a shape."""
        tile = _tile(self.name, self.colour, max(8, round(self.repeat * scale)))
        step = tile.width
        sheet = Image.new("RGB", size)
        # Anchored at the shape and not at the canvas: a print starts whole at its edge.
        offset = -step // 4
        for y in range(offset, size[1], tile.height):
            for x in range(offset, size[0], step):
                sheet.paste(tile, (x, y))
        return sheet


def _mark(base: Colour) -> Colour:
    """The colour of a single-coloured print."""
    return darker(base, 0.42) if is_pale(base) else PAPER


def _half_drop(names: tuple[str, ...], radius: float, *colours: Colour) -> _Painter:
    """Motifs in the offset rows of most fabric prints."""

    def paint(draw: ImageDraw.ImageDraw, side: int, _base: Colour) -> None:
        for index, (x, y) in enumerate(((0.25, 0.25), (0.75, 0.75))):
            colour = colours[index % len(colours)]
            motifs.stamp(
                draw, names[index % len(names)], (x * side, y * side, radius * side), colour
            )

    return paint


_Painter = Callable[[ImageDraw.ImageDraw, int, Colour], None]


def _spots(radius: float) -> _Painter:
    def paint(draw: ImageDraw.ImageDraw, side: int, base: Colour) -> None:
        for x, y in ((0.25, 0.25), (0.75, 0.75)):
            motifs.stamp(draw, "dot", (x * side, y * side, radius * side), _mark(base))

    return paint


def _single(name: str, radius: float) -> _Painter:
    def paint(draw: ImageDraw.ImageDraw, side: int, base: Colour) -> None:
        colour = COLOURS["red"] if is_pale(base) else PAPER
        for x, y in ((0.25, 0.25), (0.75, 0.75)):
            motifs.stamp(draw, name, (x * side, y * side, radius * side), colour)

    return paint


def _stripes(draw: ImageDraw.ImageDraw, side: int, base: Colour) -> None:
    mark = darker(base, 0.3) if is_pale(base) else PAPER
    for x in (0.0, 0.5):
        draw.rectangle((x * side, 0, (x + 0.22) * side, side), fill=mark)


def _gingham(draw: ImageDraw.ImageDraw, side: int, base: Colour) -> None:
    half = side // 2
    draw.rectangle((0, 0, side, side), fill=PAPER)
    middle = mix(PAPER, base, 0.5)
    draw.rectangle((0, 0, half - 1, side), fill=middle)
    draw.rectangle((0, 0, side, half - 1), fill=middle)
    draw.rectangle((0, 0, half - 1, half - 1), fill=base)


def _paisley(draw: ImageDraw.ImageDraw, side: int, base: Colour) -> None:
    tones = (lighter(base, 0.62), darker(base, 0.3), PAPER)
    for x, y, turn in ((0.27, 0.27, 20), (0.75, 0.75, 200)):
        for size, tone in zip((0.24, 0.165, 0.085), tones, strict=True):
            pen = Pen(draw, x * side, y * side, size * side, turn)
            pen.poly(tone, *motifs.drop_points())
    for x, y in ((0.75, 0.24), (0.25, 0.76)):
        motifs.stamp(draw, "blossom", (x * side, y * side, 0.11 * side), lighter(base, 0.62))


def _roses(draw: ImageDraw.ImageDraw, side: int, base: Colour) -> None:
    bloom = COLOURS["rose"] if is_pale(base) else COLOURS["pink"]
    for x, y, r in ((0.27, 0.27, 0.2), (0.75, 0.75, 0.2), (0.77, 0.24, 0.1), (0.25, 0.77, 0.1)):
        motifs.stamp(draw, "rose", (x * side, y * side, r * side), bloom)


def _regency(draw: ImageDraw.ImageDraw, side: int, base: Colour) -> None:
    draw.rectangle((0, 0, side, side), fill=lighter(base, 0.72))
    for x in (0.0, 0.5):
        draw.rectangle((x * side, 0, (x + 0.03) * side, side), fill=mix(base, PAPER, 0.25))
    for x, y in ((0.265, 0.25), (0.765, 0.75)):
        motifs.stamp(draw, "rose", (x * side, y * side, 0.19 * side), COLOURS["rose"])


def _leaf(draw: ImageDraw.ImageDraw, side: int, base: Colour) -> None:
    draw.rectangle((0, 0, side, side), fill=lighter(base, 0.76))
    for x, y, turn in ((0.27, 0.27, 28), (0.75, 0.75, -28), (0.76, 0.26, -60), (0.26, 0.77, 60)):
        size = 0.22 if x * 2 // 1 == y * 2 // 1 else 0.13
        motifs.stamp(draw, "leaf", (x * side, y * side, size * side, turn), base)


def _lace(draw: ImageDraw.ImageDraw, side: int, base: Colour) -> None:
    mark = mix(base, PAPER, 0.85) if not is_pale(base) else darker(base, 0.14)
    for cx, cy in ((0.25, 0.25), (0.75, 0.75)):
        x, y = cx * side, cy * side
        for radius, width in ((0.235, 0.02), (0.15, 0.018)):
            r = radius * side
            draw.ellipse(
                (x - r, y - r, x + r, y + r), outline=mark, width=max(1, int(width * side))
            )
        motifs.stamp(draw, "blossom", (x, y, 0.1 * side), mark)
        for i in range(12):
            pen = Pen(draw, x, y, side, i * 30)
            pen.oval(mark, 0, 0.195, 0.018)
    for cx, cy in ((0.75, 0.25), (0.25, 0.75)):
        motifs.stamp(draw, "blossom", (cx * side, cy * side, 0.09 * side), mark)


def _baroque(draw: ImageDraw.ImageDraw, side: int, base: Colour) -> None:
    mark = darker(base, 0.3) if is_pale(base) else PAPER
    for x, y in ((0.25, 0.25), (0.75, 0.75)):
        for turn in (0, 90, 180, 270):
            pen = Pen(draw, x * side, y * side, 0.13 * side, turn)
            pen.poly(mark, *((px, py - 1) for px, py in motifs.drop_points()))
        motifs.stamp(draw, "dot", (x * side, y * side, 0.045 * side), mark)


def _alphabet(draw: ImageDraw.ImageDraw, side: int, _base: Colour) -> None:
    font = ImageFont.load_default(size=side * 0.3)
    inks = ("red", "blue", "green", "orange")
    for index, letter in enumerate("ABKR"):
        x, y = (0.25 + index % 2 * 0.5) * side, (0.25 + index // 2 * 0.5) * side
        draw.text(
            (x, y),
            letter,
            font=font,
            fill=named(inks[index]),
            anchor="mm",
            stroke_width=max(1, side // 60),
            stroke_fill=named(inks[index]),
        )


def _pantry(draw: ImageDraw.ImageDraw, side: int, base: Colour) -> None:
    draw.rectangle((0, 0, side, side), fill=lighter(base, 0.55))
    for y in (0.45, 0.95):
        draw.rectangle((0, y * side, side, (y + 0.035) * side), fill=darker(base, 0.18))
    for index, ink in enumerate(("red", "mint", "blue", "orange")):
        x, y = (0.25 + index % 2 * 0.5) * side, (0.25 + index // 2 * 0.5) * side
        motifs.stamp(draw, "jar", (x, y, 0.19 * side), named(ink))


def _circus(draw: ImageDraw.ImageDraw, side: int, base: Colour) -> None:
    for x in (0.0, 0.5):
        draw.rectangle((x * side, 0, (x + 0.25) * side, side), fill=PAPER)
    for x, y in ((0.125, 0.25), (0.625, 0.75)):
        motifs.stamp(draw, "star", (x * side, y * side, 0.1 * side), COLOURS["yellow"])
    for x, y in ((0.375, 0.75), (0.875, 0.25)):
        motifs.stamp(draw, "star", (x * side, y * side, 0.08 * side), lighter(base, 0.6))


def _suki(draw: ImageDraw.ImageDraw, side: int, base: Colour) -> None:
    first, second = (
        (COLOURS["pink"], COLOURS["mint"]) if base != COLOURS["pink"] else (COLOURS["red"], PAPER)
    )
    for x, y, r, tone in (
        (0.27, 0.27, 0.2, first),
        (0.75, 0.75, 0.2, second),
        (0.77, 0.25, 0.09, PAPER),
        (0.25, 0.77, 0.09, first),
    ):
        motifs.stamp(draw, "blossom", (x * side, y * side, r * side), tone)


def _knit(draw: ImageDraw.ImageDraw, side: int, base: Colour) -> None:
    tone = darker(base, 0.2)
    for column in range(4):
        for row in range(4):
            x, y, step = column * side / 4, row * side / 4, side / 4
            for x0, x1 in ((x, x + step / 2), (x + step, x + step / 2)):
                draw.line((x0, y, x1, y + step * 0.7), fill=tone, width=max(1, side // 26))


def _party(draw: ImageDraw.ImageDraw, side: int, _base: Colour) -> None:
    for index, name in enumerate(PARTY[:4]):
        x = index * side / 4
        draw.rectangle((x, 0, x + side / 4, side), fill=named(name))


PAPER_GROUND = {"apples", "pears", "alphabet"}
PALE_GROUND = {
    "woodland": 0.72,
    "strawberry": 0.45,
    "dolly": 0.55,
    "fairycakes": 0.62,
    "london": 0.8,
    "owls": 0.6,
    "cars": 0.55,
}
_RED, _GREEN, _BLUE = COLOURS["red"], COLOURS["green"], COLOURS["blue"]
PAINTERS: dict[str, _Painter] = {
    "retrospot": _spots(0.19),
    "polkadot": _spots(0.15),
    "stripes": _stripes,
    "hearts": _single("heart", 0.17),
    "stars": _single("star", 0.19),
    "paisley": _paisley,
    "rose": _roses,
    "regency": _regency,
    "leaf": _leaf,
    "lace": _lace,
    "gingham": _gingham,
    "apples": _half_drop(("apple",), 0.2, _RED, _GREEN),
    "pears": _half_drop(("pear",), 0.22, (196, 188, 96), _GREEN),
    "strawberry": _half_drop(("strawberry",), 0.2, _RED),
    "skulls": _half_drop(("skull",), 0.19, PAPER),
    "woodland": _half_drop(("mushroom", "tree"), 0.21, _RED, _GREEN),
    "spaceboy": _half_drop(("rocket", "planet"), 0.22, _RED, COLOURS["yellow"]),
    "cars": _half_drop(("car",), 0.21, _RED, COLOURS["navy"]),
    "alphabet": _alphabet,
    "owls": _half_drop(("owl",), 0.21, COLOURS["orange"], COLOURS["chocolate"]),
    "suki": _suki,
    "christmas": _half_drop(("bauble", "star"), 0.19, COLOURS["yellow"], PAPER),
    "dolly": _half_drop(("face", "blossom"), 0.2, COLOURS["red"], PAPER),
    "circus": _circus,
    "london": _half_drop(("bus", "crown"), 0.2, _RED, COLOURS["navy"]),
    "pantry": _pantry,
    "baroque": _baroque,
    "fairycakes": _half_drop(("cupcake",), 0.21, COLOURS["pink"], COLOURS["mint"]),
    "knit": _knit,
    "party": _party,
}
# Prints whose motifs need room before one can tell what they are.
MEDIUM = {"strawberry", "apples", "pears", "fairycakes", "skulls", "rose", "suki", "christmas"}
LARGE = {"alphabet", "pantry", "spaceboy", "woodland", "cars", "london", "dolly", "owls"}


@lru_cache(maxsize=256)
def _tile(name: str, colour: str, side: int) -> Image.Image:
    base = named(colour)
    ground = PAPER if name in PAPER_GROUND else lighter(base, PALE_GROUND.get(name, 0.0))
    tile = Image.new("RGB", (side, side), ground)
    PAINTERS[name](ImageDraw.Draw(tile), side, ground if name in PALE_GROUND else base)
    return tile


def printed(name: str, colour: str, repeat: float = 14) -> Pattern | Colour:
    """The paint for a pattern and a colour; ``plain`` is just the colour."""
    if name in {"plain", "union"}:
        return named(colour)
    return Pattern(name, colour, repeat * (1.4 if name in LARGE else 1.15 if name in MEDIUM else 1))
