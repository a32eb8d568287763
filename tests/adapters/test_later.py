"""What could not be told in time is told later."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import OperationalError, connection

from clm_plugin import clock
from clm_plugin.adapters import guard, later
from clm_plugin.events import api as events
from clm_plugin.events.models import Event
from tests.adapters import oscar_factory as oscar
from tests.adapters.oscar_factory import visit

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("receivers_fail")]


def test_what_could_not_be_stored_is_stored_later(
    monkeypatch: pytest.MonkeyPatch, django_capture_on_commit_callbacks: Any
) -> None:
    """After a time-out the next receivers do not even try, and nothing is lost."""
    tries = []

    def slow(*_: Any, **__: Any) -> int:
        tries.append(1)
        raise OperationalError("canceling statement due to statement timeout")

    monkeypatch.setattr(guard, "record_many", slow)
    mug = oscar.make_product()
    with django_capture_on_commit_callbacks(execute=True):
        oscar.fill_basket(visit(), [(mug, 1), (oscar.make_product(), 1)])
    assert (len(tries), later.waiting()) == (1, 2)
    assert later.is_resting()
    assert later.flush() == 2
    assert later.waiting() == 0
    assert [event.type for event in Event.objects.all()] == ["basket.changed"] * 2


def test_what_was_rolled_back_is_not_stored_later(
    monkeypatch: pytest.MonkeyPatch, django_capture_on_commit_callbacks: Any
) -> None:
    from django.db import transaction

    def slow(*_: Any, **__: Any) -> int:
        raise OperationalError

    monkeypatch.setattr(guard, "record_many", slow)
    mug, request = oscar.make_product(), visit()
    with django_capture_on_commit_callbacks(execute=True), transaction.atomic():
        oscar.fill_basket(request, [(mug, 1)])
        transaction.set_rollback(True)
    assert later.waiting() == 0


def test_an_order_that_could_not_be_read_in_time_is_read_later(
    monkeypatch: pytest.MonkeyPatch, django_capture_on_commit_callbacks: Any
) -> None:
    from clm_plugin.adapters.oscar.receivers import orders

    def slow(pk: Any) -> None:
        raise OperationalError("canceling statement due to statement timeout")

    ann = oscar.make_user()
    basket = oscar.fill_basket(visit(ann), [(oscar.make_product(), 1)])
    with monkeypatch.context() as patch, django_capture_on_commit_callbacks(execute=True):
        patch.setattr(orders, "read_order", slow)
        order = oscar.checkout(basket, ann)
    assert later.flush() == later.waiting() + 2  # the order, and the stock it took
    assert Event.objects.get(type="order.placed").object_id == order.number


def test_the_list_for_later_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(later, "CAPACITY", 3)
    event = events.NewEvent(type="customer.logged_out", actor="customer:1", payload={},
                            occurred_at=clock.now())  # fmt: skip
    later.put([event] * 5)
    assert later.waiting() == 3


def test_the_thread_tries_again_until_it_can(monkeypatch: pytest.MonkeyPatch) -> None:
    tries = []

    def third_time(batch: Any, **_: Any) -> int:
        tries.append(len(batch))
        if len(tries) < 3:
            raise OperationalError
        return len(batch)

    monkeypatch.setattr(later, "record_many", third_time)
    monkeypatch.setattr(later, "WAITS", (0, 0, 0, 0))
    monkeypatch.setattr(connection, "close", lambda: None)
    later._waiting.append("an event")  # type: ignore[arg-type]  # whatever it is
    later._try()
    assert (tries, later.waiting()) == ([1, 1, 1], 0)
