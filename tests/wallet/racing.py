"""Threads that do something at once, with or without the guards that keep them apart."""

from __future__ import annotations

import re
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from django.db import connection

from clm_plugin.models import Account, Lot
from clm_plugin.wallet.functions import CAPTURE, SET_ASIDE


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
_FUNCTIONS = (SET_ASIDE, CAPTURE)
_lockless = 0.0


@contextmanager
def no_locks(*, seconds: float = 0.2) -> Iterator[None]:
    """Every statement of ``at_once`` without its row locks, and the functions of the database.

    Certain, not likely, to be caught: whoever went without a lock waits between look and write.
    """
    global _lockless
    _lockless = seconds
    with functions_without_locks(seconds):
        try:
            yield
        finally:
            _lockless = 0.0


@contextmanager
def functions_without_locks(seconds: float) -> Iterator[None]:
    """The functions as they would be without locks, for every process; they wait after a look."""
    with connection.cursor() as cursor:
        for sql in _FUNCTIONS:
            without = _LOCK.sub("", sql)
            late = without.replace("LOOP\n", f"LOOP\n PERFORM pg_sleep({seconds});\n", 1)
            assert sql != without != late, "there is no lock to take away, or no loop to wait in"
            cursor.execute(late)
    try:
        yield
    finally:
        with connection.cursor() as cursor:
            for sql in _FUNCTIONS:
                cursor.execute(sql)


def _without_lock(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
    without = _LOCK.sub("", sql) if _lockless else sql
    found = execute(without, params, many, context)
    if without != sql:
        time.sleep(_lockless)
    return found


CHECKS = ((Account, "clm_account_balance"), (Lot, "clm_lot_amounts"))


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
