"""The door of events."""

from clm_plugin.events.capture import (
    key_of,
    on_stored,
    record,
    record_many,
    shard_of,
)
from clm_plugin.events.catalogue import TYPES
from clm_plugin.events.checking import check
from clm_plugin.events.cursors import cursor_of, drop_cursors, move_cursor
from clm_plugin.events.data import SHARDS, Event, NewEvent, actor, uuid7
from clm_plugin.events.limits import (
    MAX_BODY,
    MAX_EVENT,
    MAX_EVENTS,
    BadEvent,
    clamp,
    clean_int,
    clean_text,
    parse_json,
)
from clm_plugin.events.log import count_events, in_batches
from clm_plugin.events.queue import (
    Claim,
    claim,
    dead_letters,
    finish,
    lag,
    next_due,
    postpone,
    purge_keys,
    replay,
)

__all__ = [
    "MAX_BODY",
    "MAX_EVENT",
    "MAX_EVENTS",
    "SHARDS",
    "TYPES",
    "BadEvent",
    "Claim",
    "Event",
    "NewEvent",
    "actor",
    "check",
    "claim",
    "clamp",
    "clean_int",
    "clean_text",
    "count_events",
    "cursor_of",
    "dead_letters",
    "drop_cursors",
    "finish",
    "in_batches",
    "key_of",
    "lag",
    "move_cursor",
    "next_due",
    "on_stored",
    "parse_json",
    "postpone",
    "purge_keys",
    "record",
    "record_many",
    "replay",
    "shard_of",
    "uuid7",
]
