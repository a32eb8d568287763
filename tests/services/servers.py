"""The servers: PostgreSQL and Valkey, one of each a session, from Python packages."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from demo_shop.services.valkey import ValkeyServer
from tests.services.surroundings import bundled_postgres

if TYPE_CHECKING:
    from collections.abc import Iterator

    from demo_shop.services.postgres import PostgresServer


@pytest.fixture(scope="session")
def postgres_server() -> PostgresServer:
    """The bundled PostgreSQL 18, also in a run whose own database is SQLite.

    Tests that need Django's database to be PostgreSQL ask for ``postgres_database`` instead.
    """
    return bundled_postgres()


@pytest.fixture(scope="session")
def valkey_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ValkeyServer]:
    """The bundled Valkey; it can be stopped and started to see what a lost broker does."""
    folder = tmp_path_factory.mktemp("valkey")
    with ValkeyServer(data=folder, log=folder / "valkey.log") as server:
        yield server


@pytest.fixture
def valkey_url(valkey_server: ValkeyServer) -> str:
    """The URL of an empty Valkey database."""
    import redis

    with redis.Redis.from_url(valkey_server.url()) as client:
        client.flushall()
    return valkey_server.url()
