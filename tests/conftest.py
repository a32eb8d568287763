"""Fixtures for every test. Those that start a real server or process live in ``services``."""

from __future__ import annotations

import gc
import os
import sys
from typing import TYPE_CHECKING, Any

import pytest

from clm_plugin.testing.flushing import let_tests_flush
from tests.lengths import load_profile
from tests.services.baseline import keep_baseline

if TYPE_CHECKING:
    from collections.abc import Generator, Iterable, Iterator

pytest_plugins = [
    "tests.services.browser",
    "tests.services.database",
    "tests.services.mail",
    "tests.services.servers",
    "tests.services.workers",
]

# Playwright runs an event loop in the main thread, and Django then refuses the database there.
os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"

# Warnings are errors. Each exception names whose fault it is.
TOLERATED = [
    # pytest-base-url, which pytest-playwright brings along
    "ignore:Session-scoped fixtures defined as instance methods:pytest.PytestRemovedIn10Warning",
]

keep_baseline()
let_tests_flush()
load_profile()


@pytest.fixture(autouse=True)
def shops_language() -> Iterator[None]:
    """A request leaves its language active in the thread; the next test must not inherit it."""
    from django.utils import translation

    yield
    translation.deactivate()


@pytest.fixture(autouse=True)
def no_offers_in_memory() -> Iterator[None]:
    """Baskets know offers from memory for some seconds; the next test has others."""
    yield
    memory = sys.modules.get("clm_plugin.adapters.oscar.offers_memory")
    if memory is not None:
        memory.forget()


@pytest.fixture(autouse=True)
def patient(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Statements on the shop's pages may take as long as they like: what a page says is asked, not
    how fast a busy machine says it. ``hurried`` keeps the limits for the tests of them."""
    if "hurried" not in request.fixturenames:
        from clm_plugin.adapters import guard

        limited = guard._hurried_postgres
        monkeypatch.setattr(guard, "_hurried_postgres", lambda _: limited(60_000))


@pytest.fixture
def hurried() -> None:
    """Asked for by tests of what a slow or locked database may cost the shop."""


def pytest_configure(config: pytest.Config) -> None:
    for line in TOLERATED:
        config.addinivalue_line("filterwarnings", line)


@pytest.hookimpl(wrapper=True)
def pytest_collection() -> Generator[None, Any, Any]:
    """While modules are read nothing is garbage; what is loaded then stays, and is not walked again
    whenever the tests' own garbage is collected."""
    gc.disable()
    try:
        return (yield)
    finally:
        gc.freeze()
        gc.enable()


def pytest_collection_modifyitems(items: Iterable[pytest.Item]) -> None:
    """Marks what a test needs by the fixtures it asks for, so that nobody forgets to."""
    needs = {
        "postgres": {"postgres_server", "postgres_database"},
        "services": {"valkey_url", "celery_worker_process", "smtp_recorder"},
        "browser": {"page", "context", "browser", "phone"},
    }
    for item in items:
        used = set(getattr(item, "fixturenames", ()))
        for mark, fixtures in needs.items():
            if used & fixtures:
                item.add_marker(mark)
