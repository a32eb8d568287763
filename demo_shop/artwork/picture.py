"""From a spec to a picture."""

from __future__ import annotations

from collections.abc import Callable

from PIL import Image

from demo_shop.artwork import (
    bags,
    candles,
    cosy,
    home,
    kitchen,
    lights,
    party,
    play,
    table,
    tins,
    wall,
)
from demo_shop.artwork.canvas import Canvas
from demo_shop.artwork.palette import backdrop
from demo_shop.artwork.spec import Spec
from demo_shop.artwork.stage import compose

# Part of the file names: raise it when drawings change, and a reload draws them again.
VERSION = 1

KINDS: dict[str, Callable[[Canvas, Spec], None]] = {
    **bags.KINDS,
    **candles.KINDS,
    **cosy.KINDS,
    **home.KINDS,
    **kitchen.KINDS,
    **lights.KINDS,
    **party.KINDS,
    **play.KINDS,
    **table.KINDS,
    **tins.KINDS,
    **wall.KINDS,
}


def draw(spec: Spec, size: int) -> Image.Image:
    """Draw an item; the same spec and size always give the same pixels."""
    canvas = Canvas(size)
    KINDS[spec.kind](canvas, spec)
    return compose(canvas, backdrop(spec.colour, spec.kind))
