"""Moving people between stages, for whole batches and when time alone moves them."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

from django.db import connection

from clm_plugin.lifecycle.data import Cutoffs, Move
from clm_plugin.lifecycle.gaps import Gaps, load_gaps
from clm_plugin.lifecycle.history import TIME, Turn, walk
from clm_plugin.lifecycle.models import StageChange, Standing
from clm_plugin.lifecycle.rules import Situation, cutoffs_for, place
from clm_plugin.profiles.api import FactRow, fact_rows
from clm_plugin.upsert import REPLACE, upsert

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from datetime import datetime

    from clm_plugin.lifecycle.data import Placement

_Standing = tuple[str, "datetime", "datetime | None"]


def restage(
    profile_ids: Iterable[int],
    *,
    before: Mapping[int, FactRow],
    turns: Mapping[int, Sequence[Turn]],
    at: Mapping[int, datetime],
    cause: Mapping[int, str],
) -> list[Move]:
    """Place profiles after a batch; returns who moved.

    ``turns`` are the turning points in the batch, ``before`` the facts before it of those who have
    one. With them the way through the stages comes out the same however events are cut into
    batches: a back-fill of a year gives the history that a year of single events would have given.
    ``at`` is the time of each one's last event.
    """
    gaps = load_gaps()
    rows = fact_rows(profile_ids)
    standings = _standings(rows, hold=True)
    moves: list[Move] = []
    placed: dict[int, Placement] = {}
    for pid, row in rows.items():
        nothing = FactRow(profile_id=pid, known=False)
        start = before.get(pid, nothing) if pid in turns else row
        standing = standings.get(pid)
        cutoffs = partial(_cutoffs_after, row, gaps)
        own, stage, since = walk(pid, start, standing, turns.get(pid, ()), cutoffs, at[pid])
        placement = placed[pid] = place(_situation(row), _cutoffs(row, gaps), at[pid])
        if placement.stage != stage:
            moved_at = max(at[pid], since) if since else at[pid]
            own.append(
                Move(
                    profile_id=pid,
                    from_stage=stage,
                    to_stage=placement.stage,
                    moved_at=moved_at,
                    cause=cause.get(pid, TIME),
                )
            )
        moves += own
    _write(moves, standings, placed, at)
    return moves


def _cutoffs_after(row: FactRow, gaps: Gaps, orders: int, gap_days: float | None) -> Cutoffs:
    return _cutoffs(replace(row, orders=orders, gap_days=gap_days), gaps)


def restage_due(*, now: datetime, limit: int = 1000) -> list[Move]:
    """Move up to ``limit`` people whose time has come; in the caller's transaction."""
    due = Standing.objects.filter(due_at__lte=now).order_by("due_at")
    if connection.features.has_select_for_update_skip_locked:
        due = due.select_for_update(skip_locked=True)
    ids = list(due.values_list("profile_id", flat=True)[:limit])
    if not ids:
        return []
    rows = fact_rows(ids)
    Standing.objects.filter(profile__in=set(ids) - rows.keys()).update(due_at=None)
    gaps = load_gaps()
    standings = _standings(rows)
    moves: list[Move] = []
    for pid, row in rows.items():
        moves += _moves_of_time(row, standings[pid], gaps, now)
    placed = {pid: place(_situation(row), _cutoffs(row, gaps), now) for pid, row in rows.items()}
    _write(moves, standings, placed, dict.fromkeys(rows, now))
    return moves


def forget(profile_ids: Iterable[int]) -> None:
    """After a merge: the merged profile stands nowhere any more; its history stays its own."""
    Standing.objects.filter(profile__in=list(profile_ids)).delete()


def _moves_of_time(row: FactRow, standing: _Standing, gaps: Gaps, until: datetime) -> list[Move]:
    stage, _, due_at = standing
    moves = []
    while due_at is not None and due_at <= until:
        placement = place(_situation(row), _cutoffs(row, gaps), due_at)
        if placement.stage != stage:
            moves.append(
                Move(
                    profile_id=row.profile_id,
                    from_stage=stage,
                    to_stage=placement.stage,
                    moved_at=due_at,
                    cause=TIME,
                )
            )
        stage = placement.stage
        if placement.due_at is not None and placement.due_at <= due_at:
            break  # a due time must move on, or the loop would not end
        due_at = placement.due_at
    return moves


def _situation(row: FactRow) -> Situation:
    return Situation(
        known=row.known,
        product_views=row.product_views,
        orders=row.orders,
        last_order_at=row.last_order_at,
        basket_items=row.basket_items,
        basket_at=row.basket_at,
    )


def _cutoffs(row: FactRow, gaps: Gaps) -> Cutoffs:
    return cutoffs_for(
        orders=row.orders,
        own_gap_days=row.gap_days,
        category_gap=gaps.get(row.main_category) if row.main_category else None,
        store_gap=gaps.get(""),
    )


def _standings(profile_ids: Iterable[int], *, hold: bool = False) -> dict[int, _Standing]:
    rows = Standing.objects.filter(profile__in=list(profile_ids))
    if hold and connection.features.has_select_for_update:
        # Against a sweep that moves the same person at this moment: one move, told by one of us.
        rows = rows.select_for_update(no_key=True).order_by("profile_id")
    return {
        pid: (stage, since, due)
        for pid, stage, since, due in rows.values_list("profile_id", "stage", "since", "due_at")
    }


def _write(
    moves: list[Move],
    standings: Mapping[int, _Standing],
    placed: Mapping[int, Placement],
    at: Mapping[int, datetime],
) -> None:
    upsert(
        StageChange,
        ("profile_id", "from_stage", "to_stage", "changed_at", "cause"),
        [(m.profile_id, m.from_stage, m.to_stage, m.moved_at, m.cause) for m in moves],
        key=("id",),
        combine={},
    )
    last = {move.profile_id: move for move in moves}
    rows = []
    for pid in sorted({*placed, *last}):
        stage, since, due = standings.get(pid, ("", None, None))
        if pid in last:
            stage, since = last[pid].to_stage, last[pid].moved_at
        if pid in placed:
            due = placed[pid].due_at
        if (stage, since, due) != standings.get(pid):
            rows.append((pid, stage, since or at[pid], due))
    upsert(
        Standing,
        ("profile_id", "stage", "since", "due_at"),
        rows,
        key=("profile_id",),
        combine=dict.fromkeys(("stage", "since", "due_at"), REPLACE),
    )
