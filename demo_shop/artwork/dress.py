"""Dresses a shape in the pattern of a spec, and draws motifs and rings used all over the set."""

from __future__ import annotations

from PIL import Image, ImageDraw

from demo_shop.artwork import motifs
from demo_shop.artwork.canvas import Canvas, Mask
from demo_shop.artwork.palette import Colour, named
from demo_shop.artwork.patterns import printed
from demo_shop.artwork.pen import Pen
from demo_shop.artwork.spec import Spec
from demo_shop.artwork.union import union_flag


def dress(c: Canvas, mask: Mask, s: Spec, repeat: float = 14, light: str = "side") -> Mask:
    """Fill a shape with the spec's print and light it."""
    if s.pattern == "union":
        union_flag(c, mask)
    else:
        c.fill(mask, printed(s.pattern, s.colour, repeat))
    if light:
        c.shade(mask, light)
    return mask


def base(s: Spec) -> Colour:
    """The plain colour of a spec."""
    return named(s.colour)


def motif(
    c: Canvas, name: str, cx: float, cy: float, r: float, colour: Colour, turn: float = 0
) -> None:
    """A motif on the canvas itself."""
    pen = ImageDraw.Draw(c.image)
    opaque = (colour[0], colour[1], colour[2])
    motifs.stamp(pen, name, (cx * c.scale, cy * c.scale, r * c.scale, turn), opaque)


def cutout(c: Canvas, name: str, cx: float, cy: float, r: float, turn: float = 0) -> Mask:
    """A motif as a shape, to be filled with anything."""
    side = int(r * 2.4 * c.scale)
    image = Image.new("RGB", (side, side))
    motifs.MOTIFS[name](
        Pen(ImageDraw.Draw(image), side / 2, side / 2, r * c.scale, turn), (255, 255, 255)
    )
    grey = image.convert("L").point(lambda v: 255 if v else 0)
    return Mask(round(cx * c.scale - side / 2), round(cy * c.scale - side / 2), grey)


def heart(c: Canvas, cx: float, cy: float, r: float) -> Mask:
    """A heart as a shape."""
    return c.polygon([(cx + x * r, cy + y * r) for x, y in motifs.heart_points()])


def star(c: Canvas, cx: float, cy: float, r: float, inner: float = 0.45) -> Mask:
    """A star as a shape."""
    return c.polygon([(cx + x * r, cy + y * r) for x, y in motifs.star_points(inner)])


def loop(c: Canvas, cx: float, top: float, bottom: float, colour: Colour) -> None:
    """A string from a nail to the thing that hangs on it."""
    c.line([(cx - 2.5, bottom), (cx, top), (cx + 2.5, bottom)], 0.7, colour)
    c.dot(cx, top, 1.1, (150, 140, 132))
