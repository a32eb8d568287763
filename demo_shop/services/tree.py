"""Which programs the demo consists of, and what each is told."""

from __future__ import annotations

import sys
from dataclasses import dataclass
from typing import TYPE_CHECKING

from demo_shop.services.preparation import ROOT
from demo_shop.services.processes import Program

if TYPE_CHECKING:
    from pathlib import Path


@dataclass(frozen=True, kw_only=True)
class Plan:
    """One demo: where it keeps its things and where it answers."""

    var: Path
    host: str
    port: int
    smtp_port: int
    database: str = ""
    broker: str = ""
    cache: str = ""

    @property
    def url(self) -> str:
        return f"http://{self.host}:{self.port}"

    @property
    def logs(self) -> Path:
        return self.var / "log"

    def environment(self) -> dict[str, str]:
        """What every process of this demo gets."""
        return {
            "DJANGO_SETTINGS_MODULE": "demo_shop.settings",
            "DEMO_VAR": str(self.var),
            "DEMO_DATABASE": self.database,
            "DEMO_BROKER": self.broker,
            "DEMO_CACHE": self.cache,
            "DEMO_SMTP_PORT": str(self.smtp_port),
            "DEMO_URL": self.url,
        }

    def programs(self) -> list[Program]:
        """Mail sink, web, worker and scheduler."""
        celery = ("-m", "celery", "-A", "demo_shop.celery")
        # Threads share the imports; SQLite has one writer, so more of them would only wait.
        threads = "4" if self.database else "2"
        worker = (*celery, "worker", "--loglevel", "INFO", "--pool", "threads", "-c", threads)
        listen = f"--listen={self.host}:{self.port}"
        return [
            self._python("mail", "manage.py", "demo_mailbox", "--port", str(self.smtp_port)),
            self._python(
                "web", "-m", "waitress", listen, "--threads=8", "demo_shop.wsgi:application"
            ),
            self._python("worker", *worker, "--without-gossip", "--without-mingle"),
            self._python("beat", *celery, "beat", "--loglevel", "INFO", "--pidfile="),
        ]

    def _python(self, name: str, *arguments: str) -> Program:
        return Program(
            name=name,
            argv=[sys.executable, *arguments],
            log=self.logs / f"{name}.log",
            environment=self.environment(),
            cwd=ROOT,
        )
