"""A hold as whoever works on it needs it: with its row locked."""

from __future__ import annotations

from typing import NamedTuple

from django.db import connection

from clm_plugin.wallet.errors import HoldClosed
from clm_plugin.wallet.models import Hold


class LockedHold(NamedTuple):
    """A hold whose row the caller locked."""

    id: int
    key: str
    state: str
    amount_minor: int
    currency: str
    profile_id: int | None
    reason: str


_LOCKED = f"SELECT {', '.join(LockedHold._fields)} FROM {Hold._meta.db_table} WHERE key = %s"


def find_locked(key: str) -> LockedHold | None:
    """The hold of a key, locked, if there is one."""
    lock = " FOR NO KEY UPDATE" if connection.vendor == "postgresql" else ""
    with connection.cursor() as cursor:
        cursor.execute(_LOCKED + lock, [key])
        row = cursor.fetchone()
    return None if row is None else LockedHold(*row)


def locked_hold(key: str) -> LockedHold:
    """The hold of a key, locked. Raises HoldClosed when there is none."""
    row = find_locked(key)
    if row is None:
        raise HoldClosed(f"there is no hold {key!r}; hold again")
    return row
