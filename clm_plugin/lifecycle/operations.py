"""Moving people between stages, for whole batches and when time alone moves them."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from django.db import connection

from clm_plugin.arrays import any_of
from clm_plugin.lifecycle.data import Move, Moves
from clm_plugin.lifecycle.history import MODEL, TIME, Turn, Way
from clm_plugin.lifecycle.models import StageChange, Standing
from clm_plugin.lifecycle.ruler import Placed, Ruler
from clm_plugin.profiles.api import FactRow, fact_rows
from clm_plugin.upsert import REPLACE, upsert

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from datetime import datetime

_Standing = tuple[str, "datetime", "datetime | None", bool, bool]
_COLUMNS = ("stage", "since", "due_at", "advocate", "churn_risk")


def restage(
    profile_ids: Iterable[int],
    *,
    before: Mapping[int, FactRow],
    turns: Mapping[int, Sequence[Turn]],
    at: Mapping[int, datetime],
    cause: Mapping[int, str],
) -> Moves:
    """Place profiles after a batch; returns who moved.

    ``turns`` are the turning points in the batch, ``before`` the facts before it of those who have
    one. With them the way through the stages comes out the same however events are cut into
    batches: a back-fill of a year gives the history that a year of single events would have given.
    ``at`` is the time of each one's last event.
    """
    rows = fact_rows(profile_ids)
    standings = _standings(rows, hold=True)
    # After the standings are held: whom a run for a new model has passed is placed by that model.
    ruler = Ruler()
    ruler.ask_promoters(rows.values())
    result = Moves()
    placed: dict[int, Placed] = {}
    for pid, row in rows.items():
        until, standing = at[pid], standings.get(pid)
        now_placed = placed[pid] = ruler.placed(row, until)
        stage, since = standing[:2] if standing else ("", None)
        due = standing[2] if standing else None
        if pid in turns or ruler.is_stale(pid) or (due is not None and due < until):
            start = before.get(pid) or FactRow(profile_id=pid, known=False)
            way = _way(start if pid in turns else row, standing, row, ruler)
            _catch_up(way, ruler, turns.get(pid, ()), until)
            way.walk(turns.get(pid, ()), until)
            result += way.moves
            stage, since = way.stage, way.since
        if now_placed[0] != stage:
            result.append(
                Move(
                    profile_id=pid,
                    from_stage=stage,
                    to_stage=now_placed[0],
                    moved_at=max(until, since) if since else until,
                    cause=cause.get(pid, TIME),
                )
            )
    return _written(result, standings, placed, at)


def restage_due(*, now: datetime, limit: int = 1000) -> Moves:
    """Move up to ``limit`` people whose time has come; in the caller's transaction."""
    due = Standing.objects.filter(due_at__lte=now).order_by("due_at")
    if connection.features.has_select_for_update_skip_locked:
        due = due.select_for_update(skip_locked=True)
    ids = list(due.values_list("profile_id", flat=True)[:limit])
    if not ids:
        return Moves()
    rows = fact_rows(ids)
    Standing.objects.filter(profile__in=set(ids) - rows.keys()).update(due_at=None)
    standings = _standings(rows)
    ruler = Ruler()
    ruler.ask_promoters(rows.values())
    result = Moves()
    placed: dict[int, Placed] = {}
    for pid, row in rows.items():
        way = _way(row, standings[pid], row, ruler)
        _catch_up(way, ruler, (), now)
        way.age(now)
        placed[pid] = ruler.placed(row, now)
        way.go(placed[pid][0], now, TIME)
        result += way.moves
    _written(result, standings, placed, dict.fromkeys(rows, now))
    result.looked = len(ids)
    return result


def forget(profile_ids: Iterable[int]) -> None:
    """After a merge: the merged profile stands nowhere any more; its history stays its own."""
    Standing.objects.filter(profile__in=list(profile_ids)).delete()


def _way(start: FactRow, standing: _Standing | None, row: FactRow, ruler: Ruler) -> Way:
    gap_after = partial(_gap_after, ruler, row.main_category)
    return Way(start, standing[:3] if standing else None, ruler.place, gap_after)


def _gap_after(ruler: Ruler, category: str, orders: int, own_days: float | None) -> int:
    return ruler.yardsticks.gap_after(orders, own_days, category)


def _catch_up(way: Way, ruler: Ruler, turns: Sequence[Turn], until: datetime) -> None:
    """Who still stands by the model before this one is first moved by the model's change.

    Or the move would count as hers, and start campaigns.
    """
    if way.since is None or not ruler.is_stale(way.profile_id):
        return
    first = min((turn.at for turn in turns), default=until)
    at = min(first, ruler.model.since or first)
    way.place(max(at, way.since), MODEL)


def _standings(profile_ids: Iterable[int], *, hold: bool = False) -> dict[int, _Standing]:
    rows = Standing.objects.filter(any_of("profile", profile_ids))
    if hold and connection.features.has_select_for_update:
        # Against a sweep that moves the same person at this moment: one move, told by one of us.
        rows = rows.select_for_update(no_key=True).order_by("profile_id")
    return {
        pid: (stage, since, due, advocate, risk)
        for pid, stage, since, due, advocate, risk in rows.values_list("profile_id", *_COLUMNS)
    }


def _written(
    moves: Moves,
    standings: Mapping[int, _Standing],
    placed: Mapping[int, Placed],
    at: Mapping[int, datetime],
) -> Moves:
    upsert(
        StageChange,
        ("profile_id", "from_stage", "to_stage", "changed_at", "cause"),
        [(m.profile_id, m.from_stage, m.to_stage, m.moved_at, m.cause) for m in moves],
        key=("id",),
        combine={},
    )
    last = {move.profile_id: move for move in moves}
    rows = []
    for pid, (stage, due, advocate, risk) in sorted(placed.items()):
        known = standings.get(pid)
        since = known[1] if known else at[pid]
        if pid in last:
            since = last[pid].moved_at
        new = (stage, since, due, advocate, risk)
        if new != known:
            rows.append((pid, *new))
        if known is None:
            if advocate or risk:
                moves.flagged.add(pid)
        elif (advocate, risk) != known[3:]:
            moves.flagged.add(pid)
    upsert(
        Standing,
        ("profile_id", *_COLUMNS),
        rows,
        key=("profile_id",),
        combine=dict.fromkeys(_COLUMNS, REPLACE),
    )
    moves.looked = len(placed)
    return moves
