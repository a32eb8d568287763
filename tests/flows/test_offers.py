"""Offers in the demo shop's own checkout, over HTTP."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import pytest
from django.db import DatabaseError
from django.test import Client
from oscar.core.loading import get_model

from clm_plugin import clock
from clm_plugin.adapters.oscar import offers_checkout
from clm_plugin.events.api import actor
from clm_plugin.offers import api as offers
from clm_plugin.offers.models import OfferCode, Redemption
from clm_plugin.offers.plan import Effect
from demo_shop import gateway
from demo_shop.models import GatewayTransaction
from tests.adapters.offers_shop import code_of, give, known, publish
from tests.demo.conftest import Shopper, guest, own_var, stocked_shop
from tests.offers.plans import plan

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.demo.conftest import StockedShop

__all__ = ["guest", "own_var", "stocked_shop"]
pytestmark = pytest.mark.django_db


@pytest.fixture
def customer(stocked_shop: StockedShop) -> Callable[[], tuple[Shopper, int]]:
    """A logged-in shopper and her profile."""
    from tests.adapters import oscar_factory

    def make() -> tuple[Shopper, int]:
        user = oscar_factory.make_user()
        browser = Client()
        browser.force_login(user)
        return Shopper(browser, user.email), known(actor("customer", user.pk))

    return make


def type_code(shopper: Shopper, code: str) -> str:
    """Types a code into the voucher form; returns what the basket page says then."""
    answer = shopper.client.post("/basket/vouchers/add/", {"code": code}, follow=True)
    return answer.content.decode()


def basket_page(shopper: Shopper) -> str:
    return shopper.client.get("/basket/").content.decode()


def spread(code: str) -> str:
    """A code as somebody might write it (case 42)."""
    return f" {code[:5].lower()}-{code[5:]} "


def test_a_bound_code_pays_once_and_comes_back_with_a_cancellation(
    customer: Any, stocked_shop: StockedShop
) -> None:
    publish(plan("ten", title="10 % off"))
    ann, profile_id = customer()
    code = code_of(profile_id, "ten")
    ann.add(stocked_shop.lantern)
    assert "is taken off" in type_code(ann, spread(code))
    assert ann.buy().status_code == 302
    order = ann.order()
    assert order.total_incl_tax == Decimal("40.50")
    discount = order.discounts.get()
    assert (discount.offer_name, discount.voucher_code, discount.amount) == (
        "10 % off",
        code,
        Decimal("4.50"),
    )
    line = order.lines.get()
    assert line.line_price_incl_tax == Decimal("40.50")
    assert line.discounts.get().amount == Decimal("4.50")
    page = ann.client.get(f"/accounts/orders/{order.number}/").content.decode()
    assert f"10 % off ({offers.shown_code(code)})" in page
    assert Redemption.objects.get().state == Redemption.State.CONFIRMED
    # Used: neither she nor a second basket can use it again.
    ann.add(stocked_shop.mug)
    assert "This code has been used" in type_code(ann, code)
    # Cancelled: it can be used again, by our rows and by Oscar's.
    order.set_status("Cancelled")
    assert OfferCode.objects.get().state == OfferCode.State.FREE
    assert not get_model("voucher", "VoucherApplication").objects.exists()
    assert "is taken off" in type_code(ann, code)


def test_the_shops_own_vouchers_go_oscars_way(guest: Shopper, stocked_shop: StockedShop) -> None:
    from oscar.test.factories import create_offer

    publish(plan("ten"))
    model = get_model("offer", "ConditionalOffer")
    offer = create_offer(offer_type=model.VOUCHER)
    now = clock.now()
    voucher = get_model("voucher", "Voucher").objects.create(
        name="Spring",
        code="SPRING",
        start_datetime=now.replace(year=now.year - 1),
        end_datetime=now.replace(year=now.year + 1),
    )
    voucher.offers.add(offer)
    guest.add(stocked_shop.mug)
    assert "Voucher &#x27;SPRING&#x27; added to basket" in type_code(guest, "spring")
    assert guest.client.get("/basket/").context["basket"].vouchers.get() == voucher


@pytest.mark.parametrize("moment", ["before the order is sent", "while it is sent"])
def test_one_code_in_two_sessions_is_one_order(
    moment: str, customer: Any, stocked_shop: StockedShop, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Case 28: the other is told before payment, and pays without it if she wants."""
    publish(plan("ten", title="10 % off"))
    ann, profile_id = customer()
    code = code_of(profile_id, "ten")
    ann.add(stocked_shop.lantern)
    type_code(ann, code)
    ann.to_payment()
    card = {"name": "Ada", "number": gateway.APPROVES, "expiry": "08/39", "code": "123"}
    ann.client.post("/checkout/payment-details/", card)
    assert "−£4.50" in ann.client.get("/checkout/preview/").content.decode()

    def elsewhere(*_: Any) -> None:
        now = clock.now()
        until = now + timedelta(minutes=30)
        offers.reserve(code=code, profile_id=profile_id, order_id="other", now=now, until=until)

    if moment == "while it is sent":
        monkeypatch.setattr(offers_checkout, "_check_lines", elsewhere)
    else:
        elsewhere()
    answer = ann.client.post("/checkout/preview/", {"action": "place_order"}, follow=True)
    page = answer.content.decode()
    assert "in use in another checkout" in page
    assert not get_model("order", "Order").objects.exists()
    assert not GatewayTransaction.objects.exists()
    if moment == "while it is sent":
        return  # the reservation of the other was in the transaction that came to nothing
    ann.client.post("/checkout/preview/", {"action": "place_order"})
    assert ann.order().total_incl_tax == Decimal("45.00")
    assert Redemption.objects.get().order_id == "other"
    assert not get_model("voucher", "VoucherApplication").objects.exists()


