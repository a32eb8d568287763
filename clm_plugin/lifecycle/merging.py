"""The way through the stages when two profiles become one, and when that is undone."""

from __future__ import annotations

from typing import TYPE_CHECKING

from clm_plugin.lifecycle.models import StageChange, Standing
from clm_plugin.lifecycle.ruler import Ruler
from clm_plugin.moving import Moved, move_rows, return_rows
from clm_plugin.profiles.api import FactRow, fact_rows

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime


def move(old: int, new: int) -> Moved:
    """Before the facts are merged: both ways go to the survivor, who stands where the buyer stood.

    Of a device and an account it is the account's stage that she was in all along; the next
    placement corrects it by the facts of both.
    """
    facts = fact_rows([old, new])
    standings = Standing.objects.in_bulk([old, new])
    if old in standings and (new not in standings or _weight(facts, old) > _weight(facts, new)):
        kept = standings[old]
        Standing.objects.filter(profile=new).delete()
        kept.profile_id = new
        kept.save(force_insert=True)
    Standing.objects.filter(profile=old).delete()
    return move_rows(old, new, StageChange)


def give_back(moved: Moved, *, owner: int, to: int) -> None:
    """After an undo: the moves that were hers are hers again."""
    return_rows(moved, StageChange, owner=owner, to=to)


def settle(profile_ids: Iterable[int], *, now: datetime) -> None:
    """Let these stand where the way that is theirs again has led them; the caller places them anew.

    Where a move to the stage that their facts give is on record, they stand there since then, so
    that an undo is no move of its own; else where their last move left them.
    """
    rows = fact_rows(profile_ids)
    ruler = Ruler()
    ruler.ask_promoters(rows.values())
    stages = {pid: ruler.placed(row, now)[0] for pid, row in rows.items()}
    last: dict[int, StageChange] = {}
    for change in StageChange.objects.filter(profile__in=rows).order_by("changed_at", "id"):
        known, stage = last.get(change.profile_id), stages[change.profile_id]
        if known is None or change.to_stage == stage or known.to_stage != stage:
            last[change.profile_id] = change
    Standing.objects.filter(profile__in=list(profile_ids)).delete()
    Standing.objects.bulk_create(
        [
            Standing(profile_id=pid, stage=change.to_stage, since=change.changed_at)
            for pid, change in sorted(last.items())
        ]
    )


def _weight(facts: dict[int, FactRow], pid: int) -> tuple[int, bool]:
    row = facts.get(pid)
    return (row.orders, row.known) if row is not None else (0, False)
