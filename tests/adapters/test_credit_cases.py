"""The cases of money that happen at the till, each as the shopper lives it, over HTTP."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import pytest
from django.test import Client
from oscar.core.loading import get_model
from oscar.test import factories

from clm_plugin import clock, pipeline
from clm_plugin.money import Money
from clm_plugin.testing.clock import FrozenClock
from clm_plugin.wallet import api as wallet
from clm_plugin.wallet.plan import EarnRule, Exclusions, SpendRules
from demo_shop import refunds
from demo_shop.models import GatewayTransaction
from tests.adapters.credit import (
    CARD,
    Saver,
    charged,
    free,
    give,
    held,
    other_session,
    profile_of,
    programme,
    to_preview,
)

if TYPE_CHECKING:
    from tests.demo.conftest import StockedShop

Order = get_model("order", "Order")
pytestmark = pytest.mark.django_db


def test_case_28_the_same_credit_in_two_sessions(
    saver: Saver, stocked_shop: StockedShop, ann: Any
) -> None:
    """One order; the other is told before payment, and its card is not charged."""
    to_preview(saver, stocked_shop.lantern)
    second = other_session(ann)
    first_answer = saver.place("1000")
    assert first_answer.status_code == 302
    to_preview(second, stocked_shop.mug, use="")
    answer = second.place("1000")
    assert "cannot be used" in answer.content.decode()
    assert Order.objects.count() == 1
    assert charged() == [Decimal("35.00")]
    assert (free(ann), held(ann)) == (0, 0)


def test_case_29_a_basket_that_fell_under_the_minimum(
    saver: Saver, stocked_shop: StockedShop, ann: Any
) -> None:
    """The rules are asked anew when it is paid, not when the page was shown."""
    programme(spend=SpendRules(min_order_minor=4000))
    to_preview(saver, stocked_shop.lantern)
    line = get_model("basket", "Line").objects.get()
    stocked_shop.lantern.stockrecords.update(price=Decimal(30))
    answer = saver.place("1000")
    assert "cannot be used" in answer.content.decode()
    assert line.quantity == 1
    assert charged() == []
    assert (free(ann), held(ann)) == (1000, 0)
    saver.enter_card()
    page = saver.preview()
    assert "Paid with store credit" not in page
    assert saver.place().status_code == 302
    assert charged() == [Decimal("33.95")]


def test_case_33_cancelled_after_its_bonus_was_spent(
    saver: Saver, stocked_shop: StockedShop, ann: Any
) -> None:
    """The first order's bonus pays a second one; then the first is cancelled: a separate debt, and
    neither the second order nor other credit is touched."""
    rule = EarnRule(id="r", kind="percent", basis_points=1000)
    programme("bonus", name="Bonus", earn=(rule,), refund_policy="debt")
    saver.add(stocked_shop.lantern)
    saver.buy()
    first = saver.order()
    pipeline.drain(now=clock.now())
    now = clock.now()
    wallet.hold(
        profile_id=profile_of(ann),
        amount=Money(450, "GBP"),
        key="second",
        now=now,
        expires_at=now + timedelta(minutes=5),
        most={"bonus": 450},
    )
    wallet.capture(hold_key="second", now=now, order_id="second")
    refunds.ShopEventHandler().handle_order_status_change(first, refunds.CANCELLED)
    pipeline.drain(now=clock.now())
    balance = wallet.balance(profile_of(ann), "GBP", now=clock.now())
    assert (balance.available_minor, balance.debt_minor) == (1000, 450)
    assert refunds.refundable(first) == 0
    assert GatewayTransaction.objects.get(kind="refund").amount == Decimal("45.00")


def test_case_36_credit_is_good_until_midnight_by_the_shops_clock(
    saver: Saver, stocked_shop: StockedShop, ann: Any
) -> None:
    """A millisecond before it pays, at midnight it does not; the page prints the last day."""
    day = clock.now().astimezone(UTC).date() + timedelta(days=200)
    with FrozenClock(datetime(day.year, 7, 14, 12, tzinfo=UTC)) as at:
        # Midnight in London is 23:00 UTC in summer.
        give(ann, 700, expires_at=datetime(day.year, 7, 14, 23, tzinfo=UTC))
        saver.add(stocked_shop.lantern)
        page = saver.client.get("/basket/").content.decode()
        assert f"Good until 14 July {day.year}, end of the day (BST)." in page
        at.at = datetime(day.year, 7, 14, 23, tzinfo=UTC) - timedelta(milliseconds=1)
        before = saver.client.get("/basket/").content.decode()
        at.move(milliseconds=1)
        after = saver.client.get("/basket/").content.decode()
    assert "Use up to £7.00" in before
    assert "Use up to" not in after


def test_case_39_credit_of_another_currency_is_hidden(
    client: Client, stocked_shop: StockedShop, ann: Any
) -> None:
    programme("euro", currency="EUR", name="Euro credit")
    give(ann, 1000, key="euro", currency="EUR")
    client.force_login(ann)
    saver = Saver(client)
    saver.add(stocked_shop.lantern)
    assert "Store credit" not in client.get("/basket/").content.decode()
    saver.use()
    saver.to_payment()
    saver.enter_card()
    assert saver.place("1000").status_code == 200
    assert Order.objects.count() == 0
    saver.enter_card()
    assert saver.place().status_code == 302
    assert charged() == [Decimal("45.00")]
    assert free(ann, "EUR") == 1000


def test_case_40_stacked_with_discounts_it_never_goes_below_nothing(
    saver: Saver, stocked_shop: StockedShop, ann: Any
) -> None:
    """A voucher leaves £1.90 of the mug: that much credit is used, and nothing comes back."""
    programme(spend=SpendRules(exclusions=Exclusions(shipping=False)))
    _voucher("EIGHTY", 80)
    saver.add(stocked_shop.mug)
    saver.client.post("/basket/vouchers/add/", {"code": "EIGHTY"})
    assert "Use up to £1.90" in saver.client.get("/basket/").content.decode()
    saver.use()
    saver.to_payment()
    page = saver.client.get("/checkout/payment-details/").content.decode()
    assert "No card is needed" in page
    assert saver.client.post("/checkout/payment-details/", CARD).status_code == 302
    # More than there is to pay, by a field of her own making.
    refused = saver.place("1000")
    assert refused.status_code == 200
    assert saver.place().status_code == 302
    order = saver.order()
    assert order.total_incl_tax == Decimal("5.85")
    assert [s.amount_debited for s in order.sources.all()] == [Decimal("5.85")]
    assert free(ann) == 1000 - 585
    assert charged() == []


def _voucher(code: str, percent: int) -> None:
    def make(app: str, model: str, **fields: Any) -> Any:
        return get_model(app, model).objects.create(**fields)

    now = clock.now()
    everything = make("offer", "Range", name="Everything", includes_all_products=True)
    offer = make(
        "offer",
        "ConditionalOffer",
        name=code,
        offer_type="Voucher",
        condition=make("offer", "Condition", range=everything, type="Count", value=1),
        benefit=make("offer", "Benefit", range=everything, type="Percentage", value=percent),
    )
    voucher = make(
        "voucher",
        "Voucher",
        name=code,
        code=code,
        usage="Multi-use",
        start_datetime=now - timedelta(days=1),
        end_datetime=now + timedelta(days=900),
    )
    voucher.offers.add(offer)


def test_a_wish_that_another_tab_took_back(
    saver: Saver, stocked_shop: StockedShop, ann: Any
) -> None:
    """What the page showed is not what she would pay: she is told, and no card is charged."""
    to_preview(saver, stocked_shop.lantern)
    saver.client.post("/clm/credit/use", {"action": "remove"})
    answer = saver.place("1000")
    assert "Nothing was charged" in answer.content.decode()
    assert charged() == []
    assert (free(ann), held(ann)) == (1000, 0)


def test_what_credit_cannot_pay_is_named_with_the_reason(
    saver: Saver, stocked_shop: StockedShop
) -> None:
    stocked_shop.mug.product_class.slug = "gift-card"
    stocked_shop.mug.product_class.save()
    stocked_shop.lantern.product_class = factories.ProductClassFactory(name="Thing")
    stocked_shop.lantern.save()
    saver.add(stocked_shop.mug)
    saver.add(stocked_shop.lantern)
    page = saver.client.get("/basket/").content.decode()
    assert "What credit cannot pay here" in page
    assert "<b>Spotted mug:</b>" in page
    assert "<b>Iron lantern:</b>" not in page
