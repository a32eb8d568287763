"""Pieces of SQL that the ORM has no word for. Values are parameters, always."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any, Protocol

from django.db.models import BooleanField, CharField, Expression, F, Func, Q

from clm_plugin.segments.payload import NO_FILTERS, Filters

if TYPE_CHECKING:
    from collections.abc import Sequence

    from django.db.backends.base.base import BaseDatabaseWrapper
    from django.db.models import Model, QuerySet

Sql = tuple[str, "tuple[Any, ...]"]


class People(Protocol):
    """A statement that gives one column of profile ids, never NULL, repeats allowed."""

    def as_sql(self, connection: BaseDatabaseWrapper) -> Sql: ...


class Among(Expression):
    """True for the profiles that a statement gives; never NULL.

    PostgreSQL plans ``EXISTS`` over a derived table as a semi-join, its negation as an anti-join,
    and inside OR by hash or by index as it thinks best; ``NOT IN`` it can only scan. SQLite runs
    ``IN`` once and looks ids up.
    """

    conditional = True

    def __init__(self, people: People) -> None:
        super().__init__(output_field=BooleanField())
        self.people = people
        self.key: Any = F("pk")

    def get_source_expressions(self) -> list[Any]:
        return [self.key]

    def set_source_expressions(self, exprs: Sequence[Any]) -> None:
        (self.key,) = exprs

    def as_sql(self, compiler: Any, connection: BaseDatabaseWrapper) -> Sql:
        inner, params = self.people.as_sql(connection)
        key, key_params = compiler.compile(self.key)
        if connection.vendor == "postgresql":
            sql = f"EXISTS (SELECT 1 FROM ({inner}) clm_p(id) WHERE clm_p.id = {key})"
            return sql, (*params, *key_params)
        return f"{key} IN ({inner})", (*key_params, *params)


@dataclass(frozen=True, eq=False)
class Rows:
    """The people of a queryset of one column."""

    queryset: QuerySet[Any, Any]

    def as_sql(self, connection: BaseDatabaseWrapper) -> Sql:
        query = self.queryset.order_by().query
        sql, params = query.get_compiler(connection=connection).as_sql()
        return sql, tuple(params)


@dataclass(frozen=True, kw_only=True, eq=False)
class Doers:
    """Who did something from ``low`` to ``high`` times (None: no upper end) after a moment."""

    type: str
    after: datetime | None
    filters: Filters = NO_FILTERS
    low: int = 1
    high: int | None = None

    def as_sql(self, connection: BaseDatabaseWrapper) -> Sql:
        from clm_plugin.events.models import Event
        from clm_plugin.profiles.models import Identifier

        sql = (
            f"SELECT i.profile_id FROM {Event._meta.db_table} e"
            f" JOIN {Identifier._meta.db_table} i ON i.actor = e.actor WHERE e.type = %s"
        )
        params: list[Any] = [self.type]
        if self.after is not None:
            sql += " AND e.occurred_at > %s"
            params.append(connection.ops.adapt_datetimefield_value(self.after))
        tests, values = self.filters.as_sql(connection.vendor)
        params += values
        if self.low > 1 or self.high is not None:
            tests += " GROUP BY i.profile_id HAVING COUNT(*) >= %s"
            params.append(self.low)
            if self.high is not None:
                tests += " AND COUNT(*) <= %s"
                params.append(self.high)
        return sql + tests, tuple(params)


@dataclass(frozen=True, eq=False)
class HoldersOfBasket:
    """Whose basket, as its latest change left it, has a product or a category in it."""

    filters: Filters

    def as_sql(self, connection: BaseDatabaseWrapper) -> Sql:
        from clm_plugin.events.models import Event
        from clm_plugin.profiles.models import Facts

        tests, values = self.filters.as_sql(connection.vendor)
        return (
            f"SELECT f.profile_id FROM {Facts._meta.db_table} f"
            f" JOIN {Event._meta.db_table} e ON e.id = f.basket_event"
            f" WHERE f.basket_items > 0{tests}",
            tuple(values),
        )


class AsciiLower(Func):
    """Small letters for A to Z and nothing else: the same in every database and locale."""

    function = "LOWER"
    output_field = CharField()

    def as_postgresql(self, compiler: Any, connection: BaseDatabaseWrapper, **extra: Any) -> Sql:
        sql, params = self.as_sql(
            compiler, connection, template='LOWER(%(expressions)s COLLATE "C")', **extra
        )
        return sql, tuple(params)


@dataclass(frozen=True, eq=False)
class OnRow:
    """A test of the one row that a profile has in a table; ``missing`` is the answer without one.

    Tests of one table are put together before they become SQL, so that it is looked at once. They
    never become joins of the ORM, which turns ``a OR NOT a`` over a row that is missing into false.
    """

    model: type[Model]
    test: Q
    missing: bool = False

    def __invert__(self) -> OnRow:
        return OnRow(self.model, ~self.test, not self.missing)

    def __and__(self, other: OnRow) -> OnRow:
        return OnRow(self.model, self.test & other.test, self.missing and other.missing)

    def __or__(self, other: OnRow) -> OnRow:
        return OnRow(self.model, self.test | other.test, self.missing or other.missing)

    def as_q(self) -> Q:
        rows = self.model._default_manager.filter(~self.test if self.missing else self.test)
        found = among(rows.values("profile"))
        return ~found if self.missing else found


def on_facts(test: Q, *, missing: bool = False) -> OnRow:
    from clm_plugin.profiles.models import Facts

    return OnRow(Facts, test, missing)


def on_standing(test: Q) -> OnRow:
    from clm_plugin.lifecycle.models import Standing

    return OnRow(Standing, test)


def among(people: QuerySet[Any, Any] | People) -> Q:
    """A condition that holds for the people of a statement or a queryset of one column."""
    return Q(Among(people if hasattr(people, "as_sql") else Rows(people)))
