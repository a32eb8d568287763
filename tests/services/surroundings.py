"""What must stand before Django reads its settings: a scratch folder and the database server.

pytest-django reads the settings before it loads any conftest, so this cannot be a fixture.
"""

from __future__ import annotations

import atexit
import os
import shutil
import tempfile
from pathlib import Path

from demo_shop.services.postgres import PostgresServer

_servers: list[PostgresServer] = []


def prepare_environment() -> None:
    """Sets ``DEMO_VAR``, and ``DEMO_DATABASE`` where ``TEST_DATABASE`` asks for PostgreSQL.

    Both are inherited: xdist's workers and the processes under test find them set and share
    the one server and the one folder of the run.
    """
    if not os.environ.get("DEMO_VAR"):
        os.environ["DEMO_VAR"] = str(scratch_folder())
    os.environ.setdefault("DEMO_DATABASE_POOL", "0")  # a pool keeps the database from being dropped
    if os.environ.get("TEST_DATABASE") == "postgres" and not os.environ.get("DEMO_DATABASE"):
        os.environ["DEMO_DATABASE"] = bundled_postgres().uri("clm")


def scratch_folder() -> Path:
    """A new folder that goes away with this process."""
    folder = Path(tempfile.mkdtemp(prefix="clm-test-"))
    folder.chmod(0o755)  # PostgreSQL under root runs as somebody else
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    return folder


def bundled_postgres() -> PostgresServer:
    """The run's one server; it is started at the first call and stopped at exit."""
    if not _servers:
        folder = scratch_folder()
        server = PostgresServer(
            data=folder / "data", log=folder / "postgres.log", database="clm", durable=False
        )
        server.start()
        atexit.register(server.stop)
        _servers.append(server)
    return _servers[0]
