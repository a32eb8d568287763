"""Refunds of orders that were paid with store credit: split, once, back to the same lots."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from itertools import permutations
from typing import TYPE_CHECKING, Any

import pytest

from clm_plugin import clock, pipeline
from clm_plugin.adapters.oscar import refunding
from clm_plugin.events.models import Event
from clm_plugin.money import Money
from clm_plugin.wallet import api as wallet
from clm_plugin.wallet.plan import EarnRule
from demo_shop import clock as shop_clock
from demo_shop import gateway, refunds
from demo_shop.models import GatewayTransaction
from tests.adapters.credit import Saver, free, profile_of, programme

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.demo.conftest import StockedShop

pytestmark = pytest.mark.django_db


@pytest.fixture
def order(saver: Saver, stocked_shop: StockedShop) -> Any:
    """A lantern for £45.00, £10.00 of it paid with store credit."""
    saver.checkout(stocked_shop.lantern)
    return saver.order()


def handler() -> refunds.ShopEventHandler:
    return refunds.ShopEventHandler()


def given_back(order: Any) -> dict[str, Decimal]:
    return {s.source_type.code: s.amount_refunded for s in order.sources.all()}


def restored(order: Any) -> int:
    return wallet.paid_on([order.number])[order.number][1]


def test_case_34_refunds_are_split_and_add_up(order: Any, ann: Any) -> None:
    for amount in ("15.01", "14.99", "15.00"):
        handler().refund_amount(order, Decimal(amount))
    assert given_back(order) == {"store-credit": Decimal("10.00"), "card": Decimal("35.00")}
    assert restored(order) == 1000
    assert free(ann) == 1000
    with pytest.raises(refunds.RefundError):
        handler().refund_amount(order, Decimal("0.01"))


def test_three_thirds_of_ten_pounds_give_ten_pounds(
    saver: Saver, stocked_shop: StockedShop, ann: Any
) -> None:
    stocked_shop.lantern.stockrecords.update(price=Decimal("6.05"))  # and £3.95 for the parcel
    saver.checkout(stocked_shop.lantern, use="5")
    order = saver.order()
    assert order.total_incl_tax == Decimal(10)
    for amount in ("3.33", "3.33", "3.34"):
        handler().refund_amount(order, Decimal(amount))
    assert given_back(order)["store-credit"] == Decimal("5.00")
    assert free(ann) == 1000


def test_a_refund_reopens_the_same_lots(order: Any, ann: Any) -> None:
    before = wallet.spent_on(order.number)
    assert before is not None
    handler().refund_amount(order, Decimal("45.00"))
    (lot,) = wallet.lots(profile_of(ann), now=clock.now())
    assert lot.id == before.shares[0].lot_id
    assert lot.remaining_minor == 1000


def test_case_35_an_expired_lot_comes_back_with_days_of_grace(order: Any, ann: Any) -> None:
    programme(grace_days=5)
    old = wallet.spent_on(order.number)
    assert old is not None
    shop_clock.move(timedelta(days=100))
    handler().refund_amount(order, Decimal("45.00"))
    (lot,) = wallet.lots(profile_of(ann), now=clock.now())
    assert lot.id != old.shares[0].lot_id
    assert lot.expires_at is not None
    assert timedelta(days=4) < lot.expires_at - clock.now() < timedelta(days=6)


def _cancel(order: Any) -> None:
    if refunds.CANCELLED in order.available_statuses():
        handler().handle_order_status_change(order, refunds.CANCELLED)


def _webhook(order: Any) -> None:
    handler().payment_failed(order, key="gateway-event-1")


def _admin(order: Any) -> None:
    left = refunds.refundable(order)
    if left:
        handler().refund_amount(order, left, key="form-1")


ACTS: dict[str, Callable[[Any], None]] = {"cancel": _cancel, "webhook": _webhook, "admin": _admin}


@pytest.mark.parametrize("names", list(permutations(ACTS)), ids="-".join)
def test_cancel_webhook_and_refund_restore_once(
    order: Any, ann: Any, names: tuple[str, ...]
) -> None:
    """In six orders, each twice, and the pipeline, which hears of all of them, after each."""
    for name in names:
        for _ in range(2):
            order.refresh_from_db()
            ACTS[name](order)
            pipeline.drain(now=clock.now())
    assert restored(order) == 1000
    assert free(ann) == 1000
    assert given_back(order) == {"store-credit": Decimal("10.00"), "card": Decimal("35.00")}


def test_a_refund_with_a_key_happens_once(order: Any, ann: Any) -> None:
    for _ in range(3):
        handler().refund_amount(order, Decimal("9.00"), key="form-2")
    assert sum(given_back(order).values()) == Decimal("9.00")
    assert order.payment_events.filter(event_type__name="Refund").count() == 1
    assert free(ann) == 200


def test_a_refund_whose_money_does_not_move_leaves_no_trace(
    order: Any, ann: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Red without the one transaction: the credit would be back, and the money not."""

    def refuse(**_: Any) -> str:
        raise gateway.GatewayError("no")

    monkeypatch.setattr(gateway, "refund", refuse)
    with pytest.raises(refunds.RefundError):
        handler().refund_amount(order, Decimal("9.00"))
    assert given_back(order) == {"store-credit": 0, "card": 0}
    assert free(ann) == 0
    assert not Event.objects.filter(type="order.refunded").exists()


