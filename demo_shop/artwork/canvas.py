"""A canvas of 100 x 100 units, drawn at twice its size and reduced at the end."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

from PIL import Image, ImageChops, ImageDraw, ImageFont

from demo_shop.artwork.palette import Colour
from demo_shop.artwork.patterns import Pattern
from demo_shop.artwork.shading import maps

OVERSAMPLE = 2
Point = tuple[float, float]
Paint = Colour | Pattern
SHADE: Colour = (58, 40, 52)
GLOW: Colour = (255, 253, 246)


@dataclass(frozen=True)
class Mask:
    """A shape: where it is in pixels and how much of each pixel it covers."""

    left: int
    top: int
    image: Image.Image

    @property
    def box(self) -> tuple[int, int, int, int]:
        """Left, top, right and bottom in pixels."""
        return (
            self.left,
            self.top,
            self.left + self.image.width,
            self.top + self.image.height,
        )

    def _other(self, other: Mask) -> Image.Image:
        same = Image.new("L", self.image.size)
        same.paste(other.image, (other.left - self.left, other.top - self.top))
        return same

    def __and__(self, other: Mask) -> Mask:
        return Mask(self.left, self.top, ImageChops.darker(self.image, self._other(other)))

    def __sub__(self, other: Mask) -> Mask:
        return Mask(self.left, self.top, ImageChops.subtract(self.image, self._other(other)))


def smooth(points: Sequence[Point], steps: int = 10) -> list[Point]:
    """A closed curve through the points."""
    result: list[Point] = []
    count = len(points)
    for index in range(count):
        p0, p1, p2, p3 = (points[(index + offset) % count] for offset in (-1, 0, 1, 2))
        for step in range(steps):
            t = step / steps
            result.append(
                (_spline(p0[0], p1[0], p2[0], p3[0], t), _spline(p0[1], p1[1], p2[1], p3[1], t))
            )
    return result


def _spline(a: float, b: float, c: float, d: float, t: float) -> float:
    return 0.5 * (
        2 * b + (c - a) * t + (2 * a - 5 * b + 4 * c - d) * t**2 + (3 * b - a - 3 * c + d) * t**3
    )


def arc(cx: float, cy: float, rx: float, ry: float, start: float, end: float) -> list[Point]:
    """Points on an ellipse; degrees, clockwise from three o'clock."""
    steps = max(8, int(abs(end - start) / 4))
    return [
        (cx + rx * math.cos(angle), cy + ry * math.sin(angle))
        for angle in (math.radians(start + (end - start) * i / steps) for i in range(steps + 1))
    ]


@cache
def _font(pixels: int) -> ImageFont.FreeTypeFont | ImageFont.ImageFont:
    # Pillow's own font: the pictures must not depend on what is installed on a machine.
    return ImageFont.load_default(size=pixels)


