"""Money where things come together: refunds after refunds, an erasure between, small coins."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import pytest

from clm_plugin import clock, pipeline
from clm_plugin.money import Money
from clm_plugin.shop.api import price
from clm_plugin.wallet import api as wallet
from clm_plugin.wallet.plan import EarnRule, Exclusions, SpendRules
from demo_shop import refunds
from demo_shop.models import GatewayTransaction
from tests.adapters.credit import Saver, charged, free, give, profile_of, programme

if TYPE_CHECKING:
    from tests.demo.conftest import StockedShop

pytestmark = pytest.mark.django_db


def handler() -> refunds.ShopEventHandler:
    return refunds.ShopEventHandler()


def given_back(order: Any) -> dict[str, Decimal]:
    return {s.source_type.code: s.amount_refunded for s in order.sources.all()}


def proven() -> bool:
    """The books, and the shop's own orders with them."""
    proof = wallet.verify(now=clock.now())
    assert proof.ok, [each for each in proof.checks if not each.ok]
    return True


def in_currency(shop: StockedShop, currency: str, price: str) -> None:
    shop.lantern.stockrecords.update(price_currency=currency, price=Decimal(price))


def spend(user: Any, minor: int, order: str, **most: int) -> None:
    now = clock.now()
    wallet.hold(
        profile_id=profile_of(user),
        amount=Money(minor, "GBP"),
        key=order,
        now=now,
        expires_at=now + timedelta(minutes=5),
        order_id=order,
        most=most or None,
    )
    wallet.capture(hold_key=order, now=now, order_id=order)


def bonus_order(saver: Saver, shop: StockedShop, policy: str, *, use: str = "") -> Any:
    """A lantern for £45.00 that earned £4.50, which is spent elsewhere."""
    rule = EarnRule(id="r", kind="percent", basis_points=1000)
    programme("bonus", name="Bonus", earn=(rule,), refund_policy=policy)
    if use:
        saver.checkout(shop.lantern, use=use)
    else:
        saver.add(shop.lantern)
        saver.buy()
    pipeline.drain(now=clock.now())
    return saver.order()


# Small coins


def test_a_currency_of_three_decimals_is_paid_and_refunded_in_what_oscars_books_can_hold(
    saver: Saver, stocked_shop: StockedShop, ann: Any, settings: Any
) -> None:
    """Oscar keeps two decimals: 1.234 dinars would be 1.23 there, and 1.234 in the ledger."""
    settings.OSCAR_DEFAULT_CURRENCY = "KWD"
    programme("dinar", currency="KWD", name="Dinar credit")
    give(ann, 1234, key="dinar", currency="KWD")
    in_currency(stocked_shop, "KWD", "5.05")
    saver.checkout(stocked_shop.lantern)
    order = saver.order()
    assert proven()
    assert free(ann, "KWD") == 4
    for amount in ("1.00", "1.00", "1.00"):
        handler().refund_amount(order, Decimal(amount))
        assert proven()
    handler().refund_amount(order, refunds.refundable(order))
    assert free(ann, "KWD") == 1234
    assert proven()


def test_a_currency_without_small_coins_needs_no_card_for_a_part_of_one(
    saver: Saver, stocked_shop: StockedShop, ann: Any
) -> None:
    """15 per cent off 9,999 yen leaves 8,499.15: who has 8,499 of credit pays all of it."""
    free_parcel = Exclusions(shipping=False)
    programme("yen", currency="JPY", name="Yen credit", spend=SpendRules(exclusions=free_parcel))
    give(ann, 50_000, key="yen", currency="JPY")
    in_currency(stocked_shop, "JPY", "8499.15")
    saver.add(stocked_shop.lantern)
    saver.use()
    saver.to_payment()
    page = saver.client.get("/checkout/payment-details/").content.decode()
    assert "No card is needed" in page
    assert saver.place().status_code == 302
    assert charged() == []
    order = saver.order()
    handler().refund_amount(order, refunds.refundable(order))
    assert refunds.refundable(order) == 0
    with pytest.raises(refunds.RefundError):
        handler().refund_amount(order, Decimal("0.15"))
    assert free(ann, "JPY") == 50_000
    assert proven()


# Refund after refund


def test_partial_refunds_of_which_bonus_was_kept_end_where_one_refund_ends(
    saver: Saver, stocked_shop: StockedShop, ann: Any
) -> None:
    rule = EarnRule(id="r", kind="percent", basis_points=1000)
    programme("bonus", name="Bonus", earn=(rule,), refund_policy="reduce_refund")
    saver.checkout(stocked_shop.lantern)
    pipeline.drain(now=clock.now())
    order = saver.order()
    earned = free(ann)
    assert earned
    spend(ann, earned, "elsewhere", bonus=earned)
    for _ in range(3):
        handler().refund_amount(order, Decimal("15.00"))
    back = given_back(order)
    assert back["store-credit"] == Decimal("10.00")
    assert back["card"] == Decimal("35.00") - Money(earned, "GBP").amount
    assert refunds.refundable(order) == 0
    assert proven()
    page = saver.client.get(f"/accounts/orders/{order.number}/").content.decode()
    assert f"{price(Money(earned, 'GBP'))} was kept from the refund" in page


