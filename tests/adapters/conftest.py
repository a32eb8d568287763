"""Receivers swallow their errors, so here an error in the log fails the test."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, Any

import pytest

from clm_plugin.adapters import later, people
from clm_plugin.adapters.oscar.receivers import stock
from clm_plugin.events.models import Event
from tests.adapters import credit
from tests.demo.conftest import guest, make_user, own_var, stocked_shop

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from django.test import Client

    from tests.demo.conftest import StockedShop

__all__ = ["guest", "make_user", "own_var", "stocked_shop"]


@pytest.fixture
def ann(make_user: Callable[..., Any]) -> Any:
    return make_user("ann@example.com")


@pytest.fixture
def saver(client: Client, stocked_shop: StockedShop, ann: Any) -> credit.Saver:
    """Ann, logged in, with £10 of tea credit."""
    credit.programme()
    credit.give(ann, 1000)
    client.force_login(ann)
    return credit.Saver(client)


@pytest.fixture(autouse=True)
def calm(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """No background thread, and no rest left over from the test before."""
    monkeypatch.setattr(later, "start", lambda: None)
    monkeypatch.setattr(later, "_rest_until", 0.0)
    later._waiting.clear()
    stock._changed.before.clear()
    people._forget()
    yield
    later._waiting.clear()


@pytest.fixture(autouse=True)
def loud(request: pytest.FixtureRequest, caplog: pytest.LogCaptureFixture) -> Iterator[None]:
    """Fails a test in which a receiver failed, unless it says ``receivers_fail``."""
    with caplog.at_level(logging.WARNING, logger="clm_plugin"):
        yield
    if "receivers_fail" not in request.fixturenames:
        found = [r.getMessage() for r in caplog.get_records("call") if r.name == "clm_plugin"]
        assert not found


@pytest.fixture
def receivers_fail() -> None:
    """Asked for by tests in which receivers are to fail."""


@pytest.fixture
def told() -> Callable[..., list[Any]]:
    """The stored events, of some types only, in order of receipt."""

    def read(*types: str) -> list[Any]:
        rows = Event.objects.order_by("id")
        return list(rows.filter(type__in=types) if types else rows)

    return read
