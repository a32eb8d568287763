"""Long lists in a statement: one array in place of thousands of parameters.

PostgreSQL gets ``column = ANY(array)``. Thousands of ``%s`` cost more to put into a statement, and
to read out of it again, than the rows they fetch. Other databases get an ordinary ``IN``.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import datetime
from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.db.models import F, Lookup
from django.db.models.lookups import In

if TYPE_CHECKING:
    from django.db.backends.base.base import BaseDatabaseWrapper

    Sql = tuple[str, Any]


class _AnyOf(Lookup[Any]):
    lookup_name = "any_of"
    prepare_rhs = False
    can_use_none_as_rhs = True

    def as_sql(self, compiler: Any, connection: BaseDatabaseWrapper) -> Sql:
        return compiler.compile(In(self.lhs, self.rhs))  # type: ignore[no-any-return]  # compilers have no types

    def as_postgresql(self, compiler: Any, connection: BaseDatabaseWrapper) -> Sql:
        lhs, params = self.process_lhs(compiler, connection)
        return f"{lhs} = ANY(%s)", [*params, self.rhs]


def any_of(column: str, values: Iterable[int] | Iterable[str]) -> Any:
    """For ``filter()``: the column (a field, across relations with ``__``) has one of the values.

    ``None`` among the values finds nothing, as with ``IN``.
    """
    return _AnyOf(F(column), list(values))


def literal(values: Iterable[Any], kind: str) -> str | None:
    """The values as the text of a PostgreSQL array, to be cast: ``%s::bigint[]``.

    ``kind`` is the type of its elements. The driver's own way asks for the type of each value;
    where a column says what they all are, this takes a fifth of the time. None for a type that is
    not known here: pass the list.
    """
    write = _WRITERS.get(kind)
    if write is None:
        return None
    return "{" + ",".join(["NULL" if v is None else write(v) for v in values]) + "}"


def _quoted(text: object) -> str:
    escaped = str(text).replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'


def _moment(value: datetime) -> str:
    return f'"{value.isoformat()}"'


def _hex(value: UUID) -> str:
    return value.hex if isinstance(value, UUID) else str(value)


def _flag(value: bool) -> str:
    return "t" if value else "f"


_WRITERS: dict[str, Callable[[Any], str]] = {
    "smallint": str,
    "integer": str,
    "bigint": str,
    "boolean": _flag,
    "timestamp with time zone": _moment,
    "date": _moment,
    "uuid": _hex,
    "varchar": _quoted,
    "text": _quoted,
}
