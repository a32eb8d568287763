"""Light and shadow as small grey pictures that are stretched over a shape.

The light of the whole set comes from the upper left.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from functools import cache

from PIL import Image

SIDE = 64
# name -> how dark and how bright a point is, x and y from 0 to 1
Light = Callable[[float, float], tuple[float, float]]


def _cylinder(x: float, _y: float) -> tuple[float, float]:
    return 0.34 * x**2.2 + 0.16 * (1 - x) ** 5, 0.5 * math.exp(-(((x - 0.24) / 0.1) ** 2))


def _ball(x: float, y: float) -> tuple[float, float]:
    far = math.hypot(x - 0.34, y - 0.28)
    return 0.5 * max(0.0, far - 0.25) ** 1.4, 0.55 * math.exp(-((far / 0.2) ** 2))


def _side(x: float, y: float) -> tuple[float, float]:
    return 0.2 * max(0.0, x * 0.7 + y * 0.5 - 0.35), 0.22 * max(0.0, 0.6 - x - y * 0.4)


def _down(x: float, y: float) -> tuple[float, float]:
    return 0.26 * y**1.5, 0.2 * (1 - y) ** 2


def _soft(x: float, y: float) -> tuple[float, float]:
    edge = max(abs(x - 0.48), abs(y - 0.46)) * 2
    return 0.3 * edge**3 * (0.4 + 0.6 * (x + y) / 2), 0.3 * math.exp(
        -(((x - 0.35) / 0.3) ** 2 + ((y - 0.3) / 0.3) ** 2)
    )


def _bowl(x: float, y: float) -> tuple[float, float]:
    dark, light = _cylinder(x, y)
    return dark + 0.2 * y**2, light * (1 - y)


LIGHTS: dict[str, Light] = {
    "cylinder": _cylinder,
    "ball": _ball,
    "side": _side,
    "down": _down,
    "soft": _soft,
    "bowl": _bowl,
}


@cache
def maps(name: str) -> tuple[Image.Image, Image.Image]:
    """The dark and the bright map of a kind of light."""
    light = LIGHTS[name]
    dark = Image.new("L", (SIDE, SIDE))
    bright = Image.new("L", (SIDE, SIDE))
    points = [light(x / (SIDE - 1), y / (SIDE - 1)) for y in range(SIDE) for x in range(SIDE)]
    dark.putdata([min(255, round(255 * point[0])) for point in points])
    bright.putdata([min(255, round(255 * point[1])) for point in points])
    return dark, bright
