"""Puts the finished object on its ground, with the shadow its pose asks for."""

from __future__ import annotations

from functools import lru_cache

from PIL import Image, ImageDraw, ImageFilter

from demo_shop.artwork.canvas import OVERSAMPLE, Canvas
from demo_shop.artwork.palette import Colour, darker, lighter, mix

# Shadows are blurred on a small copy: they have no detail to lose.
SMALL = 200
HORIZON = 0.71
SOLID = 200
SHADOW: Colour = (74, 54, 60)


def compose(canvas: Canvas, ground: Colour) -> Image.Image:
    """The finished picture, without transparency."""
    size = canvas.side // OVERSAMPLE
    picture = _ground(size, ground, canvas.pose == "stand").copy()
    # Halos of light are thin paint and throw no shadow.
    alpha = canvas.image.getchannel("A").point(lambda v: 255 if v >= SOLID else 0)
    small = alpha.resize((SMALL, SMALL), Image.Resampling.BOX)
    for shadow, strength in _shadows(small, canvas.pose):
        veil = shadow.resize((size, size), Image.Resampling.BICUBIC)
        picture.paste(SHADOW, (0, 0), veil.point(lambda v, s=strength: round(v * s)))
    thing = canvas.image.reduce(OVERSAMPLE)
    picture.paste(thing, (0, 0), thing)
    return picture


@lru_cache(maxsize=32)
def _ground(size: int, colour: Colour, floor: bool) -> Image.Image:
    """A wall that is brightest behind the object and, for standing things, a table."""
    small = Image.new("RGB", (64, 64))
    wall, table = lighter(colour, 0.22), darker(colour, 0.07)
    pixels = []
    for y in range(64):
        for x in range(64):
            far = ((x - 28) ** 2 + (y - 26) ** 2) ** 0.5 / 52
            tone = mix(lighter(wall, 0.35), darker(colour, 0.035), min(1.0, far))
            if floor:
                depth = (y / 63 - HORIZON) / 0.035
                share = min(1.0, max(0.0, depth + 0.5))
                near = mix(table, lighter(colour, 0.2), max(0.0, (y / 63 - HORIZON) / 0.4))
                tone = mix(tone, near, share)
            pixels.append(tone)
    small.putdata(pixels)
    return small.resize((size, size), Image.Resampling.BICUBIC)


def _shadows(alpha: Image.Image, pose: str) -> list[tuple[Image.Image, float]]:
    if pose == "flat":
        return [(_moved(alpha, 2, 3, 3), 0.3), (_moved(alpha, 5, 8, 9), 0.22)]
    if pose == "hang":
        return [(_moved(alpha, 7, 9, 6), 0.26)]
    return [(_contact(alpha), 0.55), (_cast(alpha), 0.26)]


def _moved(alpha: Image.Image, dx: int, dy: int, blur: int) -> Image.Image:
    moved = Image.new("L", alpha.size)
    moved.paste(alpha, (dx, dy))
    return moved.filter(ImageFilter.GaussianBlur(blur))


def _contact(alpha: Image.Image) -> Image.Image:
    """The dark line where things touch the table."""
    left, _, right, bottom = alpha.getbbox() or (0, 0, SMALL, SMALL)
    foot = alpha.crop((left, max(0, bottom - 7), right, bottom)).getbbox() or (
        0,
        0,
        right - left,
        1,
    )
    shadow = Image.new("L", alpha.size)
    ImageDraw.Draw(shadow).ellipse(
        (left + foot[0] - 1, bottom - 5, left + foot[2] + 2, bottom + 3), fill=255
    )
    return shadow.filter(ImageFilter.GaussianBlur(2.2))


def _cast(alpha: Image.Image) -> Image.Image:
    """The shape laid down on the table, away from the light."""
    left, top, right, bottom = alpha.getbbox() or (0, 0, SMALL, SMALL)
    height = max(4, (bottom - top) // 4)
    flat = alpha.crop((left, top, right, bottom)).resize((right - left, height))
    lean = 1.1
    wide = Image.new("L", (right - left + int(height * lean), height))
    wide.paste(flat, (0, 0))
    slanted = wide.transform(wide.size, Image.Transform.AFFINE, (1, lean, -height * lean, 0, 1, 0))
    shadow = Image.new("L", alpha.size)
    shadow.paste(slanted, (left, bottom - height + 1))
    return shadow.filter(ImageFilter.GaussianBlur(5))
