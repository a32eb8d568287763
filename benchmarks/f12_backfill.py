"""F12: reading in a shop's history of a million order lines, against copying the finished rows.

Ours is what ``clm_backfill`` does: read the orders from the shop, store their events, and carry
these through the whole pipeline to profiles, facts and stages. The baseline reads the same orders
and copies the very rows that came of ours into the same tables, from COPY's own binary form, which
no program could make for nothing.
"""

from __future__ import annotations

import time
from functools import partial
from typing import TYPE_CHECKING

from benchmarks.harness import Bench, Figure, Outcome, seconds_of
from benchmarks.orders import retail

if TYPE_CHECKING:
    from django.db import models

    from benchmarks.history import LongHistoryShop
    from benchmarks.shop import BenchDatabase

LINES = 1_000_000
QUICK_LINES = 50_000
_EVERY = 15.0


def run(bench: Bench) -> Outcome:
    database = bench.database()
    from benchmarks.history import LongHistoryShop
    from clm_plugin.profiles.models import ItemFact

    source = retail()
    shop = LongHistoryShop(source, least_lines=QUICK_LINES if bench.quick else LINES)
    bench.say(f"{shop.line_count:,} order lines, from {source.source}")
    pairs, whole = [], True
    for round_ in range(bench.rounds):
        _empty(database)
        ours = seconds_of(lambda: backfill(shop, bench))
        whole &= ItemFact.objects.count() == shop.line_count
        rows = _take(database)
        _empty(database)
        copied = seconds_of(partial(_read_and_put, shop, rows))
        whole &= ItemFact.objects.count() == shop.line_count
        pairs.append((copied, ours))
        bench.say(
            f"round {round_ + 1}/{bench.rounds}: read and COPY {copied:.1f} s,"
            f" back-fill {ours:.1f} s"
        )
    return Outcome(
        pairs=pairs,
        note=f"{shop.line_count:,} lines; baskets repeated from {source.source}",
        also=[("every line arrives on both sides", whole)],
    )


def backfill(shop: LongHistoryShop, bench: Bench) -> None:
    """Store the history and empty the queue, with a sign of life every few seconds."""
    from benchmarks.history import midnight_after
    from clm_plugin import pipeline
    from clm_plugin.adapters import history

    now = midnight_after()
    began = shown = time.monotonic()

    def progress(what: str, done: int) -> None:
        nonlocal shown
        if time.monotonic() - shown > _EVERY:
            shown = time.monotonic()
            bench.say(f"{what} {done:,}, {shown - began:.0f} s")

    history.backfill(shop, now=now, progress=lambda part, done, _: progress(part, done))
    pipeline.drain(now=now, progress=lambda done: progress("processed", done))


def tables() -> list[type[models.Model]]:
    """Every table of the plugin that a history fills."""
    from django.apps import apps

    packages = ("events", "profiles", "lifecycle", "campaigns", "attribution", "messages")
    keep = {"Shard", "PlanSet", "CompiledPlan", "Campaign"}  # what an installation makes
    return [
        model
        for model in apps.get_app_config("clm_plugin").get_models()
        if model.__module__.split(".")[1] in packages and model.__name__ not in keep
    ]


def _empty(database: BenchDatabase) -> None:
    database.empty(*tables())


def _take(database: BenchDatabase) -> list[tuple[str, bytes]]:
    """What is in the tables now, in COPY's binary form; parents before children."""
    from django.db import connection

    taken = []
    with connection.cursor() as cursor:
        for table in (model._meta.db_table for model in _parents_first()):
            with cursor.copy(f"COPY {table} TO STDOUT (FORMAT BINARY)") as copy:
                taken.append((table, b"".join(bytes(block) for block in copy)))
    return taken


def _read_and_put(shop: LongHistoryShop, rows: list[tuple[str, bytes]]) -> None:
    _read(shop)
    _put(rows)


def _put(rows: list[tuple[str, bytes]]) -> None:
    from django.db import connection, transaction

    with transaction.atomic(), connection.cursor() as cursor:
        for table, data in rows:
            with cursor.copy(f"COPY {table} FROM STDIN (FORMAT BINARY)") as copy:
                copy.write(data)


def _read(shop: LongHistoryShop) -> int:
    after, count = "", 0
    while page := shop.orders(after=after, limit=2_000):
        after = page[-1].cursor
        count += len(page)
    return count


def _parents_first() -> list[type[models.Model]]:
    """Tables in an order in which every foreign key finds its row."""
    wanted = tables()
    ordered: list[type[models.Model]] = []
    while len(ordered) < len(wanted):
        for model in wanted:
            needs = {
                field.related_model
                for field in model._meta.concrete_fields
                if field.is_relation
                and field.related_model in wanted
                and field.related_model is not model
            }
            if model not in ordered and needs <= set(ordered):
                ordered.append(model)
    return ordered


FIGURE = Figure(
    id="F12",
    title="back-fill of a million order lines",
    against="reading them + raw COPY of the resulting rows",
    unit="s",
    reach=3.0,
    better="lower",
    run=run,
)
