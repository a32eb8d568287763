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
from clm_plugin.events.compacting import (
    add_summaries,
    drop_raw,
    never_counted,
    oldest_events,
    summaries_of,
)
from clm_plugin.events.cursors import cursor_of, drop_cursors, move_cursor
from clm_plugin.events.data import SHARDS, Event, NewEvent, actor, uuid7
from clm_plugin.events.erasing import (
    events_about,
    forget_events,
    hold_log,
    hold_shards,
    relink,
    unlink,
)
from clm_plugin.events.limits import (
    MAX_BODY,
    MAX_EVENT,
    MAX_EVENTS,
    BadEvent,
    clamp,
    clean_int,
    clean_json,
    clean_text,
    parse_json,
)
from clm_plugin.events.log import count_events, in_batches, read_events, latest_of
from clm_plugin.events.queue import (
    Claim,
    claim,
    dead_letters,
    finish,
    hold_queue,
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
    "add_summaries",
    "check",
    "claim",
    "clamp",
    "clean_int",
    "clean_json",
    "clean_text",
    "count_events",
    "cursor_of",
    "dead_letters",
    "drop_cursors",
    "drop_raw",
    "events_about",
    "finish",
    "hold_queue",
    "forget_events",
    "hold_log",
    "hold_shards",
    "in_batches",
    "key_of",
    "lag",
    "latest_of",
    "move_cursor",
    "never_counted",
    "next_due",
    "oldest_events",
    "on_stored",
    "parse_json",
    "postpone",
    "purge_keys",
    "read_events",
    "record",
    "record_many",
    "relink",
    "replay",
    "shard_of",
    "summaries_of",
    "unlink",
    "uuid7",
]
