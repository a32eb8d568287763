"""Two clerks refund the same of one order in the same moment, on PostgreSQL.

They meet between the question whether it was refunded and the writing, where that is possible.
"""

from __future__ import annotations

import threading
from contextlib import nullcontext, suppress
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection
from oscar.core.loading import get_model

from clm_plugin.adapters.oscar import refunds_waiting
from demo_shop import gateway, refunds
from demo_shop.models import GatewayTransaction
from tests.adapters import oscar_factory as oscar
from tests.wallet.racing import at_once, no_locks

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite has one writer at a time"),
]
CHARGE = Decimal("3.95")


def an_order() -> Any:
    """Two mugs and a parcel, paid by card: two delivery charges would fit in what was paid."""
    order = oscar.make_order(oscar.make_user(), [(oscar.make_product(), 2)], shipping=395)
    kind, _ = get_model("payment", "SourceType").objects.get_or_create(
        code="card", defaults={"name": "Card"}
    )
    total = order.total_incl_tax
    charge = gateway.charge(
        token="tok_approve_1", amount=total, currency="GBP", order_number=order.number
    )
    order.sources.create(
        source_type=kind,
        currency="GBP",
        amount_allocated=total,
        amount_debited=total,
        reference=charge,
    )
    refunds.refund_event_type()
    return order


def refund_delivery_twice(monkeypatch: pytest.MonkeyPatch, *, locked: bool) -> list[Any]:
    """What two clerks were answered."""
    order = an_order()
    meeting, asked = threading.Barrier(2), refunds.is_delivery_refunded

    def is_delivery_refunded(its: Any) -> bool:
        found = asked(its)
        with suppress(threading.BrokenBarrierError):
            # With the lock nobody else comes here before this refund is done.
            meeting.wait(0.3 if locked else 20)
        return found

    monkeypatch.setattr(refunds, "is_delivery_refunded", is_delivery_refunded)

    def clerk(key: str) -> Any:
        return refunds.ShopEventHandler().refund_lines(order, [], [], shipping=CHARGE, key=key)

    with nullcontext() if locked else no_locks(seconds=0.01):
        return at_once(lambda: clerk("one"), lambda: clerk("two"))


def try_again_twice(monkeypatch: pytest.MonkeyPatch, *, locked: bool) -> list[Any]:
    """What two clerks were answered who both pay what waits of an order, one delivery charge."""
    order = an_order()
    source = order.sources.get()
    source.transactions.create(txn_type=refunds_waiting.WAITING, amount=CHARGE, reference="step")
    meeting, asked = threading.Barrier(2), vars(refunds_waiting)["get_model"]

    def model(app: str, name: str) -> Any:
        if name == "Source":  # behind the question whether it waits still
            with suppress(threading.BrokenBarrierError):
                meeting.wait(0.3 if locked else 20)
        return asked(app, name)

    monkeypatch.setattr(refunds_waiting, "get_model", model)

    def clerk() -> Any:
        return refunds.ShopEventHandler().finish(order)

    with nullcontext() if locked else no_locks(seconds=0.01):
        return at_once(clerk, clerk)


def written() -> list[Decimal]:
    """What the shop says that it refunded. (The gateway knows a step again, so that it alone would
    not tell the difference.)"""
    rows = get_model("order", "PaymentEvent").objects.filter(event_type__name=refunds.REFUND)
    return [row.amount for row in rows]


def test_of_two_clerks_who_refund_the_delivery_charge_one_pays(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    found = refund_delivery_twice(monkeypatch, locked=True)
    (refused,) = [each for each in found if isinstance(each, BaseException)]
    assert isinstance(refused, refunds.RefundError)
    assert "delivery charge was refunded before" in str(refused)
    assert written() == [CHARGE]
    assert [row.amount for row in GatewayTransaction.objects.filter(kind="refund")] == [CHARGE]


def test_red_without_the_locks_both_are_paid(monkeypatch: pytest.MonkeyPatch) -> None:
    found = refund_delivery_twice(monkeypatch, locked=False)
    assert [each for each in found if isinstance(each, BaseException)] == []
    assert written() == [CHARGE, CHARGE]


def test_of_two_clerks_who_try_again_one_pays(monkeypatch: pytest.MonkeyPatch) -> None:
    found = try_again_twice(monkeypatch, locked=True)
    assert sorted(len(each.parts) for each in found) == [0, 1]
    assert [each.waiting for each in found] == [(), ()]
    assert written() == [CHARGE]


def test_red_without_the_locks_what_waits_is_paid_twice(monkeypatch: pytest.MonkeyPatch) -> None:
    found = try_again_twice(monkeypatch, locked=False)
    assert [len(each.parts) for each in found] == [1, 1]
    assert written() == [CHARGE, CHARGE]
