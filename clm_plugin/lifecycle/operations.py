"""Moving people between stages, for whole batches and when time alone moves them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import connection

from clm_plugin.lifecycle.data import Cutoffs, Move
from clm_plugin.lifecycle.gaps import Gaps, load_gaps
from clm_plugin.lifecycle.models import StageChange, Standing
from clm_plugin.lifecycle.rules import Situation, cutoffs_for, place
from clm_plugin.profiles.api import fact_rows
from clm_plugin.upsert import REPLACE, upsert

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from datetime import datetime

    from clm_plugin.lifecycle.data import Placement
    from clm_plugin.profiles.api import FactRow

TIME = "time"
_Standing = tuple[str, "datetime", "datetime | None"]


def age(before: Mapping[int, FactRow], until: Mapping[int, datetime]) -> list[Move]:
    """Make the moves that time alone owed people before the events of a batch.

    ``before`` are the facts as they were; ``until`` gives, per profile, the time of its first event
    in the batch. Each move is dated when it fell due, however late it is made.
    """
    gaps = load_gaps()
    standings = _standings([pid for pid in until if pid in before])
    moves: list[Move] = []
    for pid, standing in standings.items():
        moves += _moves_of_time(before[pid], standing, gaps, until[pid])
    _write(moves, standings, {}, {})
    return moves


def restage(
    profile_ids: Iterable[int],
    *,
    at: Mapping[int, datetime],
    cause: Mapping[int, str],
) -> list[Move]:
    """Place profiles by their facts now; returns who moved. ``at``: the time of each one's event."""
    gaps = load_gaps()
    rows = fact_rows(profile_ids)
    standings = _standings(rows)
    moves: list[Move] = []
    placed: dict[int, Placement] = {}
    for pid, row in rows.items():
        placement = placed[pid] = place(_situation(row), _cutoffs(row, gaps), at[pid])
        stage, since, _ = standings.get(pid, ("", at[pid], None))
        if placement.stage != stage:
            moves.append(
                Move(
                    profile_id=pid,
                    from_stage=stage,
                    to_stage=placement.stage,
                    moved_at=max(at[pid], since),
                    cause=cause.get(pid, TIME),
                )
            )
    _write(moves, standings, placed, at)
    return moves


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


def forget(profile_ids: Iterable[int], survivors: Mapping[int, int]) -> None:
    """After a merge: the merged profile stands nowhere, its history goes to the survivor."""
    for pid in profile_ids:
        StageChange.objects.filter(profile=pid).update(profile=survivors[pid])
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


def _standings(profile_ids: Iterable[int]) -> dict[int, _Standing]:
    rows = Standing.objects.filter(profile__in=list(profile_ids))
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
    StageChange.objects.bulk_create(
        [
            StageChange(
                profile_id=move.profile_id,
                from_stage=move.from_stage,
                to_stage=move.to_stage,
                changed_at=move.moved_at,
                cause=move.cause,
            )
            for move in moves
        ],
        batch_size=1000,
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
