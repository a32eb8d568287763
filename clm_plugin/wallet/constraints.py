"""What the database itself refuses beyond CHECK and UNIQUE, as constraints of the models.

Triggers, made together with the table, whether migrations make it or tests do without: the SQL is
a deferred statement of the schema editor, so the table is there by then.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db.backends.ddl_references import Statement, Table
from django.db.models import BaseConstraint

if TYPE_CHECKING:
    from django.db import models


class _Statements(BaseConstraint):
    """Statements per database, run after the table is made. Each names its table ``%(table)s``."""

    def _statements(self, model: type[models.Model], vendor: str) -> list[str]:
        raise NotImplementedError

    def __eq__(self, other: object) -> bool:
        """By what they say, or every look for changed models would find them changed."""
        return isinstance(other, _Statements) and self.deconstruct() == other.deconstruct()

    __hash__ = BaseConstraint.__hash__

    def constraint_sql(self, model: Any, schema_editor: Any) -> Any:
        """Nothing inside CREATE TABLE; the statements follow it."""
        schema_editor.deferred_sql += self._made(model, schema_editor)

    def create_sql(self, model: Any, schema_editor: Any) -> Any:
        """Where the table is there already, or Django makes all constraints after it."""
        made = self._made(model, schema_editor) or [Statement("SELECT 1")]
        if schema_editor.connection.vendor == "postgresql":
            return Statement("; ".join(each.template for each in made), **made[0].parts)
        schema_editor.deferred_sql += made[:-1]
        return made[-1]

    def _made(self, model: type[models.Model], schema_editor: Any) -> list[Statement]:
        table = Table(model._meta.db_table, schema_editor.quote_name)
        return [
            Statement(template, table=table)
            for template in self._statements(model, schema_editor.connection.vendor)
        ]

    def remove_sql(self, model: type[models.Model] | None, schema_editor: Any) -> Any:
        """Drop the triggers."""
        assert model is not None
        drops = [f"DROP TRIGGER IF EXISTS {name}" for name in self._names()]
        if schema_editor.connection.vendor == "postgresql":
            drops = [f"{drop} ON {model._meta.db_table}" for drop in drops]
        return Statement("; ".join(drops))

    def _names(self) -> tuple[str, ...]:
        raise NotImplementedError

    def validate(self, *args: Any, **kwargs: Any) -> None:
        """Nothing that a form could find out: the database decides."""


class Immutable(_Statements):
    """Rows are written once: no DELETE, and no UPDATE but of ``words``.

    ``words`` are the columns that may lead to a person. Each may be emptied or become ``erased…``,
    when she is erased, and nothing else.
    """

    def __init__(self, *, name: str, words: tuple[str, ...] = (), **kwargs: Any) -> None:
        super().__init__(name=name, **kwargs)
        self.words = tuple(words)

    def deconstruct(self) -> Any:
        """What a migration writes."""
        path, args, kwargs = super().deconstruct()
        return path, args, {**kwargs, "words": self.words}

    def _names(self) -> tuple[str, ...]:
        return (self.name, f"{self.name}_delete")

    def _statements(self, model: type[models.Model], vendor: str) -> list[str]:
        same = "IS NOT DISTINCT FROM" if vendor == "postgresql" else "IS"
        kept = [f.column for f in model._meta.concrete_fields if f.column not in self.words]
        allowed = " AND ".join(
            [f"NEW.{column} {same} OLD.{column}" for column in kept]
            + [
                f"(NEW.{word} {same} OLD.{word} OR NEW.{word} = ''"
                f" OR substr(NEW.{word}, 1, 6) = 'erased')"
                for word in self.words
            ]
        )
        if vendor == "sqlite":
            return [
                f"CREATE TRIGGER {name} BEFORE {event} ON %(table)s FOR EACH ROW {when}"
                f" BEGIN SELECT RAISE(ABORT, 'the ledger is only added to'); END"
                for name, event, when in (
                    (self.name, "UPDATE", f"WHEN NOT ({allowed})"),
                    (f"{self.name}_delete", "DELETE", ""),
                )
            ]
        if vendor != "postgresql":
            return []
        return [
            f"CREATE OR REPLACE FUNCTION {self.name}() RETURNS trigger LANGUAGE plpgsql AS $$"
            " BEGIN RAISE EXCEPTION USING ERRCODE = 'restrict_violation',"
            " MESSAGE = 'the ledger is only added to'; END $$",
            f"CREATE TRIGGER {self.name} BEFORE UPDATE ON %(table)s FOR EACH ROW"
            f" WHEN (NOT ({allowed})) EXECUTE FUNCTION {self.name}()",
            f"CREATE TRIGGER {self.name}_delete BEFORE DELETE ON %(table)s FOR EACH ROW"
            f" EXECUTE FUNCTION {self.name}()",
        ]


class ZeroSum(_Statements):
    """At the end of each transaction of the database, the postings of each of ours sum to zero in
    each currency.

    PostgreSQL only: SQLite has no deferred triggers, and no place to look once all is written.
    """

    def _names(self) -> tuple[str, ...]:
        return (self.name,)

    def _statements(self, model: type[models.Model], vendor: str) -> list[str]:
        if vendor != "postgresql":
            return []
        postings = model._meta.db_table
        account = model._meta.get_field("account").related_model
        assert account is not None
        assert not isinstance(account, str)
        return [
            f"CREATE OR REPLACE FUNCTION {self.name}() RETURNS trigger LANGUAGE plpgsql AS $$"
            " BEGIN"
            f" IF EXISTS (SELECT 1 FROM {postings} p JOIN {account._meta.db_table} a"
            " ON a.id = p.account_id WHERE p.transaction_id = NEW.transaction_id"
            " GROUP BY a.currency HAVING SUM(p.amount_minor) <> 0)"
            " THEN RAISE EXCEPTION USING ERRCODE = 'check_violation',"
            " MESSAGE = 'transaction ' || NEW.transaction_id || ' does not sum to zero';"
            " END IF; RETURN NULL; END $$",
            f"CREATE CONSTRAINT TRIGGER {self.name} AFTER INSERT ON %(table)s"
            f" DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION {self.name}()",
        ]


class Function(_Statements):
    """A function that works on the tables, made with the table it is named at. PostgreSQL only.

    ``sql``: CREATE OR REPLACE FUNCTION of this ``name``, without a per cent sign.
    """

    def __init__(self, *, name: str, sql: str, **kwargs: Any) -> None:
        super().__init__(name=name, **kwargs)
        self.sql = sql

    def deconstruct(self) -> Any:
        """What a migration writes: all of it, so that another text is another migration."""
        path, args, kwargs = super().deconstruct()
        return path, args, {**kwargs, "sql": self.sql}

    def _statements(self, model: type[models.Model], vendor: str) -> list[str]:
        return [self.sql] if vendor == "postgresql" else []

    def remove_sql(self, model: type[models.Model] | None, schema_editor: Any) -> Any:
        """Drop the function."""
        if schema_editor.connection.vendor != "postgresql":
            return Statement("SELECT 1")
        return Statement(f"DROP FUNCTION IF EXISTS {self.name}")
