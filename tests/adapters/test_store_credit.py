"""Paying with store credit in a real Oscar checkout, over HTTP."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Any

import pytest
from django.core import mail
from oscar.core.loading import get_model

from clm_plugin.events.models import Event
from clm_plugin.wallet import api as wallet
from clm_plugin.wallet.plan import Exclusions, SpendRules
from demo_shop import gateway
from demo_shop.models import GatewayTransaction
from tests.adapters.credit import Saver, charged, free, give, held, programme

if TYPE_CHECKING:
    from django.test import Client

    from tests.demo.conftest import StockedShop

Order = get_model("order", "Order")
pytestmark = pytest.mark.django_db


def test_a_part_is_paid_with_credit_and_the_rest_by_card(
    saver: Saver, stocked_shop: StockedShop, ann: Any
) -> None:
    saver.add(stocked_shop.lantern)
    basket = saver.client.get("/basket/").content.decode()
    assert "You have <strong>£10.00</strong>" in basket
    assert "Use up to £10.00" in basket
    saver.use()
    saver.to_payment()
    payment = saver.client.get("/checkout/payment-details/").content.decode()
    assert "<strong>£10.00</strong> pays for this order" in payment
    saver.enter_card()
    preview = saver.preview()
    assert "Store credit: £10.00" in preview
    assert "Card ending 4242: £35.00" in preview
    answer = saver.place()
    assert answer.headers["Location"] == "/checkout/thank-you/"

    order = saver.order()
    assert order.total_incl_tax == Decimal("45.00")
    assert charged() == [Decimal("35.00")]
    sources = {source.source_type.code: source for source in order.sources.all()}
    assert sources["store-credit"].amount_debited == Decimal("10.00")
    assert sources["card"].amount_debited == Decimal("35.00")
    assert (free(ann), held(ann)) == (0, 0)
    spent = wallet.spent_on(order.number)
    assert spent is not None
    assert spent.amount_minor == 1000


def test_the_split_is_shown_wherever_the_order_is(
    saver: Saver, stocked_shop: StockedShop, ann: Any, admin_client: Client
) -> None:
    saver.checkout(stocked_shop.lantern)
    order = saver.order()
    pages = [
        saver.client.get("/checkout/thank-you/"),
        saver.client.get(f"/accounts/orders/{order.number}/"),
        admin_client.get(f"/dashboard/orders/{order.number}/"),
    ]
    for page in pages:
        html = page.content.decode()
        assert "Store credit" in html
        assert "£10.00" in html
        assert "£35.00" in html
    (message,) = mail.outbox
    assert isinstance(message, mail.EmailMultiAlternatives)
    for body in (str(message.body), str(message.alternatives[0][0])):
        assert "Paid with Store credit" in body
        assert "£10.00" in body
        assert "£35.00" in body


def test_credit_is_a_tender_and_no_discount(
    saver: Saver, stocked_shop: StockedShop, admin_client: Client
) -> None:
    """Totals, lines, discounts and Oscar's own report are those of an order paid by card."""
    saver.checkout(stocked_shop.lantern)
    order = saver.order()
    line = order.lines.get()
    assert (order.total_incl_tax, order.basket_total_incl_tax) == (Decimal(45), Decimal(45))
    assert line.line_price_incl_tax == line.line_price_before_discounts_incl_tax == Decimal(45)
    assert not order.discounts.exists()
    day = f"{order.date_placed:%Y-%m-%d}"
    query = {"report_type": "order_report", "date_from": day, "date_to": day, "download": "on"}
    report = admin_client.get("/dashboard/reports/", query).content.decode()
    row = next(row for row in report.splitlines() if row.startswith(order.number))
    assert "45.00" in row


def test_credit_that_pays_for_everything_needs_no_card(
    saver: Saver, stocked_shop: StockedShop, ann: Any
) -> None:
    programme(spend=SpendRules(exclusions=Exclusions(shipping=False)))
    give(ann, 5000)
    saver.add(stocked_shop.lantern)
    saver.use()
    saver.to_payment()
    page = saver.client.get("/checkout/payment-details/").content.decode()
    assert "No card is needed" in page
    assert "Card number" not in page
    assert saver.client.post("/checkout/payment-details/").headers["Location"].endswith("/preview/")
    assert saver.place().status_code == 302
    order = saver.order()
    assert [source.source_type.code for source in order.sources.all()] == ["store-credit"]
    assert charged() == []
    assert free(ann) == 6000 - 4500


def test_an_order_without_the_wish_uses_none(
    saver: Saver, stocked_shop: StockedShop, ann: Any
) -> None:
    saver.add(stocked_shop.lantern)
    assert saver.buy().status_code == 302
    assert charged() == [Decimal("45.00")]
    assert free(ann) == 1000


