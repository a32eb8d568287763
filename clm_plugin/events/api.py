"""The door of events."""

from clm_plugin.events.capture import (
    by_ids,
    key_of,
    on_stored,
    record,
    record_many,
    shard_of,
    stored_event,
)
from clm_plugin.events.catalogue import TYPES, check
from clm_plugin.events.data import Event, NewEvent, actor, uuid7
from clm_plugin.events.limits import (
    MAX_BODY,
    MAX_EVENTS,
    BadEvent,
    clamp,
    clean_int,
    clean_text,
    parse_json,
)
from clm_plugin.events.queue import (
    Claim,
    claim,
    dead_letters,
    finish,
    lag,
    next_due,
    postpone,
    replay,
)

__all__ = [
    "MAX_BODY", "MAX_EVENTS", "TYPES", "BadEvent", "Claim", "Event", "NewEvent", "actor", "by_ids",
    "check", "claim", "clamp", "clean_int", "clean_text", "dead_letters", "finish", "key_of", "lag",
    "next_due", "on_stored", "parse_json", "postpone", "record", "record_many", "replay", "shard_of",
    "stored_event", "uuid7",
]
