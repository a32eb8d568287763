"""Buying and giving money back, as a browser would do it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import pytest
from django.core import mail
from oscar.apps.order.exceptions import UnableToPlaceOrder
from oscar.core.loading import get_model

from clm_plugin.models import Event
from demo_shop import clock, gateway, refunds
from demo_shop.models import GatewayTransaction
from tests.demo.conftest import Shopper, StockedShop

if TYPE_CHECKING:
    from django.test import Client

Order = get_model("order", "Order")
Basket = get_model("basket", "Basket")
Transaction = get_model("payment", "Transaction")


def test_a_guest_buys(guest: Shopper, stocked_shop: StockedShop) -> None:
    clock.move(timedelta(days=14))
    guest.add(stocked_shop.mug, 2)
    answer = guest.buy()
    assert answer.headers["Location"] == "/checkout/thank-you/"

    order = guest.order()
    assert (order.guest_email, order.status) == ("guest@example.org", "Pending")
    assert order.total_incl_tax == Decimal("22.95")
    assert abs(order.date_placed - clock.now()) < timedelta(minutes=1)
    source = order.sources.get()
    assert (source.amount_debited, source.label) == (Decimal("22.95"), "Card ending 4242")
    assert gateway.refundable(reference=source.reference) == Decimal("22.95")
    assert [event.event_type.name for event in order.payment_events.all()] == ["Paid"]
    page = guest.client.get("/checkout/thank-you/").content.decode()
    assert order.number in page


def test_the_confirmation_is_sent_as_text_and_html(
    guest: Shopper, stocked_shop: StockedShop
) -> None:
    guest.add(stocked_shop.mug)
    guest.buy()
    (message,) = mail.outbox
    assert message.to == ["guest@example.org"]
    assert isinstance(message, mail.EmailMultiAlternatives)
    html = str(message.alternatives[0][0])
    for body in (str(message.body), html):
        assert "Spotted mug" in body
        assert "£13.45" in body
        assert "http://testserver/accounts/order-status/" in body


def test_a_customer_buys_and_delivery_is_free_from_forty_pounds(
    guest: Shopper, stocked_shop: StockedShop, make_user: Callable[..., Any]
) -> None:
    user = make_user("shopper@example.com")
    guest.client.force_login(user)
    guest.add(stocked_shop.lantern)
    guest.buy()
    order = guest.order()
    assert order.user == user
    assert (order.shipping_code, order.shipping_incl_tax) == ("standard", Decimal("0.00"))
    assert user.addresses.get().postcode == "YO1 7HH"
    assert guest.client.get(f"/accounts/orders/{order.number}/").status_code == 200


def test_express_delivery_costs_the_same_at_any_value(
    guest: Shopper, stocked_shop: StockedShop
) -> None:
    guest.add(stocked_shop.lantern)
    guest.buy(method="express")
    assert guest.order().total_incl_tax == Decimal("52.95")


@pytest.mark.parametrize(
    ("number", "text", "status"),
    [
        (gateway.DECLINES, "Your bank declined the card", "declined"),
        (gateway.TIMES_OUT, "did not answer in time", "timed_out"),
    ],
)
def test_a_failed_payment_keeps_the_basket(
    guest: Shopper, stocked_shop: StockedShop, number: str, text: str, status: str
) -> None:
    guest.add(stocked_shop.mug, 2)
    answer = guest.buy(number)
    assert text in answer.content.decode()
    assert not Order.objects.exists()
    assert GatewayTransaction.objects.get().status == status
    assert Basket.objects.get().status == "Open"
    assert "Spotted mug" in guest.client.get("/basket/").content.decode()

    assert guest.pay().status_code == 302
    assert guest.order().num_items == 2


def test_the_preview_asks_for_a_card_first(guest: Shopper, stocked_shop: StockedShop) -> None:
    guest.add(stocked_shop.mug)
    guest.to_payment()
    answer = guest.client.get("/checkout/preview/")
    assert answer.headers["Location"] == "/checkout/payment-details/"


@pytest.mark.parametrize(
    ("field", "value", "text"),
    [
        ("number", "1234 5678 9012 3456", "not a card number"),
        ("expiry", "08/19", "has expired"),
        ("expiry", "13/39", "month and the year"),
        ("code", "abc", "three or four digits"),
    ],
)
def test_a_malformed_card_is_refused(
    guest: Shopper, stocked_shop: StockedShop, field: str, value: str, text: str
) -> None:
    guest.add(stocked_shop.mug)
    guest.to_payment()
    card = {"name": "Ada", "number": gateway.APPROVES, "expiry": "08/39", "code": "123"}
    answer = guest.client.post("/checkout/payment-details/", {**card, field: value})
    assert answer.status_code == 422
    assert text in answer.content.decode()


def test_money_goes_back_when_the_order_cannot_be_placed(
    guest: Shopper, stocked_shop: StockedShop, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*args: Any, **kwargs: Any) -> None:
        raise UnableToPlaceOrder("sold out")

    monkeypatch.setattr("oscar.apps.order.utils.OrderCreator.place_order", refuse)
    guest.add(stocked_shop.mug)
    answer = guest.buy()
    assert "sold out" in answer.content.decode()
    charge = GatewayTransaction.objects.get(kind="charge")
    assert charge.left == 0
    assert Basket.objects.get().status == "Open"


def test_an_order_stands_without_a_mail_server(
    guest: Shopper, stocked_shop: StockedShop, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*args: Any, **kwargs: Any) -> None:
        raise ConnectionRefusedError

    monkeypatch.setattr("django.core.mail.EmailMultiAlternatives.send", refuse)
    guest.add(stocked_shop.mug)
    assert guest.buy().headers["Location"] == "/checkout/thank-you/"


@pytest.fixture
def order(guest: Shopper, stocked_shop: StockedShop) -> Any:
    guest.add(stocked_shop.mug, 2)
    guest.buy()
    return guest.order()


@pytest.fixture
def clerk(client: Client, make_user: Callable[..., Any]) -> Client:
    client.force_login(make_user("admin@example.com", is_staff=True, is_superuser=True))
    return client


def act(clerk: Client, order: Any, action: str, **form: Any) -> Any:
    """Press a button, look at the split it shows, and confirm it."""
    url = f"/dashboard/orders/{order.number}/"
    answer = clerk.post(url, {"order_action": action, **form})
    asked = answer.context.get("asked") if answer.context else None
    if not asked:
        return answer
    confirmed = {"seen": str(asked["amount"]), "refund_key": asked["key"]}
    return clerk.post(url, {**dict(asked["fields"]), **confirmed})


def money(order: Any) -> tuple[Decimal, list[Decimal]]:
    order.refresh_from_db()
    rows = Transaction.objects.filter(source__order=order, txn_type="Refund").order_by("pk")
    return refunds.refundable(order), [row.amount for row in rows]


def test_refund_by_amount(order: Any, clerk: Client) -> None:
    act(clerk, order, "refund_amount", **{"amount-amount": "5.00"})
    assert money(order) == (Decimal("17.95"), [Decimal("5.00")])
    reference = order.sources.get().reference
    assert gateway.refundable(reference=reference) == Decimal("17.95")


def test_a_refund_is_no_older_than_its_order(
    guest: Shopper, stocked_shop: StockedShop, clerk: Client
) -> None:
    clock.move(timedelta(days=14))
    guest.add(stocked_shop.mug)
    guest.buy()
    order = guest.order()
    act(clerk, order, "refund_all")
    refund = Transaction.objects.get(source__order=order, txn_type="Refund")
    told = Event.objects.get(type="order.refunded", payload__order_id=order.number)
    for moment in (refund.date_created, told.occurred_at):
        assert order.date_placed <= moment <= clock.now()
    events = order.payment_events.values_list("date_created", flat=True)
    assert all(moment >= order.date_placed for moment in events)


def test_refund_by_line_once_only(order: Any, clerk: Client) -> None:
    field = f"lines-line_{order.lines.get().pk}"
    act(clerk, order, "refund_lines", **{field: "1", "lines-shipping": "on"})
    assert money(order) == (Decimal("9.50"), [Decimal("13.45")])
    answer = act(clerk, order, "refund_lines", **{field: "2"})
    assert answer.status_code == 422
    act(clerk, order, "refund_lines", **{field: "1"})
    assert money(order) == (Decimal("0.00"), [Decimal("13.45"), Decimal("9.50")])


def test_a_second_click_on_a_refund_of_lines_says_the_same(order: Any, clerk: Client) -> None:
    """Red before: it spoke of a refund that waits, and there is none."""
    url, field = f"/dashboard/orders/{order.number}/", f"lines-line_{order.lines.get().pk}"
    form = {"order_action": "refund_lines", field: "1"}
    asked = clerk.post(url, form).context["asked"]
    confirmed = {**form, "seen": str(asked["amount"]), "refund_key": asked["key"]}
    for _ in range(2):
        page = clerk.post(url, confirmed, follow=True).content.decode()
        assert "The chosen items have been refunded." in page
        assert "waits" not in page
    assert money(order)[1] == [Decimal("9.50")]


def test_full_refund_takes_what_is_left(order: Any, clerk: Client) -> None:
    act(clerk, order, "refund_amount", **{"amount-amount": "2.95"})
    act(clerk, order, "refund_all")
    assert money(order) == (Decimal("0.00"), [Decimal("2.95"), Decimal("20.00")])
    page = act(clerk, order, "refund_all")
    assert page.status_code == 302
    assert len(money(order)[1]) == 2


@pytest.mark.parametrize("amount", ["22.96", "0", "-1", "1.001", "much"])
def test_a_refund_must_fit(order: Any, clerk: Client, amount: str) -> None:
    answer = act(clerk, order, "refund_amount", **{"amount-amount": amount})
    assert answer.status_code == 422
    assert money(order) == (Decimal("22.95"), [])


def test_choosing_no_line_refunds_nothing(order: Any, clerk: Client) -> None:
    assert act(clerk, order, "refund_lines").status_code == 422
    assert money(order)[1] == []


def test_cancelling_refunds_and_releases_the_stock(
    order: Any, clerk: Client, stocked_shop: StockedShop
) -> None:
    record = stocked_shop.mug.stockrecords.get()
    assert record.num_allocated == 2
    act(clerk, order, "cancel_order")
    assert money(order) == (Decimal("0.00"), [Decimal("22.95")])
    record.refresh_from_db()
    assert (order.status, record.num_allocated) == ("Cancelled", 0)
    act(clerk, order, "cancel_order")
    assert len(money(order)[1]) == 1


def test_a_complete_order_takes_its_stock(
    order: Any, clerk: Client, stocked_shop: StockedShop
) -> None:
    for status in ("Being processed", "Complete"):
        act(clerk, order, "change_order_status", new_status=status)
    record = stocked_shop.mug.stockrecords.get()
    assert (record.num_in_stock, record.num_allocated) == (18, 0)
    order.refresh_from_db()
    assert order.status == "Complete"
    assert {line.status for line in order.lines.all()} == {"Complete"}


def test_the_dashboards_own_event_form_moves_money_too(order: Any, clerk: Client) -> None:
    form = {"payment_event_type": refunds.refund_event_type().code, "amount": "4.00"}
    act(clerk, order, "create_order_payment_event", **form)
    assert money(order) == (Decimal("18.95"), [Decimal("4.00")])


def test_shoppers_cannot_refund(order: Any, client: Client) -> None:
    act(client, order, "refund_all")
    assert money(order)[1] == []
