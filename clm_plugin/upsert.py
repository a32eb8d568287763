"""Insert-or-combine for whole batches: one statement, no read before the write.

Django's ``bulk_create(update_conflicts=True)`` can only replace; sums, minima and maxima have to be
combined by the database, so that two workers may fold into the same row. PostgreSQL gets one array
per column (``unnest``), other databases ``executemany``; both speak the same ON CONFLICT.
"""

from __future__ import annotations

import json
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from django.db import connection, models

from clm_plugin.arrays import literal

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

ADD = "{old} + {new}"
REPLACE = "{new}"
EARLIEST = "{least}(COALESCE({old}, {new}), COALESCE({new}, {old}))"
LATEST = "{greatest}(COALESCE({old}, {new}), COALESCE({new}, {old}))"


_AT_LEISURE = ", set_config('synchronous_commit', 'off', true)"
"""Joined to the rows, so that it costs no statement of its own; ends with the transaction."""


def newer(column: str, tie: str) -> str:
    """Replace exactly when the incoming row is later by ``column`` (ties: the larger ``tie``)."""
    return (
        f"CASE WHEN excluded.{column} IS NOT NULL AND ({{table}}.{column} IS NULL"
        f" OR excluded.{column} > {{table}}.{column}"
        f" OR (excluded.{column} = {{table}}.{column} AND excluded.{tie} > {{table}}.{tie}))"
        " THEN {new} ELSE {old} END"
    )


def older(column: str, tie: str) -> str:
    """Replace exactly when the incoming row is earlier by ``column`` (ties: the lesser ``tie``)."""
    return newer(column, tie).replace(" > ", " < ")


def upsert(
    model: type[models.Model],
    columns: Sequence[str],
    rows: Sequence[tuple[Any, ...]],
    *,
    key: Sequence[str],
    combine: Mapping[str, str],
    at_leisure: bool = False,
) -> None:
    """Insert ``rows``; where ``key`` exists already, set each column of ``combine`` by its rule.

    ``columns`` are database columns in the order of the row tuples; an empty ``combine`` keeps the
    existing row. A key may occur only once in ``rows``. ``at_leisure`` lets the transaction (on
    PostgreSQL) end without waiting for the disk.
    """
    if not rows:
        return
    fields, sql = _statement(
        model,
        tuple(columns),
        tuple(key),
        tuple(combine.items()),
        connection.vendor,
        at_leisure,
    )
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute(
                sql,
                [
                    _array(column, field)
                    for column, field in zip(zip(*rows, strict=True), fields, strict=True)
                ],
            )
        else:
            cursor.executemany(
                sql,
                [
                    tuple(
                        field.get_db_prep_save(value, connection)
                        for field, value in zip(fields, row, strict=True)
                    )
                    for row in rows
                ],
            )


@lru_cache(maxsize=256)
def _statement(
    model: type[models.Model],
    columns: tuple[str, ...],
    key: tuple[str, ...],
    combine: tuple[tuple[str, str], ...],
    vendor: str,
    at_leisure: bool,
) -> tuple[list[Any], str]:
    """The fields of the columns and the SQL; the same for every batch, so it is made once."""
    table = model._meta.db_table
    postgres = vendor == "postgresql"
    words = {
        "table": table,
        "least": "LEAST" if postgres else "MIN",
        "greatest": "GREATEST" if postgres else "MAX",
    }
    sets = ", ".join(
        f"{name} = " + rule.format(old=f"{table}.{name}", new=f"excluded.{name}", **words)
        for name, rule in combine
    )
    fields = [_field(model, column) for column in columns]
    names = ", ".join(columns)
    tail = f"ON CONFLICT ({', '.join(key)}) DO " + (f"UPDATE SET {sets}" if sets else "NOTHING")
    if not postgres:
        marks = ", ".join(["%s"] * len(columns))
        return fields, f"INSERT INTO {table} ({names}) VALUES ({marks}) {tail}"
    arrays = ", ".join(f"%s::{_array_type(field)}[]" for field in fields)
    values = ", ".join(
        f"{name}::jsonb" if _is_json(field) else name
        for name, field in zip(columns, fields, strict=True)
    )
    return fields, (
        f"INSERT INTO {table} ({names})"
        f" SELECT {values} FROM unnest({arrays}) AS new ({names})"
        f"{_AT_LEISURE if at_leisure else ''} {tail}"
    )


_CONFLICTS = frozenset({"40001", "40P01", "55P03"})
"""SQLSTATE of a serialization failure, a deadlock, and a lock that could not be had."""


def is_conflict(error: BaseException) -> bool:
    """Whether the database gave up because of another transaction: the same again may succeed."""
    return getattr(error.__cause__, "sqlstate", None) in _CONFLICTS


def _field(model: type[models.Model], column: str) -> Any:
    return next(field for field in model._meta.concrete_fields if field.column == column)


def _is_json(field: Any) -> bool:
    return isinstance(field, models.JSONField)


def _array(column: Sequence[Any], field: Any) -> Any:
    if _is_json(field):
        column = [json.dumps(item) for item in column]
    return literal(column, _array_type(field)) or list(column)


@lru_cache(maxsize=512)
def _array_type(field: Any) -> str:
    if _is_json(field):
        return "text"  # an array of documents travels as text
    kind = str(field.rel_db_type(connection) if field.primary_key else field.db_type(connection))
    return kind.split("(")[0]
