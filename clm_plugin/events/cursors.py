"""How far readers of the shop's records have come."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db.models import Exists

from clm_plugin.events.models import Cursor

if TYPE_CHECKING:
    from datetime import datetime


def cursor_of(name: str) -> str:
    """The stored cursor; "" before the first move."""
    return Cursor.objects.filter(name=name).values_list("value", flat=True).first() or ""


def cursor_is_set(name: str) -> Exists:
    """Whether there is such a cursor, as a condition for a query of one's own."""
    return Exists(Cursor.objects.filter(name=name))


def move_cursor(name: str, value: str, *, now: datetime) -> None:
    """Store a cursor; call it in the transaction that stores what was read."""
    Cursor.objects.update_or_create(name=name, defaults={"value": value, "updated_at": now})


def drop_cursors(prefix: str) -> None:
    """Forget all cursors whose name starts so: the next run begins anew."""
    Cursor.objects.filter(name__startswith=prefix).delete()
