"""Holding all mails back, after a restored backup: what is waiting may have left already."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from clm_plugin.events.api import cursor_is_set, cursor_of, drop_cursors, move_cursor
from clm_plugin.messages.models import Delivery

if TYPE_CHECKING:
    from collections.abc import Iterable

    from django.db.models import Exists

_HELD = "sending.held"
_State = Delivery.State


def hold_sends(*, now: datetime) -> None:
    """No mail leaves until ``release_sends``."""
    move_cursor(_HELD, now.isoformat(), now=now)


def is_held() -> Exists:
    """Whether mails are held, as a condition: it costs the sender no query of its own."""
    return cursor_is_set(_HELD)


def held_since() -> datetime | None:
    """Since when mails are held; None: they are not."""
    at = cursor_of(_HELD)
    return datetime.fromisoformat(at) if at else None


def waiting_mails() -> int:
    """How many mails wait to be sent."""
    return Delivery.objects.filter(state=_State.QUEUED).count()


def release_sends(*, now: datetime, drop: bool = False) -> int:
    """Let mails go again; returns how many wait.

    ``drop`` ends those that were waiting as unknown: nobody can tell whether they left between the
    backup and the restore, and a mail is never sent twice.
    """
    waiting = Delivery.objects.filter(state=_State.QUEUED)
    count = waiting.count()
    if drop:
        count = waiting.update(state=_State.UNKNOWN, reason="restored", ended_at=now)
    drop_cursors(_HELD)
    return count


def addresses_of(profile_ids: Iterable[int]) -> set[str]:
    """Every address that a mail to these profiles was addressed to."""
    rows = Delivery.objects.filter(profile__in=list(profile_ids)).exclude(address="")
    return set(rows.values_list("address", flat=True).distinct())
