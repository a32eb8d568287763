"""Writing a batch on PostgreSQL: claim the keys in one statement, then log and queue what was won.

The keys are claimed with ON CONFLICT DO NOTHING, so that two writers of the same event cannot both
store it: the second waits for the first's commit and then wins nothing. Keys are claimed in their
own order, so that two writers of the same events in different order cannot deadlock.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db import connection

if TYPE_CHECKING:
    from collections.abc import Sequence

    from clm_plugin.events.capture import Row

_FEW = """
WITH stage AS (SELECT * FROM (VALUES {values}) AS v (
    key, keep_until, id, type, version, actor, object_id, occurred_at, received_at, source, payload,
    links, raw, shard
)),
fresh AS (
    INSERT INTO clm_plugin_eventkey (key, keep_until) SELECT key, keep_until FROM stage ORDER BY key
    ON CONFLICT DO NOTHING RETURNING key
),
logged AS (
    INSERT INTO clm_plugin_event (id, type, version, actor, object_id, occurred_at, received_at,
                                  source, payload, links, raw)
    SELECT id, type, version, actor, object_id, occurred_at, received_at, source, payload, links,
           raw
    FROM stage JOIN fresh USING (key)
)
INSERT INTO clm_plugin_queuedevent (shard, event_id, attempts, due_at)
SELECT shard, id, 0, received_at FROM stage JOIN fresh USING (key)
"""
_VALUES = (
    "(%s::uuid, %s::date, %s::uuid, %s::varchar, %s::int2, %s::varchar, %s::varchar,"
    " %s::timestamptz, %s::timestamptz, %s::varchar, %s::jsonb, %s::jsonb, %s::jsonb,"
    " %s::int2)"
)
_CLAIM = """
INSERT INTO clm_plugin_eventkey (key, keep_until)
SELECT * FROM unnest(%s::uuid[], %s::date[]) ORDER BY 1
ON CONFLICT DO NOTHING RETURNING key
"""
_LOG = """
COPY clm_plugin_event (id, type, version, actor, object_id, occurred_at, received_at, source,
                       payload, links, raw)
FROM STDIN (FORMAT BINARY)
"""
# What psycopg is to send; jsonb goes as the bytes of its binary form.
_LOG_TYPES = (
    "uuid",
    "varchar",
    "int2",
    "varchar",
    "varchar",
    "timestamptz",
    "timestamptz",
    "varchar",
    "bytea",
    "bytea",
    "bytea",
)
_QUEUE = """
COPY clm_plugin_queuedevent (shard, event_id, attempts, due_at) FROM STDIN (FORMAT BINARY)
"""
_QUEUE_TYPES = ("int2", "uuid", "int2", "timestamptz")
_JSONB = b"\x01"
"""The version number that precedes a jsonb value's text in binary."""

# Up to this many rows one statement costs less than three.
_SMALL = 20


def insert(rows: Sequence[Row]) -> int:
    """Insert the rows whose key is new; returns how many. Runs inside the caller's transaction."""
    return _insert_few(rows) if len(rows) <= _SMALL else _insert_many(rows)


def _insert_few(rows: Sequence[Row]) -> int:
    with connection.cursor() as cursor:
        lines = [(row.key, row.keep_until, *_logged(row), row.shard) for row in rows]
        statement = _FEW.format(values=", ".join([_VALUES] * len(rows)))
        cursor.execute(statement, [value for line in lines for value in line])
        return int(cursor.rowcount)


def _insert_many(rows: Sequence[Row]) -> int:
    with connection.cursor() as cursor:
        # Array literals: psycopg adapts a list element by element, many times slower.
        keys = ",".join([row.key.hex for row in rows])
        until = ",".join([str(row.keep_until or "NULL") for row in rows])
        cursor.execute(_CLAIM, [f"{{{keys}}}", f"{{{until}}}"])
        if cursor.rowcount < len(rows):
            won = {key for (key,) in cursor.fetchall()}
            rows = [row for row in rows if row.key in won]
        if not rows:
            return 0
        with cursor.copy(_LOG) as copy:
            copy.set_types(_LOG_TYPES)
            for row in rows:
                *plain, payload, links, raw = _logged(row)
                copy.write_row((*plain, _binary(payload), _binary(links), _binary(raw)))
        with cursor.copy(_QUEUE) as copy:
            copy.set_types(_QUEUE_TYPES)
            for row in rows:
                copy.write_row((row.shard, row.event.id, 0, row.event.received_at))
        return len(rows)


def _logged(row: Row) -> tuple[Any, ...]:
    event = row.event
    return (
        event.id,
        event.type,
        row.version,
        event.actor,
        event.object_id,
        event.occurred_at,
        event.received_at,
        event.source,
        row.payload_json,
        row.links_json,
        row.raw_json,
    )


def _binary(json: object) -> bytes | None:
    return None if json is None else _JSONB + str(json).encode()
