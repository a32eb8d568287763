"""One decision at a time about a person, where two must not both say yes."""

from __future__ import annotations

from clm_plugin.profiles.models import Profile


def lock_profile(profile_id: int) -> bool:
    """Hold the row of a profile until the caller's transaction ends; False when it is gone.

    Where a database has no row locks (SQLite), its one writer at a time does the same.
    """
    rows = Profile.objects.select_for_update(of=("self",)).filter(pk=profile_id)
    return rows.values_list("pk", flat=True).first() is not None
