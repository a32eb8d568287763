"""Crashed programs come back, stopped ones stay away, and nothing outlives its parent."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from typing import TYPE_CHECKING

import pytest

from demo_shop.services.processes import Program
from demo_shop.services.supervisor import CrashLoopError, StopRequest, Supervisor
from tests.services.workers import eventually

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

pytestmark = pytest.mark.services

SLEEP = "import time; time.sleep(60)"
NOTE = "import os, pathlib; p = pathlib.Path('starts'); p.open('a').write(f'{os.getpid()}\\n'); "


def _program(folder: Path, code: str, *, name: str = "child", rank: int = 1) -> Program:
    return Program(
        name=name,
        argv=[sys.executable, "-c", code],
        log=folder / f"{name}.log",
        cwd=folder,
        rank=rank,
    )


def _pids(folder: Path) -> list[int]:
    file = folder / "starts"
    return [int(line) for line in file.read_text().split()] if file.exists() else []


def _ticking(supervisor: Supervisor, truth: Callable[[], bool]) -> Callable[[], bool]:
    def check() -> bool:
        supervisor.tick()
        return truth()

    return check


def _alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


def test_a_crashed_program_is_started_again(tmp_path: Path) -> None:
    said: list[str] = []
    supervisor = Supervisor(say=said.append, stop=StopRequest())
    supervisor.start(_program(tmp_path, NOTE + SLEEP))
    try:
        eventually(lambda: len(_pids(tmp_path)) == 1)
        os.kill(_pids(tmp_path)[0], signal.SIGKILL)
        eventually(_ticking(supervisor, lambda: len(_pids(tmp_path)) == 2))
    finally:
        supervisor.stop()
    assert "child ended with code -9" in said[0]
    assert not any(map(_alive, _pids(tmp_path)))


def test_a_program_that_never_comes_up_is_given_up_with_its_log(tmp_path: Path) -> None:
    supervisor = Supervisor(say=lambda text: None, stop=StopRequest())
    supervisor.start(_program(tmp_path, "raise SystemExit('no such table')"))
    with pytest.raises(CrashLoopError, match="no such table"):
        eventually(_ticking(supervisor, lambda: False))
    supervisor.stop()


def test_warnings_in_logs_are_passed_on(tmp_path: Path) -> None:
    said: list[str] = []
    supervisor = Supervisor(say=said.append, stop=StopRequest())
    supervisor.start(_program(tmp_path, "print('fine'); print('ERROR: on fire');" + SLEEP))
    try:
        eventually(_ticking(supervisor, lambda: bool(said)))
    finally:
        supervisor.stop()
    assert said == ["[child] ERROR: on fire"]


def test_servers_stop_after_the_programs_that_use_them(tmp_path: Path) -> None:
    supervisor = Supervisor(say=lambda text: None, stop=StopRequest())
    wait = (
        "import signal, sys, time, pathlib\n"
        "def end(*_):\n"
        "    time.sleep(0.3); pathlib.Path('order').open('a').write(sys.argv[0]); sys.exit()\n"
        "signal.signal(signal.SIGTERM, end); sys.argv[0] = {0!r}\n"
        "pathlib.Path({0!r}).touch(); time.sleep(60)"
    )
    supervisor.start(_program(tmp_path, wait.format("server "), name="server", rank=0))
    supervisor.start(_program(tmp_path, wait.format("web "), name="web", rank=1))
    eventually(lambda: all((tmp_path / name).exists() for name in ("server ", "web ")))
    supervisor.stop()
    assert (tmp_path / "order").read_text() == "web server "


def test_a_second_stop_request_kills(tmp_path: Path) -> None:
    stop = StopRequest()
    stop.count = 2
    supervisor = Supervisor(say=lambda text: None, stop=stop)
    deaf = "import signal; signal.signal(signal.SIGTERM, signal.SIG_IGN);"
    supervisor.start(_program(tmp_path, deaf + NOTE + SLEEP))
    eventually(lambda: len(_pids(tmp_path)) == 1)
    began = time.monotonic()
    supervisor.stop()
    assert time.monotonic() - began < 2
    assert not _alive(_pids(tmp_path)[0])


@pytest.mark.skipif(sys.platform != "linux", reason="asks the Linux kernel")
def test_children_die_with_a_killed_parent(tmp_path: Path, repository: Path) -> None:
    parent = (
        "import sys, time, pathlib; from demo_shop.services.processes import Program, launch\n"
        f"folder = pathlib.Path({str(tmp_path)!r})\n"
        f"launch(Program(name='child', argv=[sys.executable, '-c', {NOTE + SLEEP!r}],"
        " log=folder / 'log', cwd=folder)); time.sleep(60)"
    )
    process = subprocess.Popen([sys.executable, "-c", parent], cwd=repository)
    eventually(lambda: len(_pids(tmp_path)) == 1)
    process.kill()
    process.wait()
    eventually(lambda: not _alive(_pids(tmp_path)[0]))
