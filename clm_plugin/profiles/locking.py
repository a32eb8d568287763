"""Who may work on a person: two must not at once where both would write what they read before.

Row locks are taken as NO KEY UPDATE, so that whoever only refers to a profile (a receipt, a move
between stages) never waits. Where a database has no row locks (SQLite), its one writer at a time
does the same.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import connection

from clm_plugin.arrays import any_of
from clm_plugin.profiles.models import Profile

if TYPE_CHECKING:
    from collections.abc import Iterable

_DECISION = 0x636C6D  # the advisory locks' class: "clm"


def lock_profile(profile_id: int) -> bool:
    """One decision at a time about a person, until the caller's transaction ends.

    False when the profile is gone. An advisory lock and not the row's: a batch of events holds the
    rows of all its people, and no page waits for a batch.
    """
    if connection.vendor != "postgresql":
        return Profile.objects.select_for_update(of=("self",)).filter(pk=profile_id).exists()
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_advisory_xact_lock(%s, (id %% 2147483647)::int)"
            f" FROM {Profile._meta.db_table} WHERE id = %s",
            [_DECISION, profile_id],
        )
        return bool(cursor.rowcount)


def hold_profiles(profile_ids: Iterable[int]) -> bool:
    """Keep these profiles to the caller's transaction; waits for whoever holds one of them.

    Rows are locked by ascending id, so that two batches of the same people cannot deadlock. False
    when one of them is gone or merged by now: what was read before about them is out of date.
    """
    ids = set(profile_ids)
    if not ids or not connection.features.has_select_for_update:
        return True
    rows = Profile.objects.select_for_update(no_key=True).filter(any_of("id", ids)).order_by("id")
    merged = list(rows.values_list("merged_into_id", flat=True))
    return len(merged) == len(ids) and not any(merged)
