"""Events as they cross the door: frozen, free of Django."""

from __future__ import annotations

import os
import time
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

Json = dict[str, Any]

SHARDS = 64
"""Parts of the queue that workers claim whole; order is kept inside one. Not a setting: each has a
row that workers lock, and events in a shard without a row would wait for ever."""


HISTORY = frozenset({"backfill", "import"})
"""Sources of events that are read in: they change facts and stages, and start nothing."""


def actor(kind: str, value: object) -> str:
    """The name of somebody an event is about: ``visitor:…``, ``customer:…``, ``basket:…``."""
    return f"{kind}:{value}"


@dataclass(frozen=True, slots=True, kw_only=True)
class NewEvent:
    """What a source hands in.

    ``key`` is the source's own id of what happened (dedupe key inside ``namespace``, which is the
    source unless said); without one, the event cannot be told from a replay and is always stored.
    The shop's live signals, the reconciler and the back-fill share the namespace ``shop``, so that
    an order counts once, whoever tells it first. ``links`` are further actors that
    the *server* knows to be the same person; a public body never fills them. ``actor`` may be
    empty for what is about no person (stock, price). ``raw`` is what an outside source sent, kept
    beside the payload. ``brief_key`` says that the key need only outlive a client's retries: it is
    kept ``BROWSER_KEY_DAYS`` and not for good.
    """

    type: str
    actor: str
    payload: Json
    occurred_at: datetime
    source: str = "shop"
    key: str = ""
    links: tuple[str, ...] = ()
    object_id: str = ""
    namespace: str = ""
    raw: Json | None = None
    brief_key: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """A stored event. ``id`` is a time-ordered UUID (version 7), by time of receipt."""

    id: UUID
    type: str
    actor: str
    object_id: str
    occurred_at: datetime
    received_at: datetime
    source: str
    payload: Json = field(default_factory=dict)
    links: tuple[str, ...] = ()

    @property
    def is_live(self) -> bool:
        """False for history that is read in: it changes facts and stages, and starts nothing."""
        return self.source not in HISTORY


def uuid7() -> UUID:
    """A time-ordered UUID (RFC 9562, section 5.7): 48 bits of Unix milliseconds, then random.

    The twelve bits behind the milliseconds hold the fraction of the millisecond (method 3 of
    section 6.2), so that ids made one after the other in one process sort as made.
    """
    ns = time.time_ns()
    ms, rest = divmod(ns, 1_000_000)
    fraction = (rest << 12) // 1_000_000
    tail = int.from_bytes(os.urandom(8), "big") & ((1 << 62) - 1)
    return UUID(int=(ms & ((1 << 48) - 1)) << 80 | 0x7 << 76 | fraction << 64 | 0b10 << 62 | tail)
