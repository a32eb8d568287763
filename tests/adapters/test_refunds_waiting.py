"""Orders that two gateways were paid for: one of them pays back, and the other fails."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Any

import pytest
from oscar.core.loading import get_model

from clm_plugin import clock, pipeline
from clm_plugin.events.models import Event
from clm_plugin.shop.api import get_shop
from demo_shop import gateway, refunds
from demo_shop.models import GatewayTransaction
from tests.adapters.credit import Saver, free
from tests.adapters.test_credit_combined import given_back, handler, proven

if TYPE_CHECKING:
    from tests.demo.conftest import StockedShop

pytestmark = pytest.mark.django_db
POUND = Decimal("1.00")


@pytest.fixture
def order(saver: Saver, stocked_shop: StockedShop) -> Any:
    """A lantern for £45: £10 of store credit, £20 by card and £15 by somebody's gift card."""
    saver.checkout(stocked_shop.lantern)
    order = saver.order()
    pipeline.drain(now=clock.now())
    card = order.sources.get(source_type__code="card")
    card.amount_allocated = card.amount_debited = Decimal("20.00")
    card.save()
    GatewayTransaction.objects.filter(reference=card.reference).update(amount=Decimal("20.00"))
    kind = get_model("payment", "SourceType").objects.create(code="voucher", name="Gift card")
    second = gateway.charge(
        token="tok_approve_1", amount=Decimal("15.00"), currency="GBP", order_number=order.number
    )
    order.sources.create(
        source_type=kind,
        currency="GBP",
        amount_allocated=Decimal("15.00"),
        amount_debited=Decimal("15.00"),
        reference=second,
    )
    return order


@pytest.fixture
def broken(order: Any, monkeypatch: pytest.MonkeyPatch, receivers_fail: None) -> set[str]:
    """Charges whose refund fails as long as they are in here; the log says so."""
    down = {order.sources.get(source_type__code="voucher").reference}
    refund = gateway.refund

    def sometimes(*, reference: str, **asked: Any) -> str:
        if reference in down:
            raise gateway.GatewayError("the gift card's shop is closed")
        return refund(reference=reference, **asked)

    monkeypatch.setattr(gateway, "refund", sometimes)
    return down


def moved() -> list[Decimal]:
    rows = GatewayTransaction.objects.filter(kind="refund").order_by("pk")
    return [row.amount for row in rows]


def told() -> dict[str, int]:
    rows = Event.objects.filter(type="order.refunded").order_by("id")
    return {row.payload["tender"]: row.payload["amount_minor"] for row in rows}


def test_what_was_paid_back_is_written_down_and_the_rest_is_paid_once(
    order: Any, broken: set[str], ann: Any
) -> None:
    """Red before: the card's £4 had moved, and nothing was written."""
    done = handler().refund_amount(order, Decimal("9.00"), key="form-1")
    assert {part.label: part.amount for part in done.parts} == {
        "Store credit": 2 * POUND,
        "Card ending 4242": 4 * POUND,
    }
    (waits,) = done.waiting
    assert (waits.label, waits.amount) == ("Gift card", 3 * POUND)
    assert "closed" in waits.why
    assert moved() == [4 * POUND]
    assert given_back(order) == {"store-credit": 2 * POUND, "card": 4 * POUND, "voucher": 0}
    assert refunds.refundable(order) == 36 * POUND
    assert told() == {"store-credit": 200, "card": 400}
    assert len(get_shop().refunds(limit=9)) == 2
    assert free(ann) == 200
    assert "£3.00" not in order.notes.latest("pk").message.split(". ")[0]

    again = handler().refund_amount(order, Decimal("9.00"), key="form-1")
    assert (again.parts, len(again.waiting)) == ((), 1)
    broken.clear()
    for _ in range(2):
        handler().refund_amount(order, Decimal("9.00"), key="form-1")
    assert moved() == [4 * POUND, 3 * POUND]
    assert given_back(order)["voucher"] == 3 * POUND
    assert refunds.refundable(order) == 36 * POUND
    assert told() == {"store-credit": 200, "card": 400, "voucher": 300}
    events = order.payment_events.filter(event_type__name="Refund").order_by("pk")
    assert [event.amount for event in events] == [6 * POUND, 3 * POUND]
    pipeline.drain(now=clock.now())
    assert free(ann) == 200
    assert proven()


