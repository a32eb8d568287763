"""The way through the stages when two profiles become one, and when that is undone.

A person has one way: each move begins where the one before ended. So a merge never mixes two; the
way of the buyer goes with the person, the other one stays behind with the merged profile.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from clm_plugin.lifecycle.models import StageChange, Standing
from clm_plugin.profiles.api import FactRow, fact_rows

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from clm_plugin.moving import Moved

WAY = "way"
"""What a merge notes: the moves that came to the survivor."""


def move(old: int, new: int) -> Moved:
    """Before the facts are merged: the survivor stands where the buyer of the two stood.

    Of a device and an account it is the account's way that she went all along. The next placement
    goes by the facts of both.
    """
    facts = fact_rows([old, new])
    standings = Standing.objects.in_bulk([old, new])
    comes = old in standings and (new not in standings or _weight(facts, old) > _weight(facts, new))
    way = _way(old) if comes else []
    if comes:
        left, standing = _way(new), standings[old]
        Standing.objects.filter(profile=new).delete()
        standing.profile_id = new
        standing.save(force_insert=True)
        _give(left, old)
        _give(way, new)
    Standing.objects.filter(profile=old).delete()
    return {WAY: way} if way else {}


def take_back(way: Sequence[int], *, merged: int, freed: int) -> None:
    """After an undo: the way that ``merged`` brought is that of ``freed``, as far as it led since.

    Ways change hands whole, so each stays one.
    """
    holder = StageChange.objects.filter(pk__in=way[:1]).values_list("profile_id", flat=True).first()
    if holder is None or holder == freed:
        return
    brought, left = _way(holder), _way(merged)
    own = _way(freed) if freed != merged else []
    _give(left, holder)
    _give(own, merged)
    _give(brought, freed)


def settle(profile_ids: Iterable[int]) -> None:
    """Let these stand where their last move left them; the caller places them anew."""
    ids = list(profile_ids)
    last = {
        change.profile_id: change
        for change in StageChange.objects.filter(profile__in=ids).order_by("id")
    }
    Standing.objects.filter(profile__in=ids).delete()
    Standing.objects.bulk_create(
        [
            Standing(profile_id=pid, stage=change.to_stage, since=change.changed_at)
            for pid, change in sorted(last.items())
        ]
    )


def _way(profile_id: int) -> list[int]:
    return list(StageChange.objects.filter(profile=profile_id).values_list("pk", flat=True))


def _give(way: Sequence[int], to: int) -> None:
    StageChange.objects.filter(pk__in=way).update(profile=to)


def _weight(facts: dict[int, FactRow], pid: int) -> tuple[int, bool]:
    row = facts.get(pid)
    return (row.orders, row.known) if row is not None else (0, False)
