"""Arithmetic of the board. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from itertools import groupby

from clm_plugin.insights.data import Flow, StageFigure, Total

NOT_ELIGIBLE = frozenset(
    {
        "stage", "orders", "segments", "product_views", "basket_not_empty", "bought_recently", "no_address",
        "no_consent", "newcomer",
    }
)  # fmt: skip
"""Rules of a "no" that say "not meant for this person": she was not eligible at all."""
HELD_OUT = frozenset({"holdout", "control_group"})
"""Rules that keep an eligible person back in order to measure by her."""


def stage_figures(
    counts: Mapping[str, int], flows: Iterable[Flow], stages: Sequence[str]
) -> tuple[StageFigure, ...]:
    """Head-count, share and trend of each stage, in the order of ``stages``.

    The head-count at the start of the window is today's less who came plus who left, never below 0
    (a profile that was erased or merged since took its moves along).
    """
    moves = list(flows)
    total = sum(counts.get(stage, 0) for stage in stages)
    figures = []
    for stage in stages:
        now = counts.get(stage, 0)
        entered = sum(flow.moves for flow in moves if flow.target == stage)
        left = sum(flow.moves for flow in moves if flow.source == stage)
        figures.append(
            StageFigure(
                stage=stage,
                now=now,
                before=max(now - entered + left, 0),
                share=now / total if total else 0.0,
                entered=entered,
                left=left,
            )
        )
    return tuple(figures)


def add_up(amounts: Iterable[Total]) -> tuple[Total, ...]:
    """One sum a currency, in order of currency."""
    ordered = sorted(amounts, key=lambda total: total.currency)
    return tuple(
        Total(sum(total.minor for total in same), currency)
        for currency, same in groupby(ordered, key=lambda total: total.currency)
    )