def test_what_waits_is_not_refunded_a_second_time_by_another_refund(
    order: Any, broken: set[str], ann: Any
) -> None:
    handler().refund_amount(order, Decimal("9.00"))
    broken.clear()
    done = handler().refund_amount(order, refunds.refundable(order))
    assert sum(part.amount for part in done.parts) == 39 * POUND
    assert given_back(order) == {
        "store-credit": 10 * POUND,
        "card": 20 * POUND,
        "voucher": 15 * POUND,
    }
    assert sum(moved()) == 35 * POUND
    assert refunds.refundable(order) == 0
    pipeline.drain(now=clock.now())
    assert free(ann) == 1000
    assert proven()


def test_a_cancelled_order_stays_cancelled_and_says_what_waits(
    order: Any, broken: set[str], admin_client: Any, ann: Any
) -> None:
    url = f"/dashboard/orders/{order.number}/"
    page = admin_client.post(url, {"order_action": "cancel_order"}, follow=True).content.decode()
    assert "£20.00 went back to Card ending 4242" in page
    assert "15.00 to Gift card did not go back yet: the gift card" in page
    assert "what was paid has been refunded" not in page
    assert "A part of a refund did not go back yet" in page
    order.refresh_from_db()
    assert order.status == refunds.CANCELLED

    finish = {"order_action": "finish_refunds"}
    page = admin_client.post(url, finish, follow=True).content.decode()
    assert "did not go back yet" in page
    broken.clear()
    for _ in range(2):
        page = admin_client.post(url, finish, follow=True).content.decode()
        assert "Nothing of this refund waits any more" in page
        assert "A part of a refund did not go back yet" not in page
    assert moved() == [20 * POUND, 15 * POUND]
    pipeline.drain(now=clock.now())
    assert free(ann) == 1000
    assert proven()


def test_the_dashboard_adds_up_while_a_part_waits(
    order: Any, broken: set[str], admin_client: Any
) -> None:
    handler().refund_amount(order, Decimal("9.00"))
    context = admin_client.get(f"/dashboard/orders/{order.number}/").context
    assert dict(context["tenders_left"]) == {
        "Store credit": 8 * POUND,
        "Card ending 4242": 16 * POUND,
        "Gift card": 12 * POUND,
    }
    assert context["refundable"] == 36 * POUND


def test_nothing_moves_where_the_first_gateway_fails(
    order: Any, broken: set[str], ann: Any
) -> None:
    broken.add(order.sources.get(source_type__code="card").reference)
    with pytest.raises(refunds.RefundError):
        handler().refund_amount(order, Decimal("9.00"))
    assert moved() == []
    assert free(ann) == 0
    assert refunds.refundable(order) == 45 * POUND
    assert refunds.waiting_of(order) == []


def test_a_crash_after_the_gateway_paid_moves_no_money_twice(
    order: Any, ann: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The gateway did it, and the shop's transaction was lost: another try is the same step."""
    paid: dict[str, str] = {}
    refund = gateway.refund

    def lost(*, reference: str, amount: Decimal, key: str) -> str:
        if key in paid:  # as a real gateway remembers it, whatever the shop forgot
            return paid[key]
        paid[key] = refund(reference=reference, amount=amount, key=key)
        raise SystemExit

    monkeypatch.setattr(gateway, "refund", lost)
    with pytest.raises(SystemExit):
        handler().refund_amount(order, Decimal("9.00"))
    assert refunds.refundable(order) == 45 * POUND
    with pytest.raises(SystemExit):  # the card's part is known, and the gift card's is new
        handler().refund_amount(order, Decimal("9.00"))
    handler().refund_amount(order, Decimal("9.00"))
    assert len(paid) == 2
    assert given_back(order) == {
        "store-credit": 2 * POUND,
        "card": 4 * POUND,
        "voucher": 3 * POUND,
    }
    assert free(ann) == 200


def test_the_gateway_knows_a_step_again(order: Any) -> None:
    card = order.sources.get(source_type__code="card").reference
    first = gateway.refund(reference=card, amount=POUND, key="step")
    assert gateway.refund(reference=card, amount=POUND, key="step") == first
    with pytest.raises(gateway.GatewayError, match=r"1\.00"):
        gateway.refund(reference=card, amount=2 * POUND, key="step")
    assert moved() == [POUND]
