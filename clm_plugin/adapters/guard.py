"""How a receiver may touch the shop: it never raises, and never makes it wait.

A slow or locked database of ours costs a checkout 50 ms at most.

What is bounded: every statement and every wait for a lock of ours, on PostgreSQL by
``statement_timeout`` and ``lock_timeout`` inside a savepoint, on SQLite by ``busy_timeout``. An
error of ours rolls back to the savepoint, so it cannot poison the shop's transaction. After a
time-out, receivers leave the writing to a background thread for some seconds (``later``), so that
a checkout with ten signals waits once and not ten times.

What cannot be bounded from inside a process: Python that does not return, a network that swallows
packets without an answer, and SQLite's disk. Other databases get the savepoint only.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable
from contextlib import contextmanager, nullcontext, suppress
from dataclasses import replace
from functools import partial, wraps
from typing import TYPE_CHECKING, Any, Protocol

from django.db import InterfaceError, OperationalError, connection, transaction

from clm_plugin.adapters import later
from clm_plugin.events.api import NewEvent, check, record_many

if TYPE_CHECKING:
    from collections.abc import Iterator

logger = logging.getLogger("clm_plugin")

BUDGET_MS = 25
"""The longest that one statement of ours may take, or wait for a lock."""


Events = Iterable[NewEvent] | None
Told = Events | Callable[[], Events]
"""The events that something stands for (None: none), or a function that reads what they need."""


class Again(partial[Events]):
    """A reading function that another thread may run again later: it holds keys and no request."""


class Receiver(Protocol):
    """A signal receiver."""

    __name__: str

    def __call__(self, sender: Any = None, **kwargs: Any) -> None: ...


def safely(build: Callable[..., Told]) -> Receiver:
    """Make a signal receiver of a function that returns the events a signal stands for.

    The function takes what the signal sends, as keywords, and decides without the database whether
    it matters; what needs the shop's tables it leaves to a function that it returns.
    """

    @wraps(build)
    def receive(sender: Any = None, **kwargs: Any) -> None:
        kwargs.pop("signal", None)
        try:
            tell(build(sender=sender, **kwargs))
        except Exception:
            logger.exception("clm: the receiver %s failed; the shop goes on", build.__qualname__)

    return receive


def tell(told: Told) -> None:
    """Store events within the budget, in the shop's transaction if there is one.

    What cannot be stored in time is stored later, once the shop's own transaction is committed.
    """
    if told is None or connection.needs_rollback:
        return  # nothing to tell, or a transaction that is lost already
    events: list[NewEvent] = []
    try:
        with hurried():
            found = told() if callable(told) else told
            events.extend(_checked(event) for event in found or ())
            if not events:
                return
            if not later.is_resting():
                record_many(events, checked=True)
                return
    except (OperationalError, InterfaceError) as error:
        logger.warning("clm: not stored at once, tried again later: %s", error)
        later.rest()
    if events:
        transaction.on_commit(partial(later.put, events), robust=True)
    elif isinstance(told, Again):
        transaction.on_commit(partial(later.put, [told]), robust=True)


def _checked(event: NewEvent) -> NewEvent:
    if event.namespace:
        return event  # a record of the shop, built by us from typed columns (and of any length)
    return replace(event, payload=check(event.type, event.payload))


@contextmanager
def hurried(budget_ms: int = BUDGET_MS) -> Iterator[None]:
    """A block whose statements give up after so long; a savepoint inside a transaction."""
    if connection.vendor == "postgresql":
        with _hurried_postgres(budget_ms):
            yield
    elif connection.vendor == "sqlite":
        # Outside a transaction none is opened here: it would wait for the write lock to read.
        with (
            _hurried_sqlite(budget_ms),
            transaction.atomic() if connection.in_atomic_block else nullcontext(),
        ):
            yield
    else:
        with transaction.atomic():
            yield


_LIMITS = ("statement_timeout", "lock_timeout")
_READ = ", ".join(f"current_setting('{name}')" for name in _LIMITS)
_SET = ", ".join(f"set_config('{name}', %s, true)" for name in _LIMITS)


@contextmanager
def _hurried_postgres(budget_ms: int) -> Iterator[None]:
    nested = connection.in_atomic_block
    with transaction.atomic(), connection.cursor() as cursor:
        ours = [f"{budget_ms}ms"] * len(_LIMITS)
        if not nested:
            cursor.execute(f"SELECT {_SET}", ours)
            yield
            return  # SET LOCAL ends with the transaction
        # The old values are read before the new ones are set: a select list goes left to right.
        cursor.execute(f"SELECT {_READ}, {_SET}", ours)
        before = cursor.fetchone()[: len(_LIMITS)]
        yield
        # A released savepoint keeps SET LOCAL for the rest of the shop's transaction; a rolled
        # back one does not.
        cursor.execute(f"SELECT {_SET}", before)


@contextmanager
def _hurried_sqlite(budget_ms: int) -> Iterator[None]:
    connection.ensure_connection()
    raw = connection.connection
    before = raw.execute("PRAGMA busy_timeout").fetchone()[0]
    raw.execute(f"PRAGMA busy_timeout = {min(before, budget_ms)}")
    try:
        yield
    finally:
        with suppress(Exception):  # a connection that was closed in between has nothing to restore
            raw.execute(f"PRAGMA busy_timeout = {before}")
