"""When a message happened, whatever the sender's clock says. Pure."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from clm_plugin.events.api import BadEvent, clamp

if TYPE_CHECKING:
    from collections.abc import Mapping

PUBLIC_MEMORY = timedelta(days=7)
"""How far back a public key may date: apps keep events while a phone is offline."""
LATE = timedelta(days=2)
"""What is told later than this is history: it changes facts and starts nothing (case 54)."""


def happened_at(
    message: Mapping[str, object], sent_at: object, *, received_at: datetime
) -> datetime:
    """The time of a message by our clock, before it is clamped. Raises BadEvent.

    A sender's clock is off by ``received - sent``, and so is the time it tells: what counts is how
    long before sending it happened. Where both ``timestamp`` and ``originalTimestamp`` are given,
    somebody has corrected the first already.
    """
    told, original = message.get("timestamp"), message.get("originalTimestamp")
    if told is not None and original is not None:
        return _moment(told, "timestamp")
    if told is None and original is None:
        return received_at
    field = "timestamp" if told is not None else "originalTimestamp"
    at = _moment(told if told is not None else original, field)
    sent = message.get("sentAt", sent_at)
    if sent is None:
        return at
    age = _moment(sent, "sentAt") - at
    if age < timedelta(0):  # later than its own sending: nothing is told before it happens
        return received_at
    try:
        return received_at - age
    except OverflowError:
        return datetime.min.replace(tzinfo=UTC)


def clamped(at: datetime, *, received_at: datetime, trusted: bool) -> datetime:
    """The time that is stored: not in the future, and not further back than the sender may date."""
    return clamp(at, received_at=received_at, memory=None if trusted else PUBLIC_MEMORY)


def is_history(at: datetime, *, received_at: datetime) -> bool:
    return received_at - at > LATE


def _moment(value: object, field: str) -> datetime:
    if not isinstance(value, str) or len(value) > 64:
        raise BadEvent(field, "must be a time as ISO 8601, such as 2026-05-01T09:30:00Z")
    try:
        at = datetime.fromisoformat(value.strip())
    except ValueError:
        raise BadEvent(field, "must be a time as ISO 8601, such as 2026-05-01T09:30:00Z") from None
    return at.replace(tzinfo=UTC) if at.tzinfo is None else at
