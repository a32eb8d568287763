"""Waking the worker after commit, without ever making the shop wait.

The queue row is the truth and the broker only a wake-up, so a wake-up may be lost: the beat sweep
finds what it left. A small daemon thread per process talks to the broker; a request only sets a
flag. Wake-ups inside a tenth of a second become one.
"""

from __future__ import annotations

import logging
import os
import threading
import time
from typing import Any

from celery import current_app

logger = logging.getLogger("clm_plugin")

_MERGE_SECONDS = 0.1
_EXPIRES = 3.0
"""Seconds after which a wake-up is worth nothing: a worker busy for longer serves its event anyway,
and wake-ups must not pile up in front of the sweeps."""


class _Waker:
    def __init__(self) -> None:
        self._pid = 0
        self._flag = threading.Event()

    def wake(self) -> None:
        if self._pid != os.getpid():  # first call, or after a fork: threads do not survive one
            self._pid = os.getpid()
            self._flag = threading.Event()
            threading.Thread(target=self._run, name="clm-waker", daemon=True).start()
        self._flag.set()

    def _run(self) -> None:
        while True:
            self._flag.wait()
            time.sleep(_MERGE_SECONDS)
            self._flag.clear()
            send("clm_plugin.process", expires=_EXPIRES)


_waker = _Waker()


def wake() -> None:
    """Ask a worker to process the queue soon. Returns at once, never raises."""
    if current_app.conf.task_always_eager:
        return  # tests and scripts call the pipeline themselves
    _waker.wake()


def send_soon(task: str) -> None:
    """Put a task on the broker unless tasks are run by hand (tests, scripts). Never raises."""
    if not current_app.conf.task_always_eager:
        send(task)


def send(task: str, *args: Any, expires: float | None = None) -> bool:
    """Put a task on the broker, ids only; False when the broker is down (logged, not raised)."""
    try:
        current_app.send_task(task, args=args, retry=False, ignore_result=True, expires=expires)
    except Exception as error:
        logger.warning("clm: the broker did not take %s: %s", task, error)
        return False
    return True


def broker_reachable() -> bool:
    """Whether a connection to the broker can be made within a second."""
    try:
        with current_app.connection_for_write(connect_timeout=1) as connection:
            connection.ensure_connection(max_retries=1, timeout=1)
    except Exception:
        return False
    return True
