"""``manage.py demo`` as a person runs it: from an empty folder to a healthy shop and back."""

from __future__ import annotations

import re
import signal
import socket
from typing import TYPE_CHECKING

import pytest

from tests.services.demo import Demo
from tests.services.workers import eventually

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

pytestmark = pytest.mark.services

# Alone it takes a minute and a half, and the promise for a later start is 10 s; but here
# another test process shares the two cores.
FIRST_START = 420.0
LATER_START = 25.0


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
    eventually(lambda: demo.processes() == [], seconds=60, why="orphans of a killed demo")


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