def test_a_split_that_is_foreseen_changes_nothing(order: Any, ann: Any) -> None:
    foreseen = refunding.foresee_refund(order, Decimal("9.00"))
    assert {part.label: part.amount for part in foreseen.parts} == {
        "Store credit": Decimal("2.00"),
        "Card ending 4242": Decimal("7.00"),
    }
    assert given_back(order) == {"store-credit": 0, "card": 0}
    assert free(ann) == 0
    assert not order.payment_events.filter(event_type__name="Refund").exists()
    assert not Event.objects.filter(type="order.refunded").exists()


def test_a_refund_is_told_by_tender(order: Any) -> None:
    handler().refund_amount(order, Decimal("9.00"))
    told = Event.objects.filter(type="order.refunded")
    assert {row.payload["tender"]: row.payload["amount_minor"] for row in told} == {
        "store-credit": 200,
        "card": 700,
    }


def test_oscars_own_refund_of_the_source_is_restored_by_the_pipeline(order: Any, ann: Any) -> None:
    """A shop that knows nothing of ``refund_order``."""
    order.sources.get(source_type__code="store-credit").refund(Decimal("4.00"))
    pipeline.drain(now=clock.now())
    assert free(ann) == 400
    pipeline.drain(now=clock.now())
    assert free(ann) == 400


def test_bonus_that_was_spent_comes_off_the_refund_where_the_programme_says_so(
    saver: Saver, stocked_shop: StockedShop, ann: Any
) -> None:
    rule = EarnRule(id="r", kind="percent", basis_points=1000)
    programme("bonus", name="Bonus", earn=(rule,), refund_policy="reduce_refund")
    saver.add(stocked_shop.lantern)
    saver.buy()
    order = saver.order()
    pipeline.drain(now=clock.now())
    assert free(ann) == 1000 + 450
    now = clock.now()
    wallet.hold(
        profile_id=profile_of(ann),
        amount=Money(450, "GBP"),
        key="elsewhere",
        now=now,
        expires_at=now + timedelta(minutes=5),
        most={"bonus": 450},
    )
    wallet.capture(hold_key="elsewhere", now=now, order_id="elsewhere")
    foreseen = refunding.foresee_refund(order, Decimal("45.00"))
    assert (foreseen.amount, foreseen.kept) == (Decimal("40.50"), Decimal("4.50"))
    done = handler().refund_amount(order, Decimal("45.00"))
    assert (done.amount, done.kept) == (Decimal("40.50"), Decimal("4.50"))
    assert GatewayTransaction.objects.get(kind="refund").amount == Decimal("40.50")
    assert refunds.refundable(order) == 0
    told = Event.objects.get(type="order.refunded")
    assert told.payload["amount_minor"] == 4050
    pipeline.drain(now=clock.now())
    assert free(ann) == 1000


def test_the_dashboard_shows_the_split_before_it_happens(
    order: Any, ann: Any, admin_client: Any
) -> None:
    url = f"/dashboard/orders/{order.number}/"
    form = {"order_action": "refund_amount", "amount-amount": "9.00"}
    page = admin_client.post(url, form)
    html = page.content.decode()
    assert "It is split like this" in html
    assert "Store credit: <strong>£2.00" in html
    assert "Card ending 4242: <strong>£7.00" in html
    assert given_back(order) == {"store-credit": 0, "card": 0}

    asked = page.context["asked"]
    confirmed = {**form, "seen": str(asked["amount"]), "refund_key": asked["key"]}
    for _ in range(2):  # a double click
        assert admin_client.post(url, confirmed).status_code == 302
    assert given_back(order) == {"store-credit": Decimal("2.00"), "card": Decimal("7.00")}
    assert free(ann) == 200
    rows = GatewayTransaction.objects.filter(kind="refund")
    assert [row.amount for row in rows] == [Decimal("7.00")]


def test_case_32_a_payment_that_is_declined_later_returns_the_credit_once(
    order: Any, ann: Any
) -> None:
    for _ in range(2):
        handler().payment_failed(order, key="chargeback-1")
    assert free(ann) == 1000
    assert not GatewayTransaction.objects.filter(kind="refund").exists()
    event = order.payment_events.get(event_type__name="Refund")
    assert event.amount == Decimal("45.00")
