"""``manage.py demo`` prepares the demo shop and runs all of it in one process tree."""

from __future__ import annotations

import os
import socket
from pathlib import Path
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from demo_shop.services import session
from demo_shop.services.postgres import PostgresServer
from demo_shop.services.preparation import PreparationError
from demo_shop.services.processes import NotReadyError
from demo_shop.services.supervisor import CrashLoopError
from demo_shop.services.tree import Plan
from demo_shop.services.valkey import ValkeyServer, free_port

if TYPE_CHECKING:
    from argparse import ArgumentParser

MAIL_PORT = 8025
FAILURES = (CrashLoopError, NotReadyError, PreparationError, session.StartError)


class Command(BaseCommand):
    """Reads the options; ``demo_shop.services`` does the work."""

    help = "Runs the demo: web, Celery worker and beat, and a mail box, stopped by one Ctrl-C."
    requires_system_checks: list[str] = []  # each process checks itself; here it only costs time

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--port", type=int, default=os.environ.get("PORT") or 8000)
        parser.add_argument("--host", default=os.environ.get("HOST") or "127.0.0.1")
        parser.add_argument(
            "--db",
            choices=["sqlite", "postgres"],
            default=os.environ.get("DB") or "sqlite",
            help="postgres: the bundled PostgreSQL and Valkey instead of SQLite and files",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        host, port, var = options["host"], options["port"], Path(settings.DEMO_VAR)
        try:
            session.check_port(host, port)
            servers: list[PostgresServer | ValkeyServer] = []
            links = _own_links()
            if options["db"] == "postgres":
                servers, links = _bundled(var)
            plan = Plan(var=var, host=host, port=port, smtp_port=_mail_port(port), **links)
            session.run(plan, say=self._say, servers=servers)
        except FAILURES as error:
            raise CommandError(str(error)) from error

    def _say(self, text: str) -> None:
        self.stdout.write(text)
        self.stdout.flush()


def _own_links() -> dict[str, str]:
    """Servers that whoever starts the demo runs already."""
    names = {"database": "DEMO_DATABASE", "broker": "DEMO_BROKER", "cache": "DEMO_CACHE"}
    return {key: os.environ.get(variable, "") for key, variable in names.items()}


def _bundled(var: Path) -> tuple[list[PostgresServer | ValkeyServer], dict[str, str]]:
    logs = var / "log"
    postgres = PostgresServer(data=var / "postgres", log=logs / "postgres.log", database="demo")
    valkey = ValkeyServer(data=var / "valkey", log=logs / "valkey.log")
    links = {"database": postgres.uri("demo"), "broker": valkey.url(0), "cache": valkey.url(1)}
    return [postgres, valkey], links


def _mail_port(web: int) -> int:
    """The usual port if it is free: a second demo beside the first must not fail on it."""
    wanted = int(os.environ.get("DEMO_SMTP_PORT") or MAIL_PORT)
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", wanted))
        except OSError:
            return free_port()
    return wanted if wanted != web else free_port()
