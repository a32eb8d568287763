"""What accounts, browsing, reviews and wish lists tell."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.contrib.auth import signals as auth
from django.http import HttpResponse
from django.views import View
from oscar.apps.catalogue.signals import product_viewed
from oscar.apps.customer.signals import user_logged_in, user_registered
from oscar.apps.search.signals import user_search
from oscar.core.loading import get_model

from tests.adapters import oscar_factory as oscar
from tests.adapters.oscar_factory import SILENT, VISITOR, visit

pytestmark = pytest.mark.django_db
Told = Callable[..., list[Any]]


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
