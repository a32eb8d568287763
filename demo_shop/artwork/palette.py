"""The colours of the set: a little faded, so that two hundred pictures sit well on one page."""

from __future__ import annotations

from zlib import crc32

Colour = tuple[int, int, int]

COLOURS: dict[str, Colour] = {
    "red": (200, 74, 66),
    "pink": (232, 164, 172),
    "rose": (214, 136, 150),
    "blue": (110, 150, 186),
    "navy": (52, 72, 104),
    "green": (116, 153, 120),
    "mint": (168, 207, 190),
    "cream": (246, 236, 217),
    "ivory": (243, 233, 211),
    "white": (250, 248, 243),
    "black": (58, 58, 64),
    "chocolate": (112, 74, 58),
    "orange": (229, 143, 80),
    "yellow": (239, 199, 104),
    "grey": (164, 168, 174),
    "silver": (201, 206, 212),
    "zinc": (158, 170, 177),
    "natural": (206, 170, 126),
    "copper": (205, 134, 94),
    "slate": (80, 89, 96),
    "clear": (206, 226, 228),
    "amber": (224, 166, 88),
    "multi": (200, 74, 66),
}
PAPER: Colour = (252, 249, 243)
INK: Colour = (64, 60, 62)
GOLD: Colour = (212, 174, 104)
STEEL: Colour = (190, 197, 204)
WOOD: Colour = (201, 160, 114)
GLASS: Colour = (214, 230, 232)
FLAME: Colour = (255, 214, 120)
LEAF: Colour = (120, 156, 112)
PARTY = ("red", "mint", "yellow", "blue", "pink", "orange")

# Backdrops by the warmth of the object: a warm thing on a cool ground and the other way round.
_COOL: tuple[Colour, ...] = ((221, 230, 229), (224, 229, 235), (226, 232, 222))
_WARM: tuple[Colour, ...] = ((243, 228, 219), (244, 234, 214), (238, 227, 224))
_NEUTRAL: tuple[Colour, ...] = ((213, 223, 222), (226, 211, 203), (206, 217, 226))
_WARM_NAMES = {"red", "pink", "rose", "orange", "yellow", "chocolate", "copper", "amber", "multi"}
_PALE_NAMES = {"cream", "ivory", "white", "natural", "clear"}


def mix(one: Colour, other: Colour, share: float) -> Colour:
    """``share`` of the other colour in the first."""
    return (
        round(one[0] + (other[0] - one[0]) * share),
        round(one[1] + (other[1] - one[1]) * share),
        round(one[2] + (other[2] - one[2]) * share),
    )


def lighter(colour: Colour, share: float = 0.35) -> Colour:
    """Towards white paper."""
    return mix(colour, (255, 253, 248), share)


def darker(colour: Colour, share: float = 0.25) -> Colour:
    """Towards a warm dark, never plain black."""
    return mix(colour, (52, 38, 46), share)


def is_pale(colour: Colour) -> bool:
    """Whether dark marks read better on it than light ones."""
    return colour[0] * 0.3 + colour[1] * 0.59 + colour[2] * 0.11 > 196


def named(name: str) -> Colour:
    """A colour by its name in the range."""
    return COLOURS[name]


def backdrop(colour: str, key: str) -> Colour:
    """The ground for a picture; things of one kind and colour always get the same one."""
    pale = _PALE_NAMES
    choices = _COOL if colour in _WARM_NAMES else _NEUTRAL if colour in pale else _WARM
    return choices[crc32(key.encode()) % len(choices)]
