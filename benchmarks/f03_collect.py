"""F3: storing browser events in batches of 500, deduped, logged and queued, against raw COPY.

The baseline copies the finished rows into the same three tables with the same indexes: no check,
no JSON, no keys to look up. Both sides commit every batch; fsync is on.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from benchmarks.harness import Bench, Figure, Outcome, rates

if TYPE_CHECKING:
    from clm_plugin.events.api import NewEvent

BATCH = 500
TABLES = {
    "clm_plugin_eventkey": ("key", "keep_until"),
    "clm_plugin_event": (
        "id",
        "type",
        "version",
        "actor",
        "object_id",
        "occurred_at",
        "received_at",
        "source",
        "payload",
        "links",
    ),
    "clm_plugin_queuedevent": ("shard", "event_id", "attempts", "due_at"),
}


def run(bench: Bench) -> Outcome:
    database = bench.database()
    from benchmarks.traffic import browsing
    from clm_plugin.events import models

    number = 5_000 if bench.quick else 50_000
    seconds, stored = [], 0
    for round_ in range(bench.rounds + 1):
        database.empty(models.Event, models.EventKey, models.QueuedEvent)
        mine = _batches(browsing(number, visitors=number // 10, seed=round_))
        theirs = [
            _rows(batch)
            for batch in _batches(browsing(number, visitors=number // 10, seed=1000 + round_))
        ]
        copied, took = _turns(theirs, mine)
        stored = models.EventKey.objects.count()
        if round_:  # the first warms caches and statements
            seconds.append((copied, took))
            bench.say(
                f"round {round_}/{bench.rounds}: COPY {number / copied:,.0f}/s,"
                f" record_many {number / took:,.0f}/s"
            )
    return Outcome(
        pairs=rates(seconds, number),
        note=f"{number:,} events a side and round, PostgreSQL, fsync on",
        also=[("every event of both sides is stored", stored == 2 * number)],
    )


def _batches(items: list[Any]) -> list[list[Any]]:
    return [items[start : start + BATCH] for start in range(0, len(items), BATCH)]


def _turns(theirs: list[list[Any]], mine: list[list[NewEvent]]) -> tuple[float, float]:
    """Batch by batch, turn and turn about, so that both meet tables of the same size."""
    import gc
    import time

    from clm_plugin.events.api import record_many

    copied = took = 0.0
    gc.collect()
    for rows, batch in zip(theirs, mine, strict=True):
        began = time.perf_counter()
        _copy(rows)
        middle = time.perf_counter()
        record_many(batch)
        took += time.perf_counter() - middle
        copied += middle - began
    return copied, took


def _copy(rows: list[Any]) -> None:
    from django.db import connection, transaction

    with transaction.atomic(), connection.cursor() as cursor:
        for (table, columns), values in zip(TABLES.items(), rows, strict=True):
            with cursor.copy(f"COPY {table} ({', '.join(columns)}) FROM STDIN") as copy:
                for row in values:
                    copy.write_row(row)


def _rows(batch: list[NewEvent]) -> list[list[tuple[object, ...]]]:
    """The rows that ``record_many`` would write, made beforehand."""
    from clm_plugin.clock import now
    from clm_plugin.events.capture import _Rows

    make = _Rows(now(), False)
    rows = [make.row(event) for event in batch]
    return [
        [(row.key, row.keep_until) for row in rows],
        [
            (
                row.event.id,
                row.event.type,
                row.version,
                row.event.actor,
                row.event.object_id,
                row.event.occurred_at,
                row.event.received_at,
                row.event.source,
                row.payload_json,
                row.links_json,
            )
            for row in rows
        ],
        [(row.shard, row.event.id, 0, row.event.received_at) for row in rows],
    ]


FIGURE = Figure(
    id="F3",
    title="collect: batches of 500, stored, deduped, queued",
    against="raw COPY of the same rows",
    unit="events/s",
    reach=0.5,
    better="higher",
    run=run,
)
