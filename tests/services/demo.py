"""``manage.py demo`` in a process tree and a folder of its own, for tests to start and stop."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from http.client import HTTPConnection, HTTPException
from pathlib import Path
from typing import TYPE_CHECKING

from demo_shop.services import template
from demo_shop.services.preparation import STEPS, Stamp
from demo_shop.services.valkey import free_port
from tests.services.workers import eventually

if TYPE_CHECKING:
    import signal


class Demo:
    """One demo in a folder of its own."""

    def __init__(self, var: Path, repository: Path, db: str) -> None:
        self.var, self.port, self.db = var, free_port(), db
        self._repository = repository
        self.output = var.with_suffix(".txt")
        self.process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def environment(self) -> dict[str, str]:
        """What this demo and its commands are told, and nothing that was meant for the tests."""
        clean = {k: v for k, v in os.environ.items() if not k.startswith(("DEMO_", "TEST_"))}
        return clean | {
            "DEMO_VAR": str(self.var),
            "DEMO_URL": self.url,
            "DEMO_TEMPLATE": "0",
            "DEMO_SMTP_PORT": str(free_port()),
            "DJANGO_SETTINGS_MODULE": "demo_shop.settings",
        }

    def prepare_small(self) -> None:
        """Does the first start's work: from today's template, else for few customers.

        With all customers it takes a minute more; these are enough for products to have others
        that they are bought with.
        """
        self.var.mkdir(parents=True)
        stamp = Stamp(self.var / f"prepared-{self.db}.json")
        copied = template.restore(self.var)
        for step in STEPS:
            if not copied:
                more = ("--customers", "300") if step.command == ("demo_load",) else ()
                self._manage(*step.command, *more)
            stamp.note(step)
        stamp.finish()

    def _manage(self, *command: str) -> None:
        done = subprocess.run(
            [sys.executable, "manage.py", *command],
            cwd=self._repository,
            env=self.environment(),
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stdout[-2_000:]

    def start(self) -> None:
        with self.output.open("wb") as output:
            self.process = subprocess.Popen(
                [sys.executable, "manage.py", "demo", "--port", str(self.port), "--db", self.db],
                cwd=self._repository,
                env=self.environment(),
                stdout=output,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )

    def status(self, path: str) -> int:
        connection = HTTPConnection("127.0.0.1", self.port, timeout=30)
        try:
            connection.request("GET", path)
            return connection.getresponse().status
        except (OSError, HTTPException):
            return 0
        finally:
            connection.close()

    def wait_healthy(self, seconds: float) -> float:
        began = time.monotonic()

        def ready() -> bool:
            assert self.process is not None
            assert self.process.poll() is None, self.text()
            return self.status("/clm/health") == 200

        eventually(ready, seconds=seconds, why=self.text())
        eventually(lambda: "Ready after" in self.text())
        return time.monotonic() - began

    def text(self) -> str:
        return self.output.read_text(errors="replace")

    def stop(self, number: signal.Signals) -> int:
        assert self.process is not None
        self.process.send_signal(number)
        return self.process.wait(30)

    def processes(self) -> list[int]:
        """Every process of this demo, whoever its parent is now."""
        mine = f"DEMO_VAR={self.var}".encode()
        found = []
        for folder in Path("/proc").glob("[0-9]*"):
            try:
                if mine in (folder / "environ").read_bytes().split(b"\0"):
                    found.append(int(folder.name))
            except OSError:
                continue  # it has ended meanwhile, or is somebody else's
        return found
