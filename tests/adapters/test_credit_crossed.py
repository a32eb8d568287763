"""Orders that two people paid, and what runs out while a card is charged."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import pytest
from oscar.core.loading import get_model

from clm_plugin import clock, merges, pipeline
from clm_plugin.events.api import actor
from clm_plugin.models import Event, MergeRecord, Profile
from clm_plugin.money import Money
from clm_plugin.offers import api as offers
from clm_plugin.privacy.api import erase
from clm_plugin.profiles.api import Merge
from clm_plugin.profiles.models import Identifier
from clm_plugin.testing.clock import FrozenClock
from clm_plugin.wallet import api as wallet
from demo_shop import gateway
from demo_shop.models import GatewayTransaction
from tests.adapters.credit import Saver, charged, free, give, profile_of
from tests.adapters.offers_shop import publish as publish_offers
from tests.adapters.test_credit_combined import handler, proven
from tests.offers.plans import plan

if TYPE_CHECKING:
    from datetime import datetime

    from tests.demo.conftest import StockedShop

pytestmark = pytest.mark.django_db


def device_with_credit(now: datetime) -> Profile:
    """Another profile, of a browser, with £6."""
    device = Profile.objects.create(created_at=now)
    Identifier.objects.create(actor=actor("visitor", "a" * 32), profile=device, created_at=now)
    wallet.grant(
        profile_id=device.pk,
        programme="tea",
        amount=Money(600, "GBP"),
        key="device",
        opens_at=now,
        expires_at=now + timedelta(days=9),
        source=wallet.Source("manual", ""),
        reason="",
        actor="staff:eve",
        now=now,
    )
    return device


def test_an_order_two_people_paid_is_proven_when_one_of_them_was_erased(
    saver: Saver, stocked_shop: StockedShop, ann: Any
) -> None:
    """They were one person when she paid; the other is erased, and the order refunded."""
    now = clock.now()
    device, jane = device_with_credit(now), profile_of(ann)
    merges.merge([Merge(survivor=jane, merged=device.pk, reason="test")], now=now)
    saver.checkout(stocked_shop.lantern)
    order = saver.order()
    pipeline.drain(now=clock.now())
    assert [s.amount_debited for s in order.sources.all()] == [Decimal("16.00"), Decimal("29.00")]
    merges.unmerge(MergeRecord.objects.get(merged=device.pk).pk, now=now)
    erase(device.pk, now=clock.now(), asked_by="test")
    assert proven()
    handler().refund_amount(order, Decimal("45.00"))
    assert free(ann) == 1000
    assert proven()


def test_both_who_paid_an_order_are_told_what_came_back_to_each(
    saver: Saver, stocked_shop: StockedShop, ann: Any
) -> None:
    now = clock.now()
    device = device_with_credit(now)
    merges.merge([Merge(survivor=profile_of(ann), merged=device.pk, reason="test")], now=now)
    saver.checkout(stocked_shop.lantern)
    merges.unmerge(MergeRecord.objects.get(merged=device.pk).pk, now=now)
    handler().refund_amount(saver.order(), Decimal("45.00"))
    told = Event.objects.filter(type="credit.restored")
    assert {row.actor: row.payload["amount_minor"] for row in told} == {
        actor("customer", str(ann.pk)): 1000,
        actor("visitor", "a" * 32): 600,
    }


# The time that a card takes


def test_what_is_gone_while_the_card_is_charged_is_told_truly_and_the_charge_goes_back(
    saver: Saver, stocked_shop: StockedShop, ann: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The last use of a code, and the credit, run out at a slow gateway and are another's then."""
    publish_offers(plan("ten", limits={"total": 1}))
    code = offers.make_public_code(offer="ten", text="SPRING26", now=clock.now()).code
    saver.add(stocked_shop.lantern)
    saver.client.post("/basket/vouchers/add/", {"code": code})
    saver.use()
    saver.to_payment()
    saver.enter_card()
    charge = gateway.charge

    def slow(**asked: Any) -> str:
        at.move(minutes=40)
        pipeline.sweep(now=clock.now(), send=False)
        until = clock.now() + timedelta(minutes=30)
        offers.reserve(code=code, profile_id=None, order_id="faster", now=clock.now(), until=until)
        return charge(**asked)

    with FrozenClock(clock.now()) as at:
        shown = saver.preview()
        assert "£40.50" in shown
        monkeypatch.setattr(gateway, "charge", slow)
        page = saver.place().content.decode()
    assert "Whatever was charged goes back to you" in page
    assert "Nothing was charged" not in page
    assert not get_model("order", "Order").objects.exists()
    assert charged() == [r.amount for r in GatewayTransaction.objects.filter(kind="refund")] != []
    assert free(ann) == 1000
    assert wallet.verify(now=clock.now(), more=offers.CLAIMS).ok


def test_credit_that_comes_to_more_than_one_amount_may_be_is_shown_and_spent(
    saver: Saver, stocked_shop: StockedShop, ann: Any
) -> None:
    """A million million minor units is one amount's most, and no limit to what somebody has."""
    for _ in range(2):
        give(ann, 10**12)
    assert "£20,000,000,010.00" in saver.client.get("/clm/credit/").content.decode()
    assert saver.checkout(stocked_shop.lantern).status_code == 302
    assert charged() == []
    assert proven()


def test_a_clerk_is_told_that_credit_reaches_nobody_when_its_owner_was_erased(
    saver: Saver, stocked_shop: StockedShop, ann: Any, admin_client: Any
) -> None:
    saver.checkout(stocked_shop.lantern)
    order = saver.order()
    pipeline.drain(now=clock.now())
    assert handler().refund_amount(order, Decimal("9.00")).lost == 0
    erase(profile_of(ann), now=clock.now(), asked_by="test")
    url, form = f"/dashboard/orders/{order.number}/", {"order_action": "refund_all"}
    page = admin_client.post(url, form)
    assert "£8.00 of the store credit reaches nobody" in page.content.decode()
    asked = page.context["asked"]
    seen = {"seen": str(asked["amount"]), "refund_key": asked["key"]}
    page = admin_client.post(url, {**form, **seen}, follow=True)
    assert "£8.00 of the store credit reached nobody" in page.content.decode()
    pipeline.drain(now=clock.now())
    assert proven()