def test_a_clerk_who_cancels_is_told_what_was_kept(
    saver: Saver, stocked_shop: StockedShop, ann: Any, admin_client: Any
) -> None:
    order = bonus_order(saver, stocked_shop, "reduce_refund")
    spend(ann, 450, "elsewhere", bonus=450)
    url = f"/dashboard/orders/{order.number}/"
    page = admin_client.post(url, {"order_action": "cancel_order"}, follow=True)
    assert "£4.50 of it was kept" in page.content.decode()


@pytest.mark.parametrize("is_late", [False, True], ids=["at once", "after each"])
def test_shares_of_a_bonus_add_up_also_when_refunds_are_not_told_yet(
    saver: Saver, stocked_shop: StockedShop, ann: Any, is_late: bool
) -> None:
    rule = EarnRule(id="r", kind="per_full", per_minor=1000, amount_minor=1)
    programme("bonus", name="Bonus", earn=(rule,), pending_days=14)
    saver.add(stocked_shop.lantern)
    saver.buy()
    pipeline.drain(now=clock.now())
    order = saver.order()
    pending = []
    for _ in range(3):
        handler().refund_amount(order, Decimal("15.00"))
        if is_late:
            pipeline.drain(now=clock.now())
        pending.append(wallet.balance(profile_of(ann), "GBP", now=clock.now()).pending_minor)
    assert pending == [3, 1, 0]


def test_a_bank_that_takes_its_money_back_leaves_nothing_to_keep(
    saver: Saver, stocked_shop: StockedShop, ann: Any
) -> None:
    """The card's money is gone whole: what the order earned and she spent is a debt."""
    order = bonus_order(saver, stocked_shop, "reduce_refund")
    spend(ann, 450, "elsewhere", bonus=450)
    handler().payment_failed(order, key="chargeback-1")
    assert given_back(order) == {"card": Decimal("45.00")}
    pipeline.drain(now=clock.now())
    assert wallet.balance(profile_of(ann), "GBP", now=clock.now()).debt_minor == 450
    assert proven()


def test_the_delivery_charge_is_refunded_once(
    saver: Saver, stocked_shop: StockedShop, admin_client: Any
) -> None:
    stocked_shop.lantern.stockrecords.update(price=Decimal("20.00"))
    saver.checkout(stocked_shop.lantern)
    order = saver.order()
    assert order.shipping_incl_tax > 0
    url = f"/dashboard/orders/{order.number}/"
    form = {"order_action": "refund_lines", "lines-shipping": "on"}
    for _ in range(2):
        page = admin_client.post(url, form)
        if page.status_code == 200:
            asked = page.context["asked"]
            seen = {"seen": str(asked["amount"]), "refund_key": asked["key"]}
            admin_client.post(url, {**form, **seen})
    assert sum(given_back(order).values()) == order.shipping_incl_tax


def test_orders_cancelled_in_the_list_give_back_card_and_credit(
    saver: Saver, stocked_shop: StockedShop, ann: Any, admin_client: Any
) -> None:
    saver.checkout(stocked_shop.lantern)
    order = saver.order()
    form = {
        "action": "change_order_statuses",
        "selected_order": [order.pk],
        "new_status": refunds.CANCELLED,
    }
    admin_client.post("/dashboard/orders/", form)
    pipeline.drain(now=clock.now())
    order.refresh_from_db()
    assert order.status == refunds.CANCELLED
    assert free(ann) == 1000
    assert given_back(order) == {"store-credit": Decimal("10.00"), "card": Decimal("35.00")}
    assert GatewayTransaction.objects.get(kind="refund").amount == Decimal("35.00")
    assert proven()


def test_an_order_cancelled_by_hand_gives_the_credit_back_and_is_proven(
    saver: Saver, stocked_shop: StockedShop, ann: Any
) -> None:
    """A shop whose cancellations refund nothing by themselves, and whose clerk does it later."""
    saver.checkout(stocked_shop.lantern)
    order = saver.order()
    pipeline.drain(now=clock.now())
    handler().refund_amount(order, Decimal("9.00"))
    order.set_status(refunds.CANCELLED)
    pipeline.drain(now=clock.now())
    assert free(ann) == 1000
    assert proven()
    handler().refund_amount(order, refunds.refundable(order))
    assert free(ann) == 1000
    assert proven()
