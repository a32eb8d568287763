"""Bags, umbrellas and parasols."""

from __future__ import annotations

from demo_shop.artwork.canvas import Canvas, arc
from demo_shop.artwork.dress import base, dress
from demo_shop.artwork.palette import INK, PAPER, STEEL, WOOD, Colour, darker, is_pale, lighter
from demo_shop.artwork.spec import Spec


def _trim(s: Spec) -> Colour:
    colour = base(s)
    return darker(colour, 0.45) if is_pale(colour) else darker(colour, 0.28)


def _handles(c: Canvas, s: Spec, top: float, mouth: float, spread: float) -> None:
    back, front = darker(_trim(s), 0.2), _trim(s)
    c.line(arc(52, mouth, spread * 0.85, mouth - top - 2, 185, 355), 2.4, back)
    c.line(arc(49, mouth + 4, spread, mouth - top + 4, 180, 360), 2.8, front)


def jumbo_bag(c: Canvas, s: Spec) -> None:
    """A wide woven shopper with a side fold."""
    _handles(c, s, 14, 36, 15)
    side = c.polygon([(79, 35), (86, 41), (84, 80), (77, 85)])
    dress(c, side, s, 15, "")
    c.fill(side, darker(base(s), 0.5), opacity=0.42)
    front = c.polygon([(17, 35), (80, 35), (77, 85), (20, 85)])
    dress(c, front, s, 15, "side")
    c.fill(c.polygon([(17, 35), (80, 35), (79.8, 39), (17.2, 39)]), _trim(s), "side")
    for x in (34, 64):
        c.fill(c.rect(x - 2, 36, x + 2, 47, 0.8), _trim(s), "down")


def shopper(c: Canvas, s: Spec) -> None:
    """A soft everyday shopper, taller than wide."""
    _handles(c, s, 10, 38, 13)
    front = c.blob((27, 36), (50, 38), (73, 36), (77, 60), (76, 83), (50, 86), (24, 83), (23, 60))
    dress(c, front, s, 14, "soft")
    c.fill(
        c.polygon([(27, 34.5), (50, 37), (73, 34.5), (73.6, 39), (50, 41.5), (26.4, 39)]),
        _trim(s),
        "side",
    )
    for x0, x1 in ((38, 36), (60, 63)):
        c.fill(c.stroke([(x0, 44), (x1, 72)], 0.5), darker(base(s), 0.4), opacity=0.25)


def lunch_bag(c: Canvas, s: Spec) -> None:
    """A boxy insulated bag with a rolled top and a short handle."""
    c.line(arc(50, 26, 11, 13, 180, 360), 2.8, _trim(s))
    side = c.polygon([(74, 36), (82, 42), (82, 80), (74, 86)])
    dress(c, side, s, 13, "")
    c.fill(side, darker(base(s), 0.5), opacity=0.4)
    front = c.rect(24, 34, 75, 86, 2.5)
    dress(c, front, s, 13, "side")
    top = c.polygon([(26, 24), (73, 24), (76, 38), (23, 38)])
    dress(c, top, s, 13, "down")
    c.fill(c.polygon([(22.8, 37), (76.2, 37), (76.4, 40), (22.6, 40)]), _trim(s), "side")
    c.fill(c.rect(46, 37, 54, 44, 1.2), PAPER, "side")
    c.dot(50, 41.5, 1, _trim(s))