def test_the_wish_can_be_changed_and_taken_back(
    saver: Saver, stocked_shop: StockedShop, ann: Any
) -> None:
    saver.add(stocked_shop.lantern)
    saver.use("4.50")
    assert "<strong>£4.50</strong> pays" in saver.client.get("/basket/").content.decode()
    saver.client.post("/clm/credit/use", {"action": "remove", "next": "/basket/"})
    assert "pays for this order" not in saver.client.get("/basket/").content.decode()
    saver.use("4.50")
    saver.to_payment()
    saver.enter_card()
    assert saver.place().status_code == 302
    assert charged() == [Decimal("40.50")]
    assert free(ann) == 550


def test_only_sane_money_is_a_wish(saver: Saver, stocked_shop: StockedShop) -> None:
    """``test_tender_rules`` has the table."""
    saver.add(stocked_shop.lantern)
    for amount in ("NaN", "-1", "1,00"):
        assert saver.use(amount).status_code == 302
        page = saver.client.get("/basket/").content.decode()
        assert "Write the amount in figures" in page
        assert "pays for this order" not in page


def test_an_amount_may_be_written_as_her_language_writes_it(
    saver: Saver, stocked_shop: StockedShop
) -> None:
    saver.add(stocked_shop.lantern)
    saver.client.defaults["HTTP_ACCEPT_LANGUAGE"] = "id"
    for amount, used in (("4,50", True), ("4.50", True), ("1.004,50", False), ("4,5,0", False)):
        saver.client.post("/clm/credit/use", {"action": "remove", "next": "/basket/"})
        saver.use(amount)
        page = saver.client.get("/basket/").content.decode()
        assert ("£4,50</strong>" in page) == used, amount


def test_the_form_leads_nowhere_else(saver: Saver) -> None:
    answer = saver.client.post("/clm/credit/use", {"next": "https://evil.example/"})
    assert answer.headers["Location"] == "/basket/"
    assert saver.client.get("/clm/credit/use").status_code == 405


def test_a_guest_cannot_use_credit(client: Client, stocked_shop: StockedShop, ann: Any) -> None:
    programme()
    give(ann, 1000)
    guest = Saver(client)
    guest.add(stocked_shop.lantern)
    guest.use()
    assert "Store credit</h2>" not in client.get("/basket/").content.decode()
    guest.to_payment()
    guest.enter_card()
    # Not even with a field of her own making.
    answer = guest.place(shown="1000")
    assert "cannot be used" in answer.content.decode()
    assert not Order.objects.exists()
    assert charged() == []


def test_the_event_tells_the_credit_part_and_what_earning_asks(
    saver: Saver, stocked_shop: StockedShop
) -> None:
    saver.add(stocked_shop.mug)
    saver.use("4")
    saver.to_payment()
    saver.enter_card()
    saver.place()
    payload = Event.objects.get(type="order.placed").payload
    assert payload["credit_minor"] == 400
    assert payload["shipping_minor"] == 395
    assert payload["total_minor"] == 1345


@pytest.mark.parametrize("number", [gateway.DECLINES, gateway.TIMES_OUT])
def test_credit_is_free_again_when_the_card_fails(
    saver: Saver, stocked_shop: StockedShop, ann: Any, number: str
) -> None:
    """And the next attempt, under the same order number, is one of its own."""
    answer = saver.checkout(stocked_shop.lantern, number=number)
    assert answer.status_code == 200
    assert not Order.objects.exists()
    assert (free(ann), held(ann)) == (1000, 0)
    saver.enter_card()
    assert saver.place().status_code == 302
    assert charged() == [Decimal("35.00")]
    assert (free(ann), held(ann)) == (0, 0)
    states = [each.state for each in wallet.held_for(saver.order().number)]
    assert states == ["voided", "posted"]


def test_credit_is_free_again_when_the_order_cannot_be_written(
    saver: Saver, stocked_shop: StockedShop, ann: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    from oscar.apps.order.utils import OrderCreator

    def refuse(*_: Any, **__: Any) -> None:
        raise ZeroDivisionError

    with monkeypatch.context() as patch:
        patch.setattr(OrderCreator, "create_line_models", refuse)
        assert saver.checkout(stocked_shop.lantern).status_code == 200
    assert not Order.objects.exists()
    assert (free(ann), held(ann)) == (1000, 0)
    charge = GatewayTransaction.objects.get(kind="charge")
    assert charge.left == 0


@pytest.mark.usefixtures("receivers_fail")
def test_no_order_without_its_credit(
    saver: Saver, stocked_shop: StockedShop, ann: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Order and capture are one transaction: when the ledger refuses, nothing of the order stands
    (red without ``transaction.atomic`` in ``place_order``)."""

    def refuse(**_: Any) -> None:
        raise wallet.WalletError("no")

    with monkeypatch.context() as patch:
        patch.setattr(wallet, "capture", refuse)
        answer = saver.checkout(stocked_shop.lantern)
    assert "Your store credit could not be used" in answer.content.decode()
    assert not Order.objects.exists()
    assert get_model("basket", "Basket").objects.get(owner=ann).status == "Open"
    assert GatewayTransaction.objects.get(kind="charge").left == 0
    assert (free(ann), held(ann)) == (1000, 0)
