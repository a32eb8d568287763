"""Real Celery workers against the test's database, to be killed at will."""

from __future__ import annotations

import os
import signal
import sys
import time
from typing import TYPE_CHECKING, Protocol

import pytest

from demo_shop.services.processes import Program, kill_group, launch, stop, wait_until

if TYPE_CHECKING:
    import subprocess
    from collections.abc import Iterator
    from pathlib import Path

READY = " ready."
BROKER_SETTINGS = ["broker_url", "broker_read_url", "broker_write_url"]


class WorkerProcess:
    """One ``celery worker`` in its own process."""

    def __init__(self, program: Program) -> None:
        self.program = program
        self.process: subprocess.Popen[bytes] = launch(program)

    def wait_ready(self) -> None:
        """Returns when the worker takes tasks."""
        wait_until(lambda: READY in self.log(), self.process, self.program, seconds=60)

    def log(self) -> str:
        return self.program.log.read_text(errors="replace")

    def kill(self) -> None:
        """As a crash would: no goodbye, nothing flushed."""
        os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()

    def stop(self) -> None:
        stop(self.process, self.program)
        kill_group(self.process)


class StartWorker(Protocol):
    """Starts a worker; more environment and command-line options may be given."""

    def __call__(
        self,
        *options: str,
        environment: dict[str, str] | None = None,
        concurrency: int = 2,
        pool: str = "threads",
        wait: bool = True,
    ) -> WorkerProcess: ...


@pytest.fixture
def celery_broker(valkey_url: str) -> Iterator[str]:
    """Tasks that the test itself sends go to Valkey instead of into memory."""
    from demo_shop.celery import app

    before = {name: app.conf[name] for name in BROKER_SETTINGS}
    app.conf.update(dict.fromkeys(BROKER_SETTINGS, valkey_url))
    _forget_connections()
    yield valkey_url
    app.conf.update(before)
    _forget_connections()


def _forget_connections() -> None:
    from kombu import pools

    from demo_shop.celery import app

    pools.reset()  # type: ignore[no-untyped-call]  # kombu has no types
    app.amqp._producer_pool = None
    app._pool = None


@pytest.fixture
def celery_worker_process(
    postgres_database: str, celery_broker: str, tmp_path: Path, repository: Path
) -> Iterator[StartWorker]:
    """A factory of workers that share the test's PostgreSQL database and Valkey.

    Mail leaves through the port in ``environment={"DEMO_SMTP_PORT": str(smtp_recorder.port)}``,
    else it stays in the worker's memory.
    """
    started: list[WorkerProcess] = []

    def start(
        *options: str,
        environment: dict[str, str] | None = None,
        concurrency: int = 2,
        pool: str = "threads",
        wait: bool = True,
    ) -> WorkerProcess:
        number = len(started) + 1
        command = ["-m", "celery", "-A", "demo_shop.celery", "worker", "--loglevel", "INFO"]
        command += ["--without-gossip", "--without-mingle", "--hostname", f"test{number}@%h"]
        command += ["--pool", pool, "--concurrency", str(concurrency), *options]
        surroundings = {
            "DJANGO_SETTINGS_MODULE": "tests.settings",
            "DEMO_DATABASE": postgres_database,
            "DEMO_BROKER": celery_broker,
            **(environment or {}),
        }
        worker = WorkerProcess(
            Program(
                name=f"worker {number}",
                argv=[sys.executable, *command],
                log=tmp_path / f"worker-{number}.log",
                environment=surroundings,
                cwd=repository,
            )
        )
        started.append(worker)
        if wait:
            worker.wait_ready()
        return worker

    yield start
    for worker in started:
        worker.stop()


def eventually(truth: object, *, seconds: float = 20.0, why: str = "") -> None:
    """Waits until ``truth()`` holds; for what another process is about to do."""
    assert callable(truth)
    end = time.monotonic() + seconds
    while not truth():
        assert time.monotonic() < end, why or f"not true within {seconds} s"
        time.sleep(0.05)
