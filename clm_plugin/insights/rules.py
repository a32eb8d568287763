"""Arithmetic of the board. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from itertools import groupby

from clm_plugin.insights.board_data import DropOff, Earnings, Mark, Sums
from clm_plugin.insights.data import Flow, StageFigure, Total
from clm_plugin.insights.metrics import drops, goes_on, moved, were_there
from clm_plugin.lifecycle.api import Stage

NOT_ELIGIBLE = frozenset(
    {
        "stage", "orders", "segments", "product_views", "basket_not_empty", "bought_recently",
        "no_address", "no_consent", "newcomer",
    }
)  # fmt: skip
"""Rules of a "no" that say "not meant for this person": she was not eligible at all."""
HELD_OUT = frozenset({"holdout", "control_group"})
"""Rules that keep an eligible person back in order to measure by her."""


def stage_figures(sums: Sums, stages: Sequence[str]) -> tuple[StageFigure, ...]:
    """Head-count, share and trend of each stage, in the order of ``stages``."""
    total = sum(sums.after.get(stage, 0) for stage in stages)
    figures = []
    for stage in stages:
        now = sums.after.get(stage, 0)
        figures.append(
            StageFigure(
                stage=stage,
                now=now,
                before=sums.before.get(stage, 0),
                share=now / total if total else 0.0,
                entered=sum(flow.moves for flow in sums.flows if flow.target == stage),
                left=sum(flow.moves for flow in sums.flows if flow.source == stage),
            )
        )
    return tuple(figures)


People = dict[str, int]
"""Heads by stage."""


def net(flows: Iterable[Flow]) -> People:
    """What moves add to each stage, and take from it."""
    sums: People = {}
    for flow in flows:
        sums[flow.target] = sums.get(flow.target, 0) + flow.moves
        if flow.source:
            sums[flow.source] = sums.get(flow.source, 0) - flow.moves
    return {stage: count for stage, count in sums.items() if count}


def set_right(
    counted: Mapping[date, People],
    news: Mapping[date, People],
    moves: Mapping[date, People],
    days: Sequence[date],
) -> dict[date, People]:
    """Heads at the end of past days, where moves were told late or nobody counted.

    ``days`` in order, the last one is today and is taken as counted. ``counted``: what the days'
    rows say; ``news``: what each day's moves add to what was known when they were counted;
    ``moves``: the whole net of each day. A counted day gets the news of all days up to it; a day
    without rows is reckoned back from the day behind it, never below 0 (a person who was erased or
    merged since took her moves along). Returns the days that changed.
    """
    late: People = {}
    told: dict[date, People] = {}
    changed: dict[date, People] = {}
    for day in days[:-1]:
        late = _add(late, news.get(day, {}), 1)
        if day in counted:
            told[day] = _add(counted[day], late, 1)
            if late:
                changed[day] = told[day]
    state = dict(counted.get(days[-1], {}))
    for day, behind in zip(days[-2::-1], days[:0:-1], strict=True):
        if day in told:
            state = told[day]
        else:
            state = changed[day] = _add(state, moves.get(behind, {}), -1)
    return {day: {key: max(n, 0) for key, n in people.items()} for day, people in changed.items()}


def _add(one: People, other: People, times: int) -> People:
    found = {key: one.get(key, 0) + times * other.get(key, 0) for key in {*one, *other}}
    return {key: count for key, count in found.items() if count}


def drop_offs(
    sums: Sums, stages: Sequence[Stage], earned: Mapping[str, Earnings], marks: Mapping[str, Mark]
) -> tuple[DropOff, ...]:
    """Every stage that people can drop out of, the dearest loss first.

    The last loss has nothing behind it, so nobody can drop out of it.
    """
    last = stages[-1] if stages and stages[-1].loss else None
    found = [
        DropOff(
            stage=stage.key,
            there=were_there(sums, stage),
            went_on=moved(sums, stages, stage, goes_on),
            dropped=moved(sums, stages, stage, drops),
            waiting=sums.after.get(stage.key, 0),
            each_minor=earned[stage.key].each if stage.key in earned else None,
            mark=marks.get(stage.key),
            is_last=not any(goes_on(stage, other) for other in stages if other is not stage),
        )
        for stage in stages
        if stage is not last
    ]
    return tuple(
        sorted(found, key=lambda each: (-(each.lost_minor or 0), -each.dropped, -each.there))
    )


def add_up(amounts: Iterable[Total]) -> tuple[Total, ...]:
    """One sum a currency, in order of currency."""
    ordered = sorted(amounts, key=lambda total: total.currency)
    return tuple(
        Total(sum(total.minor for total in same), currency)
        for currency, same in groupby(ordered, key=lambda total: total.currency)
    )
