"""Events that could not be stored at once: kept in memory and tried again off the shop's path.

Best effort, and said so: a process that dies loses them. Orders and refunds are found again by the
reconciler, a basket by its next change.
"""

from __future__ import annotations

import atexit
import logging
import os
import threading
import time
from collections import deque
from itertools import chain
from typing import TYPE_CHECKING

from django.db import Error, connection

from clm_plugin.events.api import record_many

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from clm_plugin.events.api import NewEvent

logger = logging.getLogger("clm_plugin")

WAITS = (0.5, 2, 5, 15, 60)
"""Seconds before each try."""
CAPACITY = 10_000
REST_SECONDS = 5.0
"""How long after a time-out receivers write nothing themselves."""

_waiting: deque[NewEvent | Callable[[], Iterable[NewEvent] | None]] = deque()
_flag = threading.Event()
_pid = 0
_rest_until = 0.0


def rest() -> None:
    """Spare the shop for some seconds: the database has just been too slow."""
    global _rest_until
    _rest_until = time.monotonic() + REST_SECONDS


def is_resting() -> bool:
    return time.monotonic() < _rest_until


def put(events: Iterable[NewEvent | Callable[[], Iterable[NewEvent] | None]]) -> None:
    """Store these (or what these functions read) soon, in another thread. Returns at once; over
    capacity they are dropped."""
    for event in events:
        if len(_waiting) >= CAPACITY:
            logger.error("clm: %s dropped, %s events wait already", event, CAPACITY)
            return
        _waiting.append(event)
    start()


def start() -> None:
    """Wake the thread, or start it: the first time, and after a fork (no thread survives one)."""
    global _pid, _flag
    if _pid != os.getpid():
        _pid = os.getpid()
        _flag = threading.Event()
        threading.Thread(target=_run, args=(_flag,), name="clm-later", daemon=True).start()
    _flag.set()


def waiting() -> int:
    return len(_waiting)


def flush() -> int:
    """Try to store all that waits, now and here; returns how many were taken off the list."""
    batch = list(_waiting)
    if batch:
        read = [event() or () if callable(event) else [event] for event in batch]
        record_many(list(chain.from_iterable(read)), checked=True)
        for _ in batch:
            _waiting.popleft()
    return len(batch)


def _run(flag: threading.Event) -> None:
    while True:
        flag.wait()
        flag.clear()
        _try()
        connection.close()


def _try() -> None:
    for wait in WAITS:
        time.sleep(wait)
        try:
            flush()
        except Error as error:
            logger.warning("clm: still not stored: %s", error)
            connection.close()
        except Exception:
            logger.exception("clm: events that cannot be stored are dropped")
            break
        else:
            return
    logger.error("clm: %s events given up; the reconciler finds orders and refunds", len(_waiting))
    _waiting.clear()


@atexit.register
def _last_chance() -> None:
    if _waiting and _pid == os.getpid():
        try:
            flush()
        except Exception:
            logger.error("clm: %s events lost at exit", len(_waiting))
