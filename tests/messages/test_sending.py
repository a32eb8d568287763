"""The claim: what is looked at again before a mail leaves."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest
from django.core import mail
from django.core.exceptions import ImproperlyConfigured

from clm_plugin.messages import api, sending
from clm_plugin.messages.form import LayoutError
from clm_plugin.messages.models import Delivery
from clm_plugin.messages.operations import unsubscribe
from clm_plugin.models import Consent, Facts
from clm_plugin.money import Money
from tests.factories import NOW
from tests.messages.parts import SHOP, MailShop, person, queued, state_of

if TYPE_CHECKING:
    from collections.abc import Callable

    from pytest_django.fixtures import Settings

    from clm_plugin.shop.api import Product

pytestmark = pytest.mark.django_db
SOON = NOW + timedelta(minutes=1)


def outbox() -> list[Any]:
    return list(mail.outbox)


def test_a_due_mail_leaves_once(shop: MailShop, mug: Product) -> None:
    row = queued(person(), shop.fill((mug, 2)))
    report = api.send_due(now=SOON)
    assert (report.sent, report.claimed) == (1, 1)
    assert state_of(row) == ("sent", "")
    assert row.claimed_at is not None
    assert row.ended_at is not None
    assert row.claimed_at >= SOON
    assert row.ended_at >= row.claimed_at
    [message] = outbox()
    assert message.to == ["ann@example.com"]
    assert message.subject == row.subject == "You left something behind"
    assert len(row.links) == 3
    assert row.content["lines"] == [[mug.id, 2, "Mug"]]
    assert api.send_due(now=SOON).claimed == 0
    assert len(outbox()) == 1


def test_what_is_not_due_waits(shop: MailShop, mug: Product) -> None:
    queued(person(), shop.fill((mug, 1)))
    assert api.send_due(now=NOW - timedelta(seconds=1)).claimed == 0


def order(shop: MailShop, row: Delivery, mug: Product) -> None:
    shop.close(row.object_id)


def fact(shop: MailShop, row: Delivery, mug: Product) -> None:
    Facts.objects.filter(profile=row.profile_id).update(orders=1, last_order_at=NOW)


def withdraw(shop: MailShop, row: Delivery, mug: Product) -> None:
    Consent.objects.filter(profile=row.profile_id).update(granted=False)


def forget_consent(shop: MailShop, row: Delivery, mug: Product) -> None:
    Consent.objects.filter(profile=row.profile_id).delete()


def leave(shop: MailShop, row: Delivery, mug: Product) -> None:
    unsubscribe(row, now=NOW)


def complain(shop: MailShop, row: Delivery, mug: Product) -> None:
    api.suppress("ANN@example.com", reason="complaint", now=NOW - timedelta(days=9))


def change_address(shop: MailShop, row: Delivery, mug: Product) -> None:
    row.profile.email = "new@example.com"
    row.profile.save()


def delete(shop: MailShop, row: Delivery, mug: Product) -> None:
    shop.delete(mug)


def sell_out(shop: MailShop, row: Delivery, mug: Product) -> None:
    shop.change(mug, stock=0, is_available=False)


def empty(shop: MailShop, row: Delivery, mug: Product) -> None:
    shop.lines[row.object_id] = ()


@pytest.mark.parametrize(
    ("meanwhile", "reason"),
    [
        (order, "basket_gone"),
        (fact, "ordered"),
        (withdraw, "no_consent"),
        (forget_consent, "no_consent"),
        (leave, "suppressed"),
        (complain, "suppressed"),
        (change_address, "address_changed"),
        (delete, "nothing_left"),
        (sell_out, "nothing_left"),
        (empty, "nothing_left"),
    ],
)
def test_what_happened_since_the_decision_stops_the_mail(
    shop: MailShop, mug: Product, meanwhile: Callable[..., None], reason: str
) -> None:
    row = queued(person(), shop.fill((mug, 1)))
    other = queued(
        person("other@example.com"),
        shop.fill((shop.add_product("Bowl", price=Money(500, "GBP")), 1)),
    )
    meanwhile(shop, row, mug)
    report = api.send_due(now=SOON)
    assert (report.sent, report.suppressed) == (1, 1)
    assert state_of(row) == ("suppressed", reason)
    assert state_of(other) == ("sent", "")
    assert [message.to for message in outbox()] == [["other@example.com"]]


def test_sending_off_decides_and_keeps_still(
    shop: MailShop, mug: Product, settings: Settings
) -> None:
    settings.CLM = {**settings.CLM, "SENDING": False}
    row = queued(person(), shop.fill((mug, 1)))
    api.send_due(now=SOON)
    assert state_of(row) == ("suppressed", "sending_off")
    assert outbox() == []


def test_a_late_mail_is_dropped(shop: MailShop, mug: Product) -> None:
    row = queued(person(), shop.fill((mug, 1)))
    api.send_due(now=row.send_by + timedelta(seconds=1))
    assert state_of(row) == ("suppressed", "too_late")


def test_soft_opt_in_writes_to_customers_who_never_said_no(
    shop: MailShop, mug: Product, settings: Settings
) -> None:
    settings.CLM = {**settings.CLM, "SOFT_OPT_IN": True}
    basket = shop.fill((mug, 1))
    buyer = queued(person("a@example.com", agreed=None, customer_id="7"), basket)
    stranger = queued(person("b@example.com", agreed=None), basket)
    api.send_due(now=SOON)
    assert state_of(buyer) == ("sent", "")
    assert state_of(stranger) == ("suppressed", "no_consent")


def test_the_mail_shows_the_price_of_now_and_leaves_out_what_is_gone(
    shop: MailShop, mug: Product
) -> None:
    bowl, vase = (shop.add_product(t, price=Money(500, "GBP"), stock=5) for t in ("Bowl", "Vase"))
    queued(person(), shop.fill((mug, 2), (bowl, 1), (vase, 1)))
    shop.change(mug, price=Money(1100, "GBP"))
    shop.delete(bowl)
    shop.change(vase, stock=0, is_available=False)
    api.send_due(now=SOON)
    [message] = outbox()
    assert "£22.00" in message.body
    assert "Bowl" not in message.body
    assert "Vase" not in message.body
    assert "2 things from your basket are sold out" in message.body


def test_bad_data_of_one_recipient_fails_that_one(shop: MailShop, mug: Product) -> None:
    basket = shop.fill((mug, 1))
    broken = queued(person("a@example.com"), basket)
    Delivery.objects.filter(pk=broken.pk).update(content={"body": 7, "subject": ["x"]})
    odd = queued(person("b@example.com\nBcc: all@example.com"), basket)
    Delivery.objects.filter(pk=odd.pk).update(
        state="queued", address="b@example.com\nBcc: all@example.com", ended_at=None
    )
    good = queued(person("c@example.com"), basket)
    report = api.send_due(now=SOON)
    assert (report.sent, report.failed) == (1, 2)
    assert state_of(broken)[0] == state_of(odd)[0] == "failed"
    assert state_of(broken)[1]
    assert state_of(good) == ("sent", "")


def test_a_broken_layout_gives_up_no_mail(
    shop: MailShop, mug: Product, monkeypatch: pytest.MonkeyPatch
) -> None:
    row = queued(person(), shop.fill((mug, 1)))

    def broken(*args: Any, **kwargs: Any) -> Any:
        raise LayoutError("no MJML")

    monkeypatch.setattr(sending, "render", broken)
    with pytest.raises(LayoutError):
        api.send_due(now=SOON)
    assert state_of(row) == ("queued", "")


def test_without_an_address_of_the_shop_nothing_leaves(
    shop: MailShop, mug: Product, settings: Settings
) -> None:
    row = queued(person(), shop.fill((mug, 1)))
    settings.CLM = {"SHOP": SHOP}
    settings.SITE_ID = None
    with pytest.raises(ImproperlyConfigured, match="SITE_URL"):
        api.send_due(now=SOON)
    assert state_of(row) == ("queued", "")
