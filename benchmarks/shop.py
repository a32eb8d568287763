"""The database that figures are measured on: the bundled PostgreSQL, durable, logged tables."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import TYPE_CHECKING

from benchmarks.harness import Unavailable

if TYPE_CHECKING:
    from django.db import models

    from demo_shop.services.postgres import PostgresServer


class BenchDatabase:
    """A server of its own with the demo shop's tables, gone when the run ends."""

    def __init__(self, folder: Path, *, say: Callable[[str], None]) -> None:
        self._folder = folder
        self._say = say
        self._server: PostgresServer | None = None
        self._loaded = False

    def start(self) -> None:
        """Start the server, set Django up on it and make the tables. Raises Unavailable."""
        try:
            from demo_shop.services.postgres import PostgresServer
        except ImportError as error:
            raise Unavailable(f"the bundled PostgreSQL is not installed ({error})") from error
        self._say("starting PostgreSQL and making the tables")
        self._folder.chmod(0o755)  # under root the server runs as somebody else
        self._server = PostgresServer(
            data=self._folder / "data", log=self._folder / "postgres.log", database="bench"
        )
        self._server.start()
        os.environ |= {
            "DEMO_VAR": str(self._folder / "var"),
            "DEMO_DATABASE": self._server.uri("bench"),
            "DEMO_DATABASE_POOL": "0",
            "DJANGO_SETTINGS_MODULE": "benchmarks.settings",
        }
        self._make_tables()

    def _make_tables(self) -> None:
        import django
        from django.core.management import call_command

        django.setup()
        from tests.services.baseline import keep_baseline
        from tests.services.hand_written import apply_hand_written_operations

        keep_baseline()
        call_command("migrate", run_syncdb=True, verbosity=0)
        apply_hand_written_operations()

    def load_shop(self, *, small: bool = False) -> None:
        """The demo's products, customers and orders, and its pages; once a run.

        ``small`` leaves out the pictures and most customers.
        """
        if self._loaded:
            return
        from django.core.management import call_command

        self._say("loading the demo shop")
        part = {"no_pictures": True, "customers": 800} if small else {}
        call_command("demo_load", stdout=sys.stderr, **part)
        call_command("demo_pages", stdout=sys.stderr)
        self._loaded = True

    def empty(self, *tables: type[models.Model]) -> None:
        """Empty tables, and write out what is dirty, so that no round pays for the one before."""
        from django.db import connection

        names = ", ".join(table._meta.db_table for table in tables)
        with connection.cursor() as cursor:
            cursor.execute(f"TRUNCATE {names} CASCADE")
            cursor.execute("CHECKPOINT")

    def analyze(self, tables: Iterable[type[models.Model]]) -> None:
        """Fresh statistics, as autovacuum would have made them by then."""
        from django.db import connection

        with connection.cursor() as cursor:
            for table in tables:
                cursor.execute(f"ANALYZE {table._meta.db_table}")

    def stop(self) -> None:
        if self._server is None:
            return
        from django.db import connections

        connections.close_all()
        self._server.stop()
