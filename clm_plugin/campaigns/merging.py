"""Journeys and receipts when two profiles become one, and when that is undone."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db.models import Exists, OuterRef
from django.utils.dateparse import parse_datetime

from clm_plugin.campaigns.models import Enrolment, Receipt
from clm_plugin.moving import Moved, move_rows, return_rows

_DROPPED = "enrolment.dropped"
_TIMES = frozenset({"entered_at", "due_at", "ended_at"})


def move(old: int, new: int) -> Moved:
    """After a merge: all goes to the survivor; of a journey that both are on, the survivor's stays.

    The other one is kept as data, for an undo.
    """
    mine = Enrolment.objects.filter(
        profile=new, campaign=OuterRef("campaign"), object_id=OuterRef("object_id")
    )
    twice = Enrolment.objects.filter(Exists(mine), profile=old)
    dropped = [
        {key: _plain(value) for key, value in row.items() if key != "profile_id"}
        for row in twice.values()
    ]
    Enrolment.objects.filter(pk__in=[row["id"] for row in dropped]).delete()
    moved = move_rows(old, new, Enrolment, Receipt)
    return {**moved, _DROPPED: dropped} if dropped else moved


def give_back(moved: Moved, *, owner: int, to: int) -> None:
    """After an undo: what was hers is hers again, the journeys that had to give way included."""
    return_rows(moved, Enrolment, Receipt, owner=owner, to=to)
    Enrolment.objects.bulk_create(
        [
            Enrolment(
                profile_id=to,
                **{
                    key: parse_datetime(value) if key in _TIMES and value else value
                    for key, value in row.items()
                },
            )
            for row in moved.get(_DROPPED, [])
        ],
        ignore_conflicts=True,
    )


def _plain(value: Any) -> Any:
    return value.isoformat() if isinstance(value, datetime) else value
