"""The board as a picture that stands alone: one SVG, laid out here, drawn by its template."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from clm_plugin.console.drawing import COLUMN

if TYPE_CHECKING:
    from clm_plugin.console.board_parts import Board, Card, Leak

SCALE = 1.25
"""Pixels a unit of the drawing."""
EDGE = 32.0
HEAD = 92.0
CARD = 150.0
LEAKS = 4
_ROW = 26.0
_CHARS = 16
"""Letters that fit on a card's line."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Placed:
    """A card with its left edge, and its words cut to its width."""

    card: Card
    x: float
    label: str
    name: str
    value: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """A line of the list under the drawing."""

    leak: Leak
    y: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Picture:
    width: float
    height: float
    scale: float
    above_y: float
    cards_y: float
    below_y: float
    column: float
    card_height: float
    cards: tuple[Placed, ...]
    rows: tuple[Row, ...]
    rows_y: float
    edge: float
    foot_y: float


def lay_out(board: Board) -> Picture:
    """Where everything goes, in pixels."""
    column = COLUMN * SCALE
    above, below = board.drawing.above.height * SCALE, board.drawing.below.height * SCALE
    cards_y = HEAD + above + 4
    below_y = cards_y + CARD + 4
    leaks = [leak for leak in board.leaks if leak.off.lost_minor][:LEAKS]
    rows_y = below_y + below + 40
    foot_y = rows_y + len(leaks) * _ROW + (16 if leaks else -16)
    return Picture(
        width=max(column * len(board.cards), 640.0) + 2 * EDGE,
        height=foot_y + 32,
        scale=SCALE,
        above_y=HEAD,
        cards_y=cards_y,
        below_y=below_y,
        column=column,
        card_height=CARD,
        cards=tuple(
            Placed(
                card=card,
                x=EDGE + at * column,
                label=_cut(card.label),
                name=_cut(card.headline.name if card.headline else ""),
                value=_cut(card.headline.value if card.headline else ""),
            )
            for at, card in enumerate(board.cards)
        ),
        rows=tuple(Row(leak=leak, y=rows_y + at * _ROW) for at, leak in enumerate(leaks)),
        rows_y=rows_y,
        edge=EDGE,
        foot_y=foot_y,
    )


def _cut(text: str, chars: int = _CHARS) -> str:
    return text if len(text) <= chars else text[: chars - 1].rstrip() + "…"
