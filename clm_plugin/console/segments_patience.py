"""A question to the database that gives up in time: a count while somebody types may not hang."""

from __future__ import annotations

from contextlib import contextmanager
from time import monotonic
from typing import TYPE_CHECKING, Any

from django.db import OperationalError, connection, transaction

if TYPE_CHECKING:
    from collections.abc import Iterator

_CANCELLED = ("statement timeout", "interrupted")
_STEPS = 20_000
"""Of SQLite's machine between two looks at the clock; a millisecond or so."""


class Impatient(Exception):
    """The database did not answer in the time given."""


@contextmanager
def patience(seconds: float) -> Iterator[None]:
    """Queries inside may take this long, each; raises Impatient when one takes longer.

    Reads only: what was done inside is rolled back on PostgreSQL when time is up.
    """
    limit = _postgres if connection.vendor == "postgresql" else _sqlite
    try:
        with limit(seconds):
            yield
    except OperationalError as error:
        if any(word in str(error) for word in _CANCELLED):
            raise Impatient from error
        raise


@contextmanager
def _postgres(seconds: float) -> Iterator[None]:
    with transaction.atomic():
        with connection.cursor() as cursor:
            limit = str(max(int(seconds * 1000), 1))  # 0 would be none
            cursor.execute("SELECT set_config('statement_timeout', %s, true)", [limit])
        yield
        with connection.cursor() as cursor:  # within a longer transaction it would stay
            cursor.execute("SELECT set_config('statement_timeout', '0', true)")


@contextmanager
def _sqlite(seconds: float) -> Iterator[None]:
    if connection.vendor != "sqlite":
        yield
        return
    connection.ensure_connection()
    raw: Any = connection.connection
    until = monotonic() + seconds
    raw.set_progress_handler(lambda: monotonic() > until, _STEPS)
    try:
        yield
    finally:
        raw.set_progress_handler(None, 0)
