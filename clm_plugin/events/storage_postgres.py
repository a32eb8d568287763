"""Writing a batch on PostgreSQL: COPY into a session-local stage, then one statement.

The one statement claims the keys (ON CONFLICT DO NOTHING), and writes log and queue for the keys
it won, so that two writers of the same event cannot both store it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import connection

if TYPE_CHECKING:
    from collections.abc import Sequence

    from clm_plugin.events.capture import Row

_STAGE = """
CREATE TEMPORARY TABLE IF NOT EXISTS clm_stage (
    key uuid, keep_until date, id uuid, type varchar, version smallint, actor varchar,
    object_id varchar, occurred_at timestamptz, received_at timestamptz, source varchar,
    payload text, links text, shard smallint
) ON COMMIT DELETE ROWS
"""
_COLUMNS = (
    "key, keep_until, id, type, version, actor, object_id, occurred_at, received_at, source, "
    "payload, links, shard"
)
_TYPES = (
    "uuid",
    "date",
    "uuid",
    "varchar",
    "int2",
    "varchar",
    "varchar",
    "timestamptz",
    "timestamptz",
    "varchar",
    "text",
    "text",
    "int2",
)
_SPREAD = """
WITH stage AS ({stage}),
fresh AS (
    INSERT INTO clm_plugin_eventkey (key, keep_until) SELECT key, keep_until FROM stage
    ON CONFLICT DO NOTHING RETURNING key
),
logged AS (
    INSERT INTO clm_plugin_event (id, type, version, actor, object_id, occurred_at, received_at,
                                  source, payload, links)
    SELECT id, type, version, actor, object_id, occurred_at, received_at, source,
           payload::jsonb, links::jsonb
    FROM stage JOIN fresh USING (key)
)
INSERT INTO clm_plugin_queuedevent (shard, event_id, attempts, due_at)
SELECT shard, id, 0, received_at FROM stage JOIN fresh USING (key)
"""
# Below this many rows the parameters of one statement cost less than a COPY round trip.
_SMALL = 20


def insert(rows: Sequence[Row]) -> int:
    """Insert the rows whose key is new; returns how many. Runs inside the caller's transaction."""
    with connection.cursor() as cursor:
        if len(rows) <= _SMALL:
            one = f"({', '.join(f'%s::{kind}' for kind in _TYPES)})"
            stage = f"SELECT * FROM (VALUES {', '.join([one] * len(rows))}) AS v ({_COLUMNS})"
            params = [value for row in rows for value in _values(row)]
            cursor.execute(_SPREAD.format(stage=stage), params)
            return int(cursor.rowcount)
        cursor.execute(_STAGE)
        with cursor.copy(f"COPY clm_stage ({_COLUMNS}) FROM STDIN (FORMAT BINARY)") as copy:
            copy.set_types(_TYPES)
            for row in rows:
                copy.write_row(_values(row))
        cursor.execute(_SPREAD.format(stage="SELECT * FROM clm_stage"))
        stored = int(cursor.rowcount)
        # A second batch in the same transaction starts from an empty stage.
        cursor.execute("TRUNCATE clm_stage" if connection.in_atomic_block else "SELECT 1")
        return stored


def _values(row: Row) -> tuple[object, ...]:
    event = row.event
    return (
        row.key,
        row.keep_until,
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
        row.shard,
    )
