"""Light itself: halos and flames."""

from __future__ import annotations

from PIL import Image, ImageDraw, ImageFilter

from demo_shop.artwork.canvas import Canvas
from demo_shop.artwork.palette import (
    FLAME,
)


def glow(c: Canvas, cx: float, cy: float, r: float, strength: int = 150) -> None:
    """A soft halo of candle light."""
    halo = Image.new("L", (48, 48))
    ImageDraw.Draw(halo).ellipse((14, 14, 34, 34), fill=strength)
    halo = halo.filter(ImageFilter.GaussianBlur(5.5))
    side = int(r * 2 * c.scale)
    layer = Image.new("RGB", (side, side), FLAME)
    layer.putalpha(halo.resize((side, side), Image.Resampling.BICUBIC))
    left, top = int((cx - r) * c.scale), int((cy - r) * c.scale)
    c.image.alpha_composite(layer, (max(0, left), max(0, top)), (max(0, -left), max(0, -top)))


def flame(c: Canvas, cx: float, bottom: float, height: float) -> None:
    """A still flame with its halo."""
    glow(c, cx, bottom - height / 2, height * 2.6)
    for k, tone in ((1.0, (246, 172, 84)), (0.72, FLAME), (0.4, (255, 246, 214))):
        h = height * k
        c.fill(
            c.blob(
                (cx, bottom - h),
                (cx + h * 0.28, bottom - h * 0.32),
                (cx, bottom),
                (cx - h * 0.28, bottom - h * 0.32),
            ),
            tone,
        )