class Canvas:
    """Collects the object on a transparent layer. ``pose`` decides how its shadow falls."""

    def __init__(self, size: int) -> None:
        self.scale = size * OVERSAMPLE / 100
        self.side = size * OVERSAMPLE
        self.image = Image.new("RGBA", (self.side, self.side), (0, 0, 0, 0))
        self.pose = "stand"

    # shapes -----------------------------------------------------------------------------------

    def polygon(self, points: Sequence[Point]) -> Mask:
        """A straight-edged shape."""
        scaled = [(x * self.scale, y * self.scale) for x, y in points]
        left = max(0, math.floor(min(x for x, _ in scaled)))
        top = max(0, math.floor(min(y for _, y in scaled)))
        right = min(self.side, math.ceil(max(x for x, _ in scaled)) + 1)
        bottom = min(self.side, math.ceil(max(y for _, y in scaled)) + 1)
        image = Image.new("L", (max(1, right - left), max(1, bottom - top)))
        ImageDraw.Draw(image).polygon([(x - left, y - top) for x, y in scaled], fill=255)
        return Mask(left, top, image)

    def blob(self, *points: Point) -> Mask:
        """A closed curve through the points."""
        return self.polygon(smooth(points))

    def ellipse(self, cx: float, cy: float, rx: float, ry: float | None = None) -> Mask:
        """An ellipse by its centre and radii."""
        return self.polygon(arc(cx, cy, rx, rx if ry is None else ry, 0, 360))

    def rect(self, x0: float, y0: float, x1: float, y1: float, radius: float = 0) -> Mask:
        """A rectangle with round corners."""
        left, top = round(x0 * self.scale), round(y0 * self.scale)
        size = (max(1, round(x1 * self.scale) - left), max(1, round(y1 * self.scale) - top))
        image = Image.new("L", size)
        ImageDraw.Draw(image).rounded_rectangle(
            (0, 0, size[0] - 1, size[1] - 1), radius * self.scale, fill=255
        )
        return Mask(left, top, image)

    def stroke(self, points: Sequence[Point], width: float) -> Mask:
        """A line with round ends."""
        pad = width
        xs, ys = [x for x, _ in points], [y for _, y in points]
        left, top = (
            math.floor((min(xs) - pad) * self.scale),
            math.floor((min(ys) - pad) * self.scale),
        )
        size = (
            math.ceil((max(xs) + pad) * self.scale) - left,
            math.ceil((max(ys) + pad) * self.scale) - top,
        )
        image = Image.new("L", size)
        pen = ImageDraw.Draw(image)
        scaled = [(x * self.scale - left, y * self.scale - top) for x, y in points]
        pixels, half = max(1, round(width * self.scale)), width * self.scale / 2
        pen.line(scaled, fill=255, width=pixels, joint="curve")
        for x, y in (scaled[0], scaled[-1]):
            pen.ellipse((x - half, y - half, x + half, y + half), fill=255)
        return Mask(left, top, image)

    # paint ------------------------------------------------------------------------------------

    def fill(self, mask: Mask, paint: Paint, light: str = "", opacity: float = 1.0) -> Mask:
        """Put paint into a shape, then light and shade; returns the shape."""
        self._paint(mask, paint, opacity)
        if light:
            self.shade(mask, light)
        return mask

    def _paint(self, mask: Mask, paint: Paint, opacity: float) -> None:
        alpha = mask.image if opacity >= 1 else mask.image.point(lambda v: round(v * opacity))
        if isinstance(paint, Pattern):
            layer = paint.sheet(mask.left, mask.top, mask.image.size, self.scale)
        else:
            layer = Image.new("RGB", mask.image.size, paint)
        layer.putalpha(alpha)
        self._over(mask, layer)

    def _over(self, mask: Mask, layer: Image.Image) -> None:
        left, top = max(0, mask.left), max(0, mask.top)
        crop = (left - mask.left, top - mask.top, *layer.size)
        self.image.alpha_composite(layer, (left, top), crop[:2])

    def shade(self, mask: Mask, light: str, strength: float = 1.0) -> None:
        """Light and shade over a shape, whatever is painted in it."""
        for colour, grey in zip((SHADE, GLOW), maps(light), strict=True):
            stretched = grey.resize(mask.image.size, Image.Resampling.BILINEAR)
            if strength != 1:
                stretched = stretched.point(lambda v: min(255, round(v * strength)))
            layer = Image.new("RGB", mask.image.size, colour)
            layer.putalpha(ImageChops.multiply(stretched, mask.image))
            self._over(mask, layer)

    def line(self, points: Sequence[Point], width: float, colour: Colour) -> None:
        """A painted line."""
        self.fill(self.stroke(points, width), colour)

    def dot(self, cx: float, cy: float, radius: float, colour: Colour) -> None:
        """A painted circle."""
        self.fill(self.ellipse(cx, cy, radius), colour)

    def text(
        self, words: str, cx: float, cy: float, height: float, colour: Colour, *, bold: float = 0
    ) -> None:
        """Words centred on a point."""
        pen = ImageDraw.Draw(self.image)
        pen.text(
            (cx * self.scale, cy * self.scale),
            words,
            font=_font(round(height * self.scale)),
            fill=(*colour, 255),
            anchor="mm",
            stroke_width=round(bold * self.scale),
            stroke_fill=(*colour, 255),
        )

    def words(
        self, text: str, cx: float, cy: float, width: float, colour: Colour, *, most: float = 9
    ) -> None:
        """Words on as many lines as there are, as large as the width allows."""
        rows = wrap(text, 11)
        longest = max(_font(100).getlength(row) for row in rows) / 100
        height = min(most, width / longest)
        for index, row in enumerate(rows):
            y = cy + (index - (len(rows) - 1) / 2) * height * 1.15
            self.text(row, cx, y, height, colour, bold=height * 0.035)


def wrap(text: str, width: int) -> list[str]:
    """Break words into short lines."""
    rows = [""]
    for word in text.split():
        if rows[-1] and len(rows[-1]) + 1 + len(word) > width:
            rows.append("")
        rows[-1] = f"{rows[-1]} {word}".strip()
    return rows