def test_a_declined_card_frees_the_code(customer: Any, stocked_shop: StockedShop) -> None:
    publish(plan("ten"))
    ann, profile_id = customer()
    code = code_of(profile_id, "ten")
    ann.add(stocked_shop.lantern)
    type_code(ann, code)
    ann.buy(gateway.DECLINES)
    assert Redemption.objects.get().state == Redemption.State.FREED
    assert OfferCode.objects.get().state == OfferCode.State.FREE
    ann.pay()
    assert ann.order().total_incl_tax == Decimal("40.50")


def test_a_basket_that_fell_under_the_minimum_is_told_before_payment(
    customer: Any, stocked_shop: StockedShop
) -> None:
    """Case 29."""
    publish(
        plan(
            "five",
            amount=500,
            given="grant",
            title="£5 off",
            conditions={"min_basket_minor": 2_500},
        )
    )
    ann, profile_id = customer()
    give(profile_id, "five")
    ann.add(stocked_shop.mug, 3)
    ann.to_payment()
    card = {"name": "Ada", "number": gateway.APPROVES, "expiry": "08/39", "code": "123"}
    ann.client.post("/checkout/payment-details/", card)
    assert "£5 off" in ann.client.get("/checkout/preview/").content.decode()
    line = get_model("basket", "Line").objects.get()
    line.quantity = 1
    line.save()
    answer = ann.client.post("/checkout/preview/", {"action": "place_order"}, follow=True)
    page = answer.content.decode()
    assert "Not all offers are taken off any more" in page
    assert "Add goods for £15.50 more" in page
    assert not get_model("order", "Order").objects.exists()
    ann.client.post("/checkout/preview/", {"action": "place_order"})
    assert ann.order().total_incl_tax == Decimal("13.45")  # the mug and its parcel


def test_free_shipping_and_the_pass(customer: Any, stocked_shop: StockedShop) -> None:
    effect = Effect(kind="free_shipping")
    publish(plan("post", effect=effect, given="grant", title="Free delivery for you"))
    ann, profile_id = customer()
    give(profile_id, "post")
    ann.add(stocked_shop.mug)
    assert "Free delivery for you" in basket_page(ann)
    ann.buy()
    order = ann.order()
    assert (order.shipping_incl_tax, order.total_incl_tax) == (0, Decimal("9.50"))
    assert order.discounts.get().offer_name == "Free delivery for you"
    assert Redemption.objects.get().discount_minor == 395


def test_a_pass_makes_every_parcel_free_for_its_days(
    customer: Any, stocked_shop: StockedShop
) -> None:
    effect = Effect(kind="trial", entitlement="free_shipping", days=7)
    publish(plan("pass", effect=effect, given="grant", limits={"per_profile": 1}))
    ann, profile_id = customer()
    offers.accept(give(profile_id, "pass").id, now=clock.now())
    for number in (1, 2):
        ann.add(stocked_shop.mug)
        ann.buy(method="express")
        orders = get_model("order", "Order").objects.all()
        assert orders.count() == number
        assert {order.shipping_incl_tax for order in orders} == {0}
        assert orders.first().discounts.get().offer_name == "Free shipping pass"


def test_a_gift_is_offered_and_then_free(customer: Any, stocked_shop: StockedShop) -> None:
    effect = Effect(kind="gift", product_id=str(stocked_shop.mug.pk))
    publish(
        plan(
            "gift",
            effect=effect,
            given="grant",
            title="A mug for you",
            conditions={"min_basket_minor": 4_000},
        )
    )
    ann, profile_id = customer()
    give(profile_id, "gift")
    ann.add(stocked_shop.lantern)
    page = basket_page(ann)
    assert "Add it for nothing" in page
    ann.add(stocked_shop.mug)
    assert "Add it for nothing" not in basket_page(ann)
    ann.buy()
    order = ann.order()
    assert order.total_incl_tax == Decimal("45.00")
    assert order.discounts.get().amount == Decimal("9.50")
    stocked_shop.mug.stockrecords.update(num_in_stock=0)


def test_a_gift_out_of_stock_is_not_shown(customer: Any, stocked_shop: StockedShop) -> None:
    effect = Effect(kind="gift", product_id=str(stocked_shop.mug.pk))
    publish(plan("gift", effect=effect, given="grant", title="A mug for you"))
    ann, profile_id = customer()
    give(profile_id, "gift")
    stocked_shop.mug.stockrecords.update(num_in_stock=0)
    ann.add(stocked_shop.lantern)
    assert "A mug for you" not in basket_page(ann)


@pytest.mark.parametrize("broken", ["look", "reserve_all", "confirm"])
def test_checkout_goes_on_without_us(
    broken: str, customer: Any, stocked_shop: StockedShop, monkeypatch: pytest.MonkeyPatch
) -> None:
    publish(plan("ten", given="grant", title="10 % off"))
    ann, profile_id = customer()
    give(profile_id, "ten")

    def fail(*_: Any, **__: Any) -> None:
        raise DatabaseError("no such table")

    if broken == "look":
        from clm_plugin.adapters.oscar import offers_applying

        monkeypatch.setattr(offers_applying, "look", fail)
    else:
        monkeypatch.setattr(offers, broken, fail)
    ann.add(stocked_shop.lantern)
    answer = ann.buy()
    if broken == "reserve_all":
        assert (
            "Offers cannot be checked"
            in ann.client.get(answer.headers["Location"]).content.decode()
        )
        ann.client.post("/checkout/preview/", {"action": "place_order"})
    expected = Decimal("40.50") if broken == "confirm" else Decimal("45.00")
    assert ann.order().total_incl_tax == expected
    charged = GatewayTransaction.objects.get()
    assert charged.amount == expected
