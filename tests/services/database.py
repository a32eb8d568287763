"""How the test database comes about, and what a test may ask about it."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from django.db import connection

if TYPE_CHECKING:
    from pytest_django import DjangoDbBlocker


@pytest.fixture(scope="session")
def django_db_use_migrations() -> bool:
    """Tables come straight from the models: Oscar's and Wagtail's migrations take a minute.

    ``TEST_MIGRATIONS=1`` runs them all the same.
    """
    return os.environ.get("TEST_MIGRATIONS") == "1"


@pytest.fixture(scope="session")
def django_db_setup(
    django_db_setup: None, django_db_use_migrations: bool, django_db_blocker: DjangoDbBlocker
) -> None:
    """Adds what our migrations do by hand (triggers, rows), which tables alone do not show."""
    if django_db_use_migrations:
        return
    from tests.services.hand_written import apply_hand_written_operations

    with django_db_blocker.unblock():
        apply_hand_written_operations()


@pytest.fixture
def postgres_database(transactional_db: None) -> str:
    """The URI of Django's own test database, for processes that share it with the test."""
    if connection.vendor != "postgresql":
        pytest.skip("needs TEST_DATABASE=postgres")
    name = str(connection.settings_dict["NAME"])
    base, _, options = os.environ["DEMO_DATABASE"].partition("?")
    return f"{base.rpartition('/')[0]}/{name}?{options}"


@pytest.fixture(scope="session")
def repository() -> Path:
    """The folder that holds ``manage.py``."""
    return Path(__file__).resolve().parents[2]
