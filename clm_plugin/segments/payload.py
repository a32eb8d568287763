"""Filters on the payloads of events, in two forms that agree: SQL and Python.

Types are told apart: text is compared with text, numbers with numbers as 64-bit floats. No value,
or one of another type, fulfils only ``ne``.
"""

from __future__ import annotations

import json
import operator
from dataclasses import dataclass
from typing import Any

from clm_plugin.segments.ascii import ascii_lower

Value = str | int | float | bool

_COMPARE = {"gt": operator.gt, "gte": operator.ge, "lt": operator.lt, "lte": operator.le}
_SIGNS = {"gt": ">", "gte": ">=", "lt": "<", "lte": "<=", "eq": "="}


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparison:
    """A comparison of the value at ``path`` with ``value``."""

    path: tuple[str, ...]
    op: str = "eq"
    value: Value = ""

    def holds(self, payload: Any) -> bool:
        found: Any = payload
        for name in self.path:
            found = found.get(name) if isinstance(found, dict) else None
        return _negated(self.op, _compare(self.op, found, self.value))

    def as_sql(self, vendor: str) -> tuple[str, list[Any]]:
        postgres = vendor == "postgresql"
        place: Any = list(self.path) if postgres else _sqlite_path(self.path)
        sql, params = (_postgres if postgres else _sqlite)(self.op, place, self.value)
        return (f"NOT {sql}" if self.op == "ne" else sql), params


@dataclass(frozen=True, slots=True)
class Filters:
    """Tests of which all must hold, and ``either`` of which one must, if there are any."""

    every: tuple[Comparison, ...] = ()
    either: tuple[Comparison, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.every or self.either)

    def hold(self, payload: Any) -> bool:
        return all(test.holds(payload) for test in self.every) and (
            not self.either or any(test.holds(payload) for test in self.either)
        )

    def as_sql(self, vendor: str) -> tuple[str, list[Any]]:
        """`` AND …`` for the events ``e``, and its parameters; empty without a test."""
        sql, params = "", []
        for test in self.every:
            text, values = test.as_sql(vendor)
            sql += f" AND {text}"
            params += values
        if self.either:
            tests = [test.as_sql(vendor) for test in self.either]
            sql += f" AND ({' OR '.join(text for text, _ in tests)})"
            params += [value for _, values in tests for value in values]
        return sql, params


NO_FILTERS = Filters()


def _negated(op: str, found: bool) -> bool:
    return not found if op == "ne" else found


def _compare(op: str, found: Any, value: Value) -> bool:
    if op == "contains":
        if isinstance(found, list):
            return any(isinstance(one, str) and one == value for one in found)
        return isinstance(found, str) and ascii_lower(str(value)) in ascii_lower(found)
    if isinstance(value, bool) or isinstance(found, bool):
        return found is value
    if isinstance(value, str):
        return isinstance(found, str) and found == value
    if not isinstance(found, int | float):
        return False
    return bool(_COMPARE.get(op, operator.eq)(float(found), float(value)))


def _postgres(op: str, path: list[str], value: Value) -> tuple[str, list[Any]]:
    # CASE, so that a text is never cast to a number, whatever the order the planner prefers.
    kind, text = "jsonb_typeof(e.payload #> %s)", "e.payload #>> %s"
    if op == "contains":
        sql = (
            f"(CASE {kind} WHEN 'string' THEN strpos(LOWER(({text}) COLLATE \"C\"), %s) > 0"
            " WHEN 'array' THEN (e.payload #> %s) @> to_jsonb(%s::text) ELSE FALSE END)"
        )
        return sql, [path, path, ascii_lower(str(value)), path, value]
    if isinstance(value, bool):
        test, name, value = f"{text} = %s", "boolean", "true" if value else "false"
    elif isinstance(value, str):
        test, name = f"{text} = %s", "string"
    else:
        test, name = f"({text})::float8 {_SIGNS.get(op, '=')} %s", "number"
        value = float(value)
    return f"(CASE WHEN {kind} = '{name}' THEN {test} ELSE FALSE END)", [path, path, value]


def _sqlite(op: str, path: str, value: Value) -> tuple[str, list[Any]]:
    kind, found = "JSON_TYPE(e.payload, %s)", "JSON_EXTRACT(e.payload, %s)"
    if op == "contains":
        sql = (
            f"(CASE {kind} WHEN 'text' THEN INSTR(LOWER({found}), %s) > 0 WHEN 'array' THEN EXISTS"
            " (SELECT 1 FROM JSON_EACH(e.payload, %s) j WHERE j.type = 'text' AND j.value = %s)"
            " ELSE 0 END)"
        )
        return sql, [path, path, ascii_lower(str(value)), path, value]
    if isinstance(value, bool):
        return f"COALESCE({kind} = %s, 0)", [path, "true" if value else "false"]
    if isinstance(value, str):
        return f"(CASE WHEN {kind} = 'text' THEN {found} = %s ELSE 0 END)", [path, path, value]
    test = f"CAST({found} AS REAL) {_SIGNS.get(op, '=')} %s"
    sql = f"(CASE WHEN {kind} IN ('integer', 'real') THEN {test} ELSE 0 END)"
    return sql, [path, path, float(value)]


def _sqlite_path(path: tuple[str, ...]) -> str:
    # Written as Django writes its JSON, which is how the keys stand in the column.
    return "$" + "".join(f".{json.dumps(name)}" for name in path)
