"""The parts of the board, put together from what was read; no query."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from clm_plugin.console.board_metrics import Told, tell
from clm_plugin.console.board_people import NEW, OFF, ONWARD, People
from clm_plugin.console.drawing import Drawing, draw, line_points
from clm_plugin.console.wording import whole
from clm_plugin.insights.api import (
    CampaignNumbers,
    DropOff,
    Earnings,
    Flow,
    Mark,
    StageFigure,
    Sums,
    Total,
    add_up,
    drop_offs,
    stage_figures,
    stage_metrics,
)
from clm_plugin.lifecycle.api import Stage, label_in, stage_label

if TYPE_CHECKING:
    from collections.abc import Iterable

    from clm_plugin.console.board_touch import Touchpoints
    from clm_plugin.lifecycle.api import Model


@dataclass(frozen=True, slots=True, kw_only=True)
class Card:
    stage: Stage
    label: str
    goal: str
    figure: StageFigure
    newcomers: int
    metrics: tuple[Told, ...]
    line: str
    """Points of the trend line; empty where there is no history."""
    url: str
    new_url: str
    came_url: str
    left_url: str

    @property
    def is_loss(self) -> bool:
        return self.stage.loss

    @property
    def headline(self) -> Told | None:
        return self.metrics[0] if self.metrics else None


@dataclass(frozen=True, slots=True, kw_only=True)
class Move:
    """A flow with its words and its people, for the tables and the arrows."""

    source: str
    target: str
    moves: int
    url: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Leak:
    """A drop-off as the board shows it; widths in per cent of all three kinds."""

    off: DropOff
    label: str
    is_loss: bool
    on_url: str
    off_url: str
    here_url: str
    on_width: float
    off_width: float
    mark: Mark | None
    mark_source: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Board:
    model: Model
    cards: tuple[Card, ...]
    drawing: Drawing
    moves: tuple[Move, ...]
    leaks: tuple[Leak, ...]
    touch: Touchpoints
    profiles: int
    newcomers: int
    our_moves: int
    contacts: int
    clicks: int
    orders: int
    credited: int
    revenue: tuple[Total, ...]
    margin: tuple[Total, ...]
    flags: Mapping[str, int]


@dataclass(frozen=True, slots=True, kw_only=True)
class Read:
    """All that was read for a board."""

    model: Model
    now: Sums
    before: Sums
    heads: Mapping[str, Sequence[int]]
    earned: Mapping[str, Earnings]
    marks: Mapping[str, Mark]
    flags: Mapping[str, int]
    numbers: Mapping[str, CampaignNumbers]
    touch: Touchpoints
    currency: str


def build_board(read: Read, people: People) -> Board:
    """All that the board shows; no further query."""
    stages = read.model.stages
    keys = [stage.key for stage in stages]
    figures = stage_figures(read.now, keys)
    rows = list(read.numbers.values())
    return Board(
        model=read.model,
        cards=tuple(
            _card(read, stage, figure, people)
            for stage, figure in zip(stages, figures, strict=True)
        ),
        drawing=draw(
            read.now.flows,
            keys,
            [stage.key for stage in stages if stage.loss],
            lambda flow: _link(flow, people),
        ),
        moves=tuple(_move(read.now, people)),
        leaks=tuple(
            _leak(off, read.model, people)
            for off in drop_offs(read.now, stages, read.earned, read.marks)
            if off.went_on or off.dropped or off.waiting
        ),
        touch=read.touch,
        profiles=sum(figure.now for figure in figures),
        newcomers=read.now.newcomers,
        our_moves=read.now.our_moves,
        contacts=sum(row.delivered for row in rows),
        clicks=sum(row.clicked for row in rows),
        orders=read.now.numbers.get("orders", 0),
        credited=sum(row.orders for row in rows),
        revenue=add_up(total for row in rows for total in row.revenue),
        margin=add_up(total for row in rows for total in row.margin),
        flags=read.flags,
    )


def _card(read: Read, stage: Stage, figure: StageFigure, people: People) -> Card:
    model = read.model
    urls = people.of_metrics(stage, model.stages)
    metrics = stage_metrics(stage, model.stages, read.now, read.before)
    return Card(
        stage=stage,
        label=label_in(model, stage.label),
        goal=label_in(model, stage.goal),
        figure=figure,
        newcomers=sum(f.moves for f in read.now.flows if not f.source and f.target == stage.key),
        metrics=tuple(tell(metric, read.currency, urls) for metric in metrics),
        line=line_points(read.heads.get(stage.key, ())),
        url=people.here(stage.key),
        new_url=people.moved(NEW, stage.key),
        came_url=people.moved(target=stage.key),
        left_url=people.moved(source=stage.key),
    )


def _link(flow: Flow, people: People) -> tuple[str, str]:
    words = {
        "source": stage_label(flow.source),
        "target": stage_label(flow.target),
        "n": whole(flow.moves),
    }
    return (
        people.moved(flow.source, flow.target),
        ngettext(
            "%(source)s to %(target)s: %(n)s move",
            "%(source)s to %(target)s: %(n)s moves",
            flow.moves,
        )
        % words,
    )


def _move(now: Sums, people: People) -> Iterable[Move]:
    for flow in now.flows:
        yield Move(
            source=stage_label(flow.source) if flow.source else "",
            target=stage_label(flow.target),
            moves=flow.moves,
            url=people.moved(flow.source or NEW, flow.target),
        )


def _leak(off: DropOff, model: Model, people: People) -> Leak:
    all_of_them = (off.went_on + off.dropped + off.waiting) or 1
    stage = model.stage(off.stage)
    return Leak(
        off=off,
        label=stage_label(off.stage),
        is_loss=stage is not None and stage.loss,
        on_url=people.moved(off.stage, ONWARD),
        off_url=people.moved(off.stage, OFF),
        here_url=people.here(off.stage),
        on_width=off.went_on / all_of_them * 100,
        off_width=off.dropped / all_of_them * 100,
        mark=off.mark,
        mark_source=""
        if off.mark is None
        else off.mark.source
        if off.mark.own
        else _(off.mark.source),
    )
