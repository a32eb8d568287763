"""What checkout, orders, refunds, accounts, reviews, wish lists, stock and price tell."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import pytest
from django.contrib.auth import signals as auth
from django.db import transaction
from django.db.models.signals import post_save
from django.http import HttpResponse
from django.views import View
from oscar.apps.catalogue.signals import product_viewed
from oscar.apps.checkout.signals import post_payment, pre_payment, start_checkout
from oscar.apps.customer.signals import user_logged_in, user_registered
from oscar.apps.search.signals import user_search
from oscar.core.loading import get_model

from tests.adapters import oscar_factory as oscar
from tests.adapters.test_oscar_baskets import SILENT, VISITOR, visit

if TYPE_CHECKING:
    from pytest_django import DjangoAssertNumQueries, DjangoCaptureOnCommitCallbacks

    from tests.demo.conftest import Shopper, StockedShop

pytestmark = pytest.mark.django_db
Told = Callable[..., list[Any]]


# Orders


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
    """Four reads, and the storing of one event."""
    from clm_plugin.adapters.oscar.receivers import orders

    made = [(oscar.make_product(cost=100), 1) for _ in range(12)]
    order = oscar.make_order(oscar.make_user(), made)
    with django_assert_max_num_queries(4):
        events = orders._placed(order.pk, "")
    assert events is not None
    (event,) = events
    assert len(event.payload["costs_minor"]) == 12


# Accounts


def test_a_login_links_visitor_and_basket_and_is_told_once(told: Told) -> None:
    from oscar.apps.basket.middleware import BasketMiddleware

    cookie = oscar.fill_basket(visit(), [(oscar.make_product(), 1)])
    signed = BasketMiddleware(lambda _: None).get_basket_hash(cookie.pk)
    ann = oscar.make_user("ann@example.com", "Ann")
    request = visit(ann, cookies={"oscar_open_basket": signed})
    auth.user_logged_in.send(sender=type(ann), request=request, user=ann)
    user_logged_in.send(sender=None, request=request, user=ann, old_session_key=None)
    (event,) = told("customer.logged_in")
    assert event.actor == f"customer:{ann.pk}"
    assert event.links == [f"visitor:{VISITOR}", f"basket:{cookie.pk}"]
    assert event.payload == {"email": "ann@example.com", "first_name": "Ann", "language": "en"}


def test_a_registration_over_http_is_told(told: Told, client: Any, stocked_shop: Any) -> None:
    client.cookies["clm_v"] = VISITOR
    form = {
        "registration-email": "new@example.com",
        "registration-password1": "correct-horse-9",
        "registration-password2": "correct-horse-9",
        "registration_submit": "Register",
    }
    assert client.post("/accounts/login/", form).status_code == 302
    (registered,) = told("customer.registered")
    assert registered.links == [f"visitor:{VISITOR}"]
    assert registered.payload["email"] == "new@example.com"
    (login,) = told("customer.logged_in")
    assert login.actor == registered.actor
    client.post("/accounts/logout/")
    (logout,) = told("customer.logged_out")
    assert (logout.actor, logout.links) == (registered.actor, None)


def test_a_registration_counts_once(told: Told) -> None:
    ann = oscar.make_user()
    for _ in range(2):
        user_registered.send(sender=None, request=visit(ann), user=ann)
    assert len(told("customer.registered")) == 1


@pytest.mark.parametrize("request_with", SILENT)
def test_a_login_without_leave_is_not_told(told: Told, request_with: dict[str, Any]) -> None:
    ann = oscar.make_user()
    request = visit(ann, **request_with)
    auth.user_logged_in.send(sender=type(ann), request=request, user=ann)
    auth.user_logged_out.send(sender=type(ann), request=request, user=ann)
    assert told() == []


# Browsing


def look(product: Any, request: Any) -> None:
    product_viewed.send(
        sender=None, product=product, user=request.user, request=request, response=HttpResponse()
    )
    view = View()
    view.setup(request)
    user_search.send(sender=view, session=None, user=request.user, query="  mugs\x00 ")


def test_browsing_is_left_to_the_beacon(told: Told) -> None:
    look(oscar.make_product(), visit())
    assert told() == []


def test_without_the_beacon_browsing_is_told(told: Told, settings: Any) -> None:
    settings.CLM = {**settings.CLM, "BEACON": False}
    mugs = oscar.make_category("Mugs")
    parent = oscar.make_product("Mug", category=mugs)
    red = oscar.make_product("Red", parent=parent)
    look(red, visit())
    viewed, search = told()
    assert viewed.payload == {"product_id": str(red.pk), "category_ids": [str(mugs.pk)]}
    assert (search.type, search.payload) == ("search.made", {"query": "mugs"})
    assert viewed.actor == search.actor == f"visitor:{VISITOR}"


@pytest.mark.parametrize(
    "request_with", [*SILENT, pytest.param({"cookies": {"clm_v": "?"}}, id="nobody")]
)
def test_without_the_beacon_who_is_not_known_is_not_told(
    told: Told, settings: Any, request_with: dict[str, Any]
) -> None:
    settings.CLM = {**settings.CLM, "BEACON": False}
    look(oscar.make_product(), visit(**request_with))
    assert told() == []


def test_reviews_are_told(told: Told) -> None:
    from oscar.apps.catalogue.reviews.signals import review_added

    mug, request = oscar.make_product(), visit()
    review = get_model("reviews", "ProductReview").objects.create(
        product=mug, score=4, title="Good", body="A mug.", name="Ann"
    )
    review_added.send(sender=None, review=review, user=request.user, request=request, response=None)
    (event,) = told("review.added")
    assert event.payload == {"product_id": str(mug.pk), "score": 4}
    assert event.actor == f"visitor:{VISITOR}"


def test_wish_lists_are_told(told: Told) -> None:
    ann, mug, tin = oscar.make_user(), oscar.make_product(), oscar.make_product()
    wishes = get_model("wishlists", "WishList").objects.create(owner=ann)
    wishes.add(mug)
    wishes.add(mug)  # one more of the same: nothing new
    wishes.add(tin)
    wishes.lines.get(product=mug).delete()
    wishes.delete()
    events = told("wishlist.changed")
    assert [(event.object_id, event.payload["added"]) for event in events] == [
        (str(mug.pk), True),
        (str(tin.pk), True),
        (str(mug.pk), False),
    ]
    assert {event.actor for event in events} == {f"customer:{ann.pk}"}


def test_start_of_checkout_needs_somebody(told: Told) -> None:
    start_checkout.send(sender=None, request=visit(cookies={"clm_v": ""}))
    assert told() == []


# Stock and price


def numbers(events: list[Any]) -> list[tuple[str, str, int]]:
    return [
        (e.type, e.object_id, e.payload.get("stock", e.payload.get("price_minor"))) for e in events
    ]


def test_stock_and_price_are_told_when_they_changed(
    told: Told, django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks
) -> None:
    mug = oscar.make_product(price=950, stock=10)
    record = mug.stockrecords.get()
    with django_capture_on_commit_callbacks(execute=True):
        record.num_in_stock = 7
        record.save()
        record.low_stock_threshold = 2
        record.save()
        record.price = Decimal("8.00")
        record.save()
    key = str(mug.pk)
    assert numbers(told()) == [("stock.changed", key, 7), ("price.changed", key, 800)]
    assert {event.actor for event in told()} == {""}


def test_a_save_that_changes_nothing_tells_nothing(
    told: Told, django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks
) -> None:
    record = oscar.make_product().stockrecords.get()
    with django_capture_on_commit_callbacks(execute=True) as callbacks:
        record.save()
        record.num_in_stock, record.num_allocated = 12, 2  # net, as it was
        record.save()
    assert (told(), callbacks) == ([], [])


def test_a_checkout_tells_all_stock_in_one_batch(
    told: Told,
    django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks,
    django_assert_max_num_queries: Any,
) -> None:
    ann = oscar.make_user()
    made = [oscar.make_product(stock=10) for _ in range(5)]
    basket = oscar.fill_basket(visit(ann), [(product, 2) for product in made])
    with django_capture_on_commit_callbacks() as callbacks:
        order = oscar.checkout(basket, ann)
    assert told("stock.changed") == []  # not in the checkout's own transaction
    with django_assert_max_num_queries(12):
        for callback in callbacks:
            callback()
    assert numbers(told("stock.changed")) == [("stock.changed", str(p.pk), 8) for p in made]
    with django_capture_on_commit_callbacks(execute=True):
        order.lines.first().cancel_allocation(2)
    assert told("stock.changed")[-1].payload["stock"] == 10


def test_what_was_rolled_back_is_not_told(
    told: Told, django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks
) -> None:
    first, second = (oscar.make_product(stock=10).stockrecords.get() for _ in range(2))
    with django_capture_on_commit_callbacks(execute=True):
        with transaction.atomic():
            first.num_in_stock = 1
            first.save()
            transaction.set_rollback(True)
        second.num_in_stock = 3
        second.save()
    assert numbers(told()) == [("stock.changed", str(second.product_id), 3)]


def test_a_save_of_fixtures_tells_nothing(told: Told) -> None:
    line = oscar.fill_basket(visit(), [(oscar.make_product(), 1)]).lines.get()
    before = len(told())
    post_save.send(sender=type(line), instance=line, created=True, raw=True, using="default")
    assert len(told()) == before


def test_reading_products_costs_the_same_for_one_and_for_many(
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    from clm_plugin.adapters.oscar import OscarShop

    mugs, ids = oscar.make_category("Mugs"), []
    for _ in range(6):
        parent = oscar.make_product("Mug", category=mugs)
        red = oscar.make_product("Red", parent=parent)
        ids += [str(parent.pk), str(red.pk), str(oscar.make_product(category=mugs).pk)]
    for some in (ids[:3], ids):
        with django_assert_num_queries(8):
            assert len(OscarShop().products(some)) == len(some)
    with django_assert_num_queries(1):
        OscarShop().categories()


def test_reading_orders_costs_the_same_for_one_and_for_many(
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    from clm_plugin.adapters.oscar import OscarShop

    made = [oscar.make_product(cost=100) for _ in range(4)]
    for _ in range(7):
        oscar.make_order(oscar.make_user(), [(product, 2) for product in made])
    for limit in (1, 7):
        with django_assert_num_queries(4):
            assert len(OscarShop().orders(limit=limit)) == limit
