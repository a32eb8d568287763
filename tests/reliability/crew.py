"""Processes to kill: one that has loaded Django, and forks of it that do one job each.

    python -m tests.reliability.crew

reads a line of JSON for each job to start (``{"job": "drain", "clm": {…}, "arguments": {…}}``),
answers with its process id, and tells of each end (``{"ended": pid, "status": wait status}``).
"""

from __future__ import annotations

import inspect
import json
import os
import subprocess
import sys
import time
import traceback
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from pathlib import Path


class Crew:
    """What a test holds: starts jobs of ``tests.reliability.work`` in processes of their own."""

    def __init__(self, database: str, repository: Path) -> None:
        environment = {"DJANGO_SETTINGS_MODULE": "tests.settings", "DEMO_DATABASE": database}
        self._process = subprocess.Popen(
            [sys.executable, "-m", "tests.reliability.crew"],
            cwd=repository,
            env={**os.environ, **environment},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        self._running: set[int] = set()

    def start(self, job: str, *, clm: dict[str, Any] | None = None, **arguments: Any) -> int:
        """Start a job; returns its process id, to be killed by."""
        assert self._process.stdin is not None
        line = {"job": job, "clm": clm or {}, "arguments": arguments}
        self._process.stdin.write(json.dumps(line) + "\n")
        self._process.stdin.flush()
        pid = int(self._read()["started"])
        self._running.add(pid)
        return pid

    def wait(self) -> dict[int, int]:
        """Wait for all jobs; returns the wait status of each by its process id."""
        ended: dict[int, int] = {}
        assert self._process.stdin is not None
        while self._running:
            self._process.stdin.write('{"job": "wait"}\n')
            self._process.stdin.flush()
            told = self._read()
            ended[told["ended"]] = told["status"]
            self._running.discard(told["ended"])
        return ended

    def run(self, job: str, processes: int = 1, **more: Any) -> None:
        """Run a job in several processes at once, each with its ``number``; all must end well."""
        at = time.monotonic() + 0.05 + 0.02 * processes
        for number in range(processes):
            self.start(job, at=at, number=number, **more)
        assert set(self.wait().values()) == {0}

    def close(self) -> None:
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.close()
        self._process.wait()
        self._process.stdout.close()

    def _read(self) -> dict[str, int]:
        assert self._process.stdout is not None
        line = self._process.stdout.readline()
        assert line, "the crew is gone: see its output above"
        found: dict[str, int] = json.loads(line)
        return found


def _serve() -> None:
    import django

    django.setup()
    from django.urls import get_resolver

    from tests.reliability import work

    get_resolver().url_patterns  # noqa: B018  (what takes time is loaded once, here)
    for line in sys.stdin:
        told = json.loads(line)
        if told["job"] == "wait":
            pid, status = os.wait()
            _tell(ended=pid, status=status)
            continue
        pid = os.fork()
        if not pid:
            _work(getattr(work, told["job"]), told)
        _tell(started=pid)


def _work(job: Any, told: dict[str, Any]) -> None:
    from django.conf import settings

    code = 1
    try:
        os.close(0)
        arguments = told["arguments"]
        if "number" not in inspect.signature(job).parameters:
            arguments.pop("number", None)
        settings.CLM = {**settings.CLM, **told["clm"]}
        time.sleep(max(0.0, arguments.pop("at", 0.0) - time.monotonic()))
        job(**arguments)
        code = 0
    except BaseException:
        traceback.print_exc()
    finally:
        sys.stderr.flush()
        os._exit(code)


def _tell(**what: int) -> None:
    print(json.dumps(what), flush=True)


if __name__ == "__main__":
    _serve()
