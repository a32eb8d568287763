"""Checkout never breaks: whatever happens to us, one order comes of it.

The red-first check of each: take ``safely`` (or its savepoint) away and it fails.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import pytest
from django.db import DatabaseError, OperationalError, connection
from oscar.core.loading import get_model

from clm_plugin import clock
from clm_plugin.adapters import guard
from clm_plugin.adapters.guard import safely
from clm_plugin.adapters.oscar import receivers
from clm_plugin.events import api as events
from clm_plugin.events.models import Event
from tests.adapters import oscar_factory as oscar

if TYPE_CHECKING:
    from tests.demo.conftest import Shopper, StockedShop

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("receivers_fail")]


def buy(guest: Shopper, shop: StockedShop) -> None:
    """A guest's checkout over HTTP, to the thank-you page; exactly one order."""
    guest.add(shop.mug, 2)
    answer = guest.buy()
    assert answer.status_code == 302
    assert guest.client.get(answer.headers["Location"]).status_code == 200
    assert get_model("order", "Order").objects.count() == 1
    assert guest.order().lines.get().quantity == 2


@contextmanager
def instead_of_ours(receiver: Any) -> Iterator[None]:
    """The same connections, all with one receiver."""
    receivers.disconnect()
    connected = list(receivers._connections())
    try:
        for signal, _, model, uid in connected:
            signal.connect(receiver, sender=model, dispatch_uid=uid)
        yield
    finally:
        for signal, _, model, uid in connected:
            signal.disconnect(sender=model, dispatch_uid=uid)
        receivers.connect()


def test_each_receiver_raises(guest: Shopper, stocked_shop: StockedShop) -> None:
    calls = []

    @safely
    def broken(**_: Any) -> None:
        calls.append(1)
        raise ZeroDivisionError

    with instead_of_ours(broken):
        buy(guest, stocked_shop)
    assert len(calls) > 5


def test_each_receiver_breaks_its_statement(guest: Shopper, stocked_shop: StockedShop) -> None:
    """A database error would abort the shop's whole transaction on PostgreSQL."""
    calls = []

    def read() -> None:
        calls.append(1)
        with connection.cursor() as cursor:
            cursor.execute("SELECT nonsense FROM nowhere")

    @safely
    def broken(**_: Any) -> Any:
        return read

    with instead_of_ours(broken):
        buy(guest, stocked_shop)
    assert len(calls) > 5


@pytest.mark.parametrize("error", [RuntimeError, DatabaseError, OperationalError, RecursionError])
def test_storing_raises(
    guest: Shopper, stocked_shop: StockedShop, monkeypatch: pytest.MonkeyPatch, error: Any
) -> None:
    def refuse(*_: Any, **__: Any) -> int:
        raise error("no")

    monkeypatch.setattr(guard, "record_many", refuse)
    buy(guest, stocked_shop)


def test_the_clock_raises(
    guest: Shopper, stocked_shop: StockedShop, monkeypatch: pytest.MonkeyPatch
) -> None:
    def stopped() -> None:
        raise OSError

    monkeypatch.setattr(clock, "now", stopped)
    buy(guest, stocked_shop)


@pytest.mark.parametrize("table", ["event", "eventkey", "queuedevent"])
def test_our_tables_are_gone(guest: Shopper, stocked_shop: StockedShop, table: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(f"ALTER TABLE clm_plugin_{table} RENAME TO clm_gone")
    try:
        buy(guest, stocked_shop)
    finally:
        with connection.cursor() as cursor:
            cursor.execute(f"ALTER TABLE clm_gone RENAME TO clm_plugin_{table}")
    assert not Event.objects.filter(type="order.placed").exists()


@pytest.mark.django_db(transaction=True)
def test_the_broker_is_off(
    guest: Shopper, stocked_shop: StockedShop, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Wake-ups fail in every way; the events are stored all the same."""

    def refuse() -> None:
        raise ConnectionError

    monkeypatch.setattr(events, "on_stored", events.on_stored)
    events.on_stored.append(refuse)
    try:
        buy(guest, stocked_shop)
    finally:
        events.on_stored.remove(refuse)
    assert Event.objects.filter(type="order.placed").count() == 1


def test_an_error_of_ours_leaves_the_shops_transaction_whole() -> None:
    """In the middle of the shop's transaction, between two writes of the shop."""
    from django.db import transaction

    def read() -> None:
        with connection.cursor() as cursor:
            cursor.execute("SELECT nonsense FROM nowhere")

    with transaction.atomic():
        oscar.make_user("before@example.com")
        safely(lambda **_: read)(sender=None)
        oscar.make_user("after@example.com")
    from django.contrib.auth import get_user_model

    assert get_user_model().objects.count() == 2


def test_a_lost_transaction_is_left_alone() -> None:
    from django.db import transaction

    calls: list[int] = []
    with transaction.atomic():
        transaction.set_rollback(True)
        guard.tell(lambda: calls.append(1))
    assert calls == []
