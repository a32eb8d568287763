"""Who works on a person's stage and memberships: one transaction at a time."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import connection

from clm_plugin.arrays import any_of
from clm_plugin.lifecycle.models import Standing
from clm_plugin.profiles.api import profiles

if TYPE_CHECKING:
    from collections.abc import Iterable


def hold_standings(profile_ids: Iterable[int], *, skip_locked: bool = False) -> set[int]:
    """Keep the standings of these people to the caller's transaction; returns who is held.

    By ascending id, as a batch of events does, so that two cannot deadlock. Whoever has no
    standing yet (a list that was imported, nobody has seen her) is held by the profile. Where a
    database has no row locks (SQLite), its one writer at a time does the same.
    """
    ids = set(profile_ids)
    if not ids or not connection.features.has_select_for_update:
        return ids
    standings = Standing.objects.filter(any_of("profile", ids)).order_by("profile_id")
    locked = standings.select_for_update(skip_locked=skip_locked, no_key=True)
    held = set(locked.values_list("profile_id", flat=True))
    if held == ids:
        return held
    known = set(standings.filter(profile__in=ids - held).values_list("profile_id", flat=True))
    rest = profiles().filter(id__in=ids - held - known).order_by("id")
    locked_too = rest.select_for_update(skip_locked=skip_locked, no_key=True)
    return held | set(locked_too.values_list("id", flat=True))
