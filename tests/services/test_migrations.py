"""The migrations themselves, which other tests step around."""

from __future__ import annotations

import os
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from pathlib import Path

    from demo_shop.services.postgres import PostgresServer

pytestmark = [pytest.mark.slow, pytest.mark.services]


def _manage(repository: Path, *command: str, **environment: str) -> str:
    done = subprocess.run(
        [sys.executable, "manage.py", *command],
        cwd=repository,
        env={**os.environ, "DJANGO_SETTINGS_MODULE": "demo_shop.settings", **environment},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout[-2000:] + done.stderr[-4000:]
    return done.stdout


def _migrate_from_zero(repository: Path, var: Path, uri: str) -> None:
    where = {"DEMO_VAR": str(var), "DEMO_DATABASE": uri}
    assert "clm_plugin.0001_initial... OK" in _manage(repository, "migrate", **where)
    _manage(repository, "check", "--fail-level", "ERROR", **where)
    assert "No planned" in _manage(repository, "migrate", "--plan", **where)


def test_from_zero_on_sqlite(repository: Path, tmp_path: Path) -> None:
    _migrate_from_zero(repository, tmp_path, "")


def test_from_zero_on_postgresql(
    repository: Path, tmp_path: Path, postgres_server: PostgresServer
) -> None:
    name = f"migrations_{os.getpid()}"
    postgres_server.ensure_database(name)
    _migrate_from_zero(repository, tmp_path, postgres_server.uri(name))


def test_models_and_migrations_agree(repository: Path, tmp_path: Path) -> None:
    _manage(
        repository,
        "makemigrations",
        "--check",
        "--dry-run",
        DEMO_VAR=str(tmp_path),
        DEMO_DATABASE="",
    )
