"""Flushing a test database of SQLite although the ledger refuses to be deleted from."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable

_flush: Callable[..., Any] | None = None


def let_tests_flush() -> None:
    """Call it once (in ``conftest.py``) when transactional tests run on SQLite.

    A ``TransactionTestCase`` empties every table at its end, on SQLite by DELETE, which triggers of
    the ledger refuse. From now on a flush takes them away and puts them back. PostgreSQL truncates,
    and needs nothing.
    """
    global _flush
    if _flush is None:
        from django.db.backends.sqlite3.base import DatabaseWrapper

        operations: Any = DatabaseWrapper.ops_class
        _flush = operations.execute_sql_flush
        operations.execute_sql_flush = _flush_without_triggers


def _flush_without_triggers(self: Any, sql_list: Any) -> None:
    assert _flush is not None
    with self.connection.cursor() as cursor:
        cursor.execute("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'")
        triggers = cursor.fetchall()
        for name, _ in triggers:
            cursor.execute(f'DROP TRIGGER "{name}"')
        _flush(self, sql_list)
        for _, sql in triggers:
            cursor.execute(sql)
