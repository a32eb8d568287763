"""``manage.py demo`` as a person runs it: from an empty folder to a healthy shop and back."""

from __future__ import annotations

import os
import re
import signal
import socket
import subprocess
import sys
import time
from http.client import HTTPConnection, HTTPException
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from demo_shop.services.valkey import free_port
from tests.services.workers import eventually

if TYPE_CHECKING:
    from collections.abc import Iterator

pytestmark = pytest.mark.services

# Alone it takes a minute and a half, and the promise for a later start is 10 s; but here
# another test process shares the two cores.
FIRST_START = 420.0
LATER_START = 25.0


class Demo:
    """One demo in a folder of its own."""

    def __init__(self, var: Path, repository: Path, db: str) -> None:
        self.var, self.port, self.db = var, free_port(), db
        self._repository = repository
        self.output = var.with_suffix(".txt")
        self.process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        environment = {k: v for k, v in os.environ.items() if not k.startswith(("DEMO_", "TEST_"))}
        environment |= {
            "DEMO_VAR": str(self.var),
            "DEMO_TEMPLATE": "0",
            "DEMO_SMTP_PORT": str(free_port()),
            "DJANGO_SETTINGS_MODULE": "demo_shop.settings",
        }
        with self.output.open("wb") as output:
            self.process = subprocess.Popen(
                [sys.executable, "manage.py", "demo", "--port", str(self.port), "--db", self.db],
                cwd=self._repository,
                env=environment,
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


@pytest.fixture(params=["sqlite", "postgres"])
def demo(request: pytest.FixtureRequest, tmp_path: Path, repository: Path) -> Iterator[Demo]:
    tmp_path.chmod(0o755)
    made = Demo(tmp_path / "var", repository, request.param)
    yield made
    if made.process is not None and made.process.poll() is None:
        made.process.kill()
        made.process.wait()


@pytest.mark.slow
@pytest.mark.timeout(900)
def test_from_an_empty_folder_and_back(demo: Demo) -> None:
    demo.start()
    demo.wait_healthy(FIRST_START)
    assert re.search(rf"Shop +http://127\.0\.0\.1:{demo.port}/", demo.text())
    for path in ("/", "/catalogue/", "/demo/", "/demo/mail/", "/admin/login/"):
        assert demo.status(path) == 200, path
    assert len(demo.processes()) >= 5
    assert demo.stop(signal.SIGTERM) == 0
    assert demo.processes() == []

    demo.start()
    assert demo.wait_healthy(LATER_START) < LATER_START
    assert "Making the tables" not in demo.text()
    assert demo.process is not None
    demo.process.kill()
    eventually(lambda: demo.processes() == [], why="orphans of a killed demo")


def test_a_taken_port_is_explained(tmp_path: Path, repository: Path) -> None:
    demo = Demo(tmp_path / "var", repository, "sqlite")
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", demo.port))
        taken.listen()
        demo.start()
        assert demo.process is not None
        assert demo.process.wait(60) == 1
    assert f"PORT={demo.port + 1} make demo" in demo.text()
    assert "Traceback" not in demo.text()
