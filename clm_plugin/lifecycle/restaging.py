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
from clm_plugin.lifecycle.sql import Sql, placing, within
from clm_plugin.profiles.api import profiles

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from clm_plugin.lifecycle.gaps import Yardsticks

GAP = "gap"
RANGE = 20_000
"""Profiles in one transaction: well under a second in which nobody of them can be moved."""


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
    stamp = _stamp(now)
    with connection.cursor() as cursor:
        cursor.execute(_CREATE.format(moment=Standing._meta.get_field("since").db_type(connection)))
        sql = _differing(placed, above, to)
        cursor.execute(sql.text, sql.params)
        if cause == GAP:
            # Whom time has moved already is left to the sweep: that may start campaigns.
            cursor.execute(f"DELETE FROM {_NEW} WHERE was_due_at <= %s", [stamp])
        cursor.execute(
            f"INSERT INTO {StageChange._meta.db_table}"
            " (profile_id, from_stage, to_stage, changed_at, cause)"
            f" SELECT pid, COALESCE(was, ''), stage, %s, %s FROM {_NEW}"
            " WHERE was IS NULL OR was <> stage",
            [stamp, cause],
        )
        moved: int = max(cursor.rowcount, 0)
        cursor.execute(
            f"INSERT INTO {Standing._meta.db_table} (profile_id, {', '.join(_COLUMNS)})"
            " SELECT pid, stage, CASE WHEN was = stage THEN since ELSE %s END, due_at, advocate,"
            f" churn_risk FROM {_NEW} WHERE 1 = 1 ON CONFLICT (profile_id) DO UPDATE SET "
            + ", ".join(f"{name} = excluded.{name}" for name in _COLUMNS),
            [stamp],
        )
        cursor.execute(f"DROP TABLE {_NEW}")
    return moved


_COLUMNS = ("stage", "since", "due_at", "advocate", "churn_risk")
_NEW = "clm_new_standing"
_CREATE = (
    f"CREATE TEMPORARY TABLE {_NEW} (pid bigint, stage varchar(32), due_at {{moment}},"
    " advocate boolean, churn_risk boolean, was varchar(32), since {moment}, was_due_at {moment})"
)


def _differing(placed: Sql, above: int, to: int) -> Sql:
    """Collects who stands elsewhere, or otherwise, than she should; the rest is not written."""
    distinct = "IS DISTINCT FROM" if connection.vendor == "postgresql" else "IS NOT"
    return Sql(
        text=f"INSERT INTO {_NEW} {placed.text} SELECT placed.pid, placed.stage, placed.due_at,"
        " placed.advocate, placed.churn_risk, s.stage, s.since, s.due_at"
        f" FROM placed LEFT JOIN {Standing._meta.db_table} s"
        f" ON s.profile_id = placed.pid AND {within('s.profile_id', above, to)}"
        f" WHERE s.stage IS NULL OR s.stage <> placed.stage OR s.due_at {distinct} placed.due_at"
        " OR s.advocate <> placed.advocate OR s.churn_risk <> placed.churn_risk",
        params=placed.params,
    )


def _hold(above: int, to: int) -> None:
    """Nobody else moves these people until this transaction ends; see ``operations.restage``."""
    if not connection.features.has_select_for_update:
        return
    table = Standing._meta.db_table
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT COUNT(*) FROM (SELECT 1 FROM {table} WHERE"
            f" {within('profile_id', above, to)} ORDER BY profile_id FOR NO KEY UPDATE) held"
        )


def _stamp(at: datetime) -> Any:
    return connection.ops.adapt_datetimefield_value(at)
