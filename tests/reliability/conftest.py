"""Processes for the tests of what we promise."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.reliability.crew import Crew

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

_crews: list[Crew] = []


@pytest.fixture
def crew(postgres_database: str, repository: Path) -> Crew:
    """Processes on the test's PostgreSQL database; the one that forks them is started once."""
    if not _crews:
        _crews.append(Crew(postgres_database, repository))
    return _crews[0]


@pytest.fixture(scope="session", autouse=True)
def _crew_goes_home() -> Iterator[None]:
    yield
    for crew in _crews:
        crew.close()
    _crews.clear()
