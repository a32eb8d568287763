"""Placing everybody anew, in SQL: after the model changed, and when the store's gaps did.

A run goes through ranges of profile ids, each in a transaction of its own that also notes how far
it came; so it may stop at any point, be resumed by anybody, and be started twice. Its moves start
no campaign: what changed is our rule, not the person.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db import connection, transaction
from django.db.models import F, Max

from clm_plugin.lifecycle.current import read_model
from clm_plugin.lifecycle.gaps import load_yardsticks
from clm_plugin.lifecycle.models import CurrentModel, Restaging, StageChange, Standing
from clm_plugin.lifecycle.sql import Sql, placing
from clm_plugin.profiles.api import profiles

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from clm_plugin.lifecycle.gaps import Yardsticks

GAP = "gap"
RANGE = 20_000
"""Profiles in one transaction: a quarter of a second in which nobody of them can be moved."""


def request_restaging(*, cause: str, version: int, now: datetime) -> Restaging:
    """Ask for everybody to be placed by the model in use.

    A run under way is superseded, except by one for the gaps: it measures by the new ones anyway.
    """
    with transaction.atomic():
        under_way = Restaging.objects.select_for_update().filter(finished_at=None).first()
        if under_way is not None:
            if cause == GAP:
                return under_way
            under_way.finished_at, under_way.superseded = now, True
            under_way.save(update_fields=["finished_at", "superseded"])
        last: int | None = profiles().aggregate(last=Max("id"))["last"]
        return Restaging.objects.create(
            cause=cause, version=version, requested_at=now, last_id=last or 0
        )


def request_for_gaps(before: Yardsticks, *, now: datetime) -> None:
    """After a night's measuring: ask for everybody's placing if yardsticks differ from before."""
    if load_yardsticks() != before:
        request_restaging(cause=GAP, version=read_model()[0].version, now=now)


def restage_everybody(
    *, now: datetime, progress: Callable[[int, int], None] | None = None
) -> int | None:
    """Carry the run that is open to its end; returns how many people moved, None without a run.

    Each range is a transaction of its own. Another worker at the same run: this one leaves it to
    her.
    """
    total: int | None = None
    while (step := _next_range(now=now)) is not None:
        total = (total or 0) + step.moved
        if progress is not None:
            progress(step.reached, step.last_id)
    return total


class _Step:
    def __init__(self, run: Restaging, moved: int) -> None:
        self.reached, self.last_id, self.moved = run.reached, run.last_id, moved


def _next_range(*, now: datetime) -> _Step | None:
    with transaction.atomic():
        runs = Restaging.objects.filter(finished_at=None).order_by("-id")
        if connection.features.has_select_for_update_skip_locked:
            runs = runs.select_for_update(skip_locked=True)
        run = runs.first()
        if run is None:
            return None
        above, run.reached = run.reached, min(run.reached + RANGE, run.last_id)
        moved = _place_range(above, run.reached, cause=run.cause, now=now)
        run.moved = F("moved") + moved
        done = run.reached >= run.last_id
        if done:
            run.finished_at = now
        run.save(update_fields=["reached", "moved", "finished_at"])
        CurrentModel.objects.filter(version=run.version, restaged_to__isnull=False).update(
            restaged_to=None if done else run.reached
        )
        return _Step(run, moved)


def _place_range(above: int, to: int, *, cause: str, now: datetime) -> int:
    """Place the profiles with ``above < id <= to``; returns how many moved."""
    _hold(above, to)
    model, _ = read_model()
    placed = placing(model, load_yardsticks(), now=now, above=above, to=to)
    # Whom time has moved already is left to the sweep, which says so: that may start campaigns.
    waits = "" if cause != GAP else " AND (s.due_at IS NULL OR s.due_at > %s)"
    stamp = [_stamp(now)]
    with connection.cursor() as cursor:
        sql = _told(placed, waits)
        cursor.execute(sql.text, [*sql.params, *stamp, cause, *(stamp if waits else [])])
        moved: int = max(cursor.rowcount, 0)
        sql = _stood(placed, waits)
        cursor.execute(sql.text, [*sql.params, *stamp, *(stamp if waits else [])])
    return moved


def _hold(above: int, to: int) -> None:
    """Nobody else moves these people until this transaction ends; see ``operations.restage``."""
    if not connection.features.has_select_for_update:
        return
    table = Standing._meta.db_table
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT COUNT(*) FROM (SELECT 1 FROM {table} WHERE profile_id > %s AND"
            " profile_id <= %s ORDER BY profile_id FOR NO KEY UPDATE) held",
            [above, to],
        )


def _told(placed: Sql, waits: str) -> Sql:
    """The moves, as history."""
    change, standing = StageChange._meta.db_table, Standing._meta.db_table
    return Sql(
        text=f"INSERT INTO {change} (profile_id, from_stage, to_stage, changed_at, cause)"
        f" {placed.text} SELECT placed.pid, COALESCE(s.stage, ''), placed.stage, %s, %s"
        f" FROM placed LEFT JOIN {standing} s ON s.profile_id = placed.pid"
        f" WHERE (s.stage IS NULL OR s.stage <> placed.stage){waits}",
        params=placed.params,
    )


def _stood(placed: Sql, waits: str) -> Sql:
    """Where they stand; who stands there already is not written."""
    table = Standing._meta.db_table
    distinct = "IS DISTINCT FROM" if connection.vendor == "postgresql" else "IS NOT"
    sets = ", ".join(
        f"{name} = excluded.{name}"
        for name in ("stage", "since", "due_at", "advocate", "churn_risk")
    )
    return Sql(
        text=f"INSERT INTO {table} (profile_id, stage, since, due_at, advocate, churn_risk)"
        f" {placed.text} SELECT placed.pid, placed.stage,"
        " CASE WHEN s.stage = placed.stage THEN s.since ELSE %s END,"
        " placed.due_at, placed.advocate, placed.churn_risk"
        f" FROM placed LEFT JOIN {table} s ON s.profile_id = placed.pid"
        f" WHERE (s.stage IS NULL OR s.stage <> placed.stage OR s.due_at {distinct} placed.due_at"
        " OR s.advocate <> placed.advocate OR s.churn_risk <> placed.churn_risk)"
        f"{waits} ON CONFLICT (profile_id) DO UPDATE SET {sets}",
        params=placed.params,
    )


def _stamp(at: datetime) -> Any:
    return connection.ops.adapt_datetimefield_value(at)
