"""Threads that do something at once, with or without the guards that keep them apart."""

from __future__ import annotations

import re
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from django.db import connection

from clm_plugin.models import Account, Lot


def at_once(*jobs: Callable[[], Any]) -> list[Any]:
    """Run all at the same moment; the results, or what was raised, in order."""
    found: list[Any] = [None] * len(jobs)
    start = threading.Barrier(len(jobs))

    def run(number: int, job: Callable[[], Any]) -> None:
        try:
            start.wait(20)
            with connection.execute_wrapper(_without_lock):
                found[number] = job()
        except BaseException as error:
            found[number] = error
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=each) for each in enumerate(jobs)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    return found


_LOCK = re.compile(r" FOR (NO KEY )?UPDATE( OF \"?\w+\"?)?( NOWAIT| SKIP LOCKED)?")
_lockless = False


@contextmanager
def no_locks() -> Iterator[None]:
    """Every statement of ``at_once`` without its row locks."""
    global _lockless
    _lockless = True
    try:
        yield
    finally:
        _lockless = False


def _without_lock(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
    return execute(_LOCK.sub("", sql) if _lockless else sql, params, many, context)


CHECKS = ((Account, "clm_account_customer"), (Lot, "clm_lot_amounts"))


@contextmanager
def no_checks() -> Iterator[None]:
    """Without the CHECKs that refuse an overspent lot or account."""
    with connection.cursor() as cursor:
        for model, name in CHECKS:
            cursor.execute(f"ALTER TABLE {model._meta.db_table} DROP CONSTRAINT {name}")
    try:
        yield
    finally:
        # What was overspent would not pass them.
        Lot.objects.update(remaining_minor=0, held_minor=0)
        Account.objects.update(balance_minor=0, held_minor=0)
        for model, name in CHECKS:
            check = next(c for c in model._meta.constraints if c.name == name)
            with connection.schema_editor() as editor:
                editor.add_constraint(model, check)
