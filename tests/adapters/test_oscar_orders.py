"""What checkout, orders, refunds and statuses tell."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import pytest
from django.db.models.signals import post_save
from oscar.apps.checkout.signals import post_payment, pre_payment, start_checkout

from tests.adapters import oscar_factory as oscar
from tests.adapters.oscar_factory import SILENT, VISITOR, visit

if TYPE_CHECKING:
    from tests.demo.conftest import Shopper, StockedShop

pytestmark = pytest.mark.django_db
Told = Callable[..., list[Any]]


def test_an_order_is_told_whole(told: Told) -> None:
    ann = oscar.make_user("ann@example.com", "Ann")
    mugs = oscar.make_category("Mugs")
    parent = oscar.make_product("Mug", category=mugs)
    red = oscar.make_product("Red", price=950, cost=400, parent=parent)
    tin = oscar.make_product("Tin", price=300)
    basket = oscar.fill_basket(visit(ann), [(red, 2), (tin, 1)])
    order = oscar.checkout(basket, ann)
    (event,) = told("order.placed")
    assert event.actor == f"customer:{ann.pk}"
    assert event.links == [f"basket:{basket.pk}"]
    assert (event.object_id, event.source) == (order.number, "shop")
    assert event.payload == {
        "order_id": order.number,
        "basket_id": str(basket.pk),
        "email": "ann@example.com",
        "first_name": "Ann",
        "country": "",
        "currency": "GBP",
        "total_minor": 2200,
        "product_ids": [str(red.pk), str(tin.pk)],
        "category_ids": [str(mugs.pk), ""],
        "quantities": [2, 1],
        "totals_minor": [1900, 300],
        "costs_minor": [800, -1],
    }


def test_a_guests_order_is_linked_to_her_device(
    told: Told, guest: Shopper, stocked_shop: StockedShop
) -> None:
    """The whole checkout over HTTP: every step, one of each."""
    guest.client.cookies["clm_v"] = VISITOR
    guest.add(stocked_shop.mug, 2)
    assert guest.buy().status_code == 302
    order = guest.order()
    (placed,) = told("order.placed")
    assert placed.actor == f"visitor:{VISITOR}"
    assert placed.links == [f"basket:{order.basket_id}"]
    assert placed.payload["email"] == "guest@example.org"
    assert placed.payload["country"] == "GB"
    assert placed.payload["first_name"] == "Ada"
    assert placed.payload["total_minor"] == round(order.total_incl_tax * 100)
    for step in ("checkout.started", "payment.reached", "basket.changed"):
        (event,) = told(step)
        assert event.actor == f"visitor:{VISITOR}"
        assert event.links == [f"basket:{order.basket_id}"]
    assert len(told("stock.changed")) in (0, 1)  # on commit; its own test is below


def test_an_order_of_five_hundred_and_one_lines_is_told(told: Told) -> None:
    mug = oscar.make_product(price=100)
    order = oscar.make_order(oscar.make_user(), [(mug, 1)] * 501)
    from oscar.apps.order.signals import order_placed

    order_placed.send(sender=None, order=order, user=order.user)
    (event,) = told("order.placed")
    assert len(event.payload["product_ids"]) == 501


def test_an_order_counts_once_whoever_tells_it(told: Told) -> None:
    from oscar.apps.order.signals import order_placed

    ann = oscar.make_user()
    order = oscar.make_order(ann, [(oscar.make_product(), 1)])
    for _ in range(3):
        order_placed.send(sender=None, order=order, user=ann)
    assert len(told("order.placed")) == 1


@pytest.mark.parametrize("request_with", SILENT)
def test_an_order_is_told_without_the_device_that_may_not_be_known(
    told: Told, request_with: dict[str, Any]
) -> None:
    request = visit(**request_with)
    basket = oscar.fill_basket(request, [(oscar.make_product(), 1)])
    pre_payment.send(sender=None, view=SimpleNamespace(request=request))
    oscar.checkout(basket)
    (event,) = told()
    assert (event.type, event.actor, event.links) == ("order.placed", f"basket:{basket.pk}", None)


def test_the_visitor_is_that_of_the_paying_request(told: Told) -> None:
    request = visit()
    basket = oscar.fill_basket(request, [(oscar.make_product(), 1)])
    pre_payment.send(sender=None, view=SimpleNamespace(request=request))
    post_payment.send(sender=None, view=SimpleNamespace(request=request))
    oscar.checkout(basket)
    (placed,) = told("order.placed")
    assert placed.actor == f"visitor:{VISITOR}"
    assert len(told("payment.reached")) == 1


def test_a_status_is_told_and_a_cancellation_once(told: Told) -> None:
    ann = oscar.make_user()
    order = oscar.make_order(ann, [(oscar.make_product(), 1)])
    order.set_status("Being processed")
    order.set_status("Cancelled")
    first, second = told("order.status_changed")
    assert first.payload == {
        "order_id": order.number,
        "old": "Pending",
        "new": "Being processed",
    }
    assert second.payload["new"] == "Cancelled"
    (cancelled,) = told("order.cancelled")
    assert (cancelled.actor, cancelled.payload) == (
        f"customer:{ann.pk}",
        {"order_id": order.number},
    )


def test_a_line_status_is_told(told: Told) -> None:
    mug = oscar.make_product()
    order = oscar.make_order(oscar.make_user(), [(mug, 1)])
    line = order.lines.get()
    line.status = "Pending"
    line.set_status("Cancelled")
    (event,) = told("order.line_status_changed")
    assert event.payload == {
        "order_id": order.number,
        "product_id": str(mug.pk),
        "old": "Pending",
        "new": "Cancelled",
    }


def test_refunds_are_told_one_by_one(told: Told) -> None:
    ann = oscar.make_user()
    order = oscar.make_order(ann, [(oscar.make_product(price=1000), 1)])
    source = oscar.make_source(order)
    for pence in (333, 333, 334):
        source.refund(oscar.pounds(pence))
    source.debit(Decimal("1"))
    source.transactions.filter(txn_type="Refund").first().save()  # saved again: told already
    events = told("order.refunded")
    assert [event.payload["amount_minor"] for event in events] == [333, 333, 334]
    assert {event.payload["order_id"] for event in events} == {order.number}
    assert {event.actor for event in events} == {f"customer:{ann.pk}"}
    assert len({event.payload["refund_id"] for event in events}) == 3


def test_an_order_costs_a_bounded_number_of_queries(
    django_assert_max_num_queries: Any, told: Told
) -> None:
    """Five reads, before the storing of one event."""
    from clm_plugin.adapters.oscar.receivers import orders

    made = [(oscar.make_product(cost=100), 1) for _ in range(12)]
    order = oscar.make_order(oscar.make_user(), made)
    with django_assert_max_num_queries(5):
        events = orders._placed(order.pk, "")
    assert events is not None
    (event,) = events
    assert len(event.payload["costs_minor"]) == 12


def test_start_of_checkout_needs_somebody(told: Told) -> None:
    start_checkout.send(sender=None, request=visit(cookies={"clm_v": ""}))
    assert told() == []


def test_a_save_of_fixtures_tells_nothing(told: Told) -> None:
    line = oscar.fill_basket(visit(), [(oscar.make_product(), 1)]).lines.get()
    before = len(told())
    post_save.send(sender=type(line), instance=line, created=True, raw=True, using="default")
    assert len(told()) == before
