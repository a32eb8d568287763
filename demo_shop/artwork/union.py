"""The union flag in faded colours, for anything that carries it whole."""

from __future__ import annotations

from demo_shop.artwork.canvas import Canvas, Mask
from demo_shop.artwork.palette import COLOURS, PAPER


def union_flag(c: Canvas, mask: Mask) -> None:
    """Paint the flag into a shape, stretched to its box."""
    x0, y0, x1, y1 = (value / c.scale for value in mask.box)
    w, h = x1 - x0, y1 - y0
    navy, red = COLOURS["navy"], COLOURS["red"]
    c.fill(mask, navy)
    thick = min(w, h)
    diagonals = (((x0, y0), (x1, y1)), ((x0, y1), (x1, y0)))
    for ends in diagonals:
        c.fill(mask & c.stroke(ends, thick * 0.2), PAPER)
    for ends in diagonals:
        c.fill(mask & c.stroke(ends, thick * 0.07), red)
    middle_x, middle_y = x0 + w / 2, y0 + h / 2
    for share, colour in ((0.17, PAPER), (0.1, red)):
        half = thick * share
        c.fill(mask & c.rect(middle_x - half, y0, middle_x + half, y1), colour)
        c.fill(mask & c.rect(x0, middle_y - half, x1, middle_y + half), colour)