def drawstring_bag(c: Canvas, s: Spec) -> None:
    """A soft pouch gathered by a cord."""
    cord = lighter(_trim(s), 0.1)
    frill = c.blob((33, 22), (42, 26), (50, 22), (58, 26), (67, 22), (61, 36), (39, 36))
    dress(c, frill, s, 12, "down")
    body = c.blob(
        (40, 35), (60, 35), (74, 52), (78, 72), (68, 85), (50, 87), (32, 85), (22, 72), (26, 52)
    )
    dress(c, body, s, 13, "soft")
    for x in (40, 46, 52, 58):
        c.fill(
            c.stroke([(x, 36), (x + (x - 50) * 0.5, 46)], 0.7), darker(base(s), 0.5), opacity=0.3
        )
    c.line([(38, 35.5), (50, 37), (62, 35.5)], 2.2, cord)
    c.line([(61, 36), (72, 44), (70, 58)], 1.4, cord)
    c.line([(61, 36), (66, 48), (63, 60)], 1.4, cord)
    for x, y in ((70, 59), (63, 61)):
        c.dot(x, y, 1.8, cord)


def picnic_bag(c: Canvas, s: Spec) -> None:
    """A low padded bag with a zipped lid."""
    c.line(arc(50, 44, 19, 22, 180, 360), 3, _trim(s))
    lid = c.blob((16, 46), (30, 40), (50, 38.5), (70, 40), (84, 46), (84, 54), (50, 56), (16, 54))
    dress(c, lid, s, 14, "down")
    body = c.rect(15, 51, 85, 85, 5)
    dress(c, body, s, 14, "soft")
    c.fill(c.rect(15, 50.5, 85, 54, 1.6), _trim(s), "side")
    c.line([(20, 52.2), (80, 52.2)], 0.7, STEEL)
    c.fill(c.rect(75, 51, 79, 58, 1), STEEL, "side")
    pocket = c.rect(30, 62, 70, 85, 2.5)
    dress(c, pocket, s, 14, "side")
    c.fill(c.rect(30, 61, 70, 63.6, 1), _trim(s), "side")


def _canopy(c: Canvas, s: Spec, ribs: int, edge: Colour) -> None:
    left, right, top, low = 12.0, 88.0, 17.0, 54.0
    step = (right - left) / ribs
    dome = arc(50, low, 38, low - top, 180, 360)
    scallops = []
    for i in range(ribs):
        x = right - i * step
        scallops += arc(x - step / 2, low + 1, step / 2, 5, 0, -180)
    shape = c.polygon([*dome, *scallops])
    dress(c, shape, s, 13, "ball")
    for i in range(1, ribs):
        x = left + i * step
        bend = [
            (50 + (x - 50) * k, low - (low - top) * (1 - k**2) ** 0.5)
            for k in (0.0, 0.3, 0.5, 0.7, 0.85, 0.95, 1.0)
        ]
        c.fill(c.stroke(bend, 0.6), edge, opacity=0.45)
    c.line([(50, 11), (50, 17)], 1.6, edge)


def umbrella(c: Canvas, s: Spec) -> None:
    """An open umbrella with a curved handle."""
    c.pose = "hang"
    c.line([(50, 52), (50, 80)], 1.5, STEEL)
    c.line([*arc(56, 80, 6, 7, 180, 0), (62, 78)], 3, WOOD)
    _canopy(c, s, 5, darker(base(s), 0.5))


def parasol(c: Canvas, s: Spec) -> None:
    """A ribbed parasol with a lace edge on a bamboo stem."""
    c.pose = "hang"
    c.line([(50, 52), (50, 90)], 2, WOOD)
    for y in (62, 72, 82):
        c.line([(48.8, y), (51.2, y)], 0.8, darker(WOOD, 0.3))
    _canopy(c, s, 8, INK if is_pale(base(s)) else lighter(base(s), 0.3))
    for i in range(8):
        c.line(arc(16.75 + i * 9.5, 55, 4.2, 4.6, 0, 180), 1, lighter(base(s), 0.55))
    c.dot(50, 91, 2, darker(WOOD, 0.2))


KINDS = {
    "jumbo_bag": jumbo_bag,
    "shopper": shopper,
    "lunch_bag": lunch_bag,
    "drawstring_bag": drawstring_bag,
    "picnic_bag": picnic_bag,
    "umbrella": umbrella,
    "parasol": parasol,
}
