"""What the basket's saves and signals tell."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import pytest
from django.contrib.auth.models import AnonymousUser
from django.db import transaction
from django.utils import timezone
from oscar.apps.basket.middleware import BasketMiddleware
from oscar.core.loading import get_model

from clm_plugin.adapters.oscar import OscarShop
from clm_plugin.shop.api import Wanted
from tests.adapters import oscar_factory as oscar
from tests.adapters.oscar_factory import SILENT, VISITOR, visit

if TYPE_CHECKING:
    from pytest_django import DjangoAssertNumQueries

pytestmark = pytest.mark.django_db
Told = Callable[..., list[Any]]


def contents(event: Any) -> dict[str, int]:
    payload = event.payload
    return dict(zip(payload["product_ids"], payload["quantities"], strict=True))


def test_each_change_is_a_snapshot(told: Told) -> None:
    mug, tin = oscar.make_product(price=950), oscar.make_product(price=300)
    basket = oscar.fill_basket(visit(), [(mug, 2), (tin, 1)])
    line = basket.lines.get(product=mug)
    line.quantity = 5
    line.save()
    basket.lines.get(product=tin).delete()
    events = told("basket.changed")
    assert [contents(event) for event in events] == [
        {str(mug.pk): 2},
        {str(mug.pk): 2, str(tin.pk): 1},
        {str(mug.pk): 5, str(tin.pk): 1},
        {str(mug.pk): 5},
    ]
    assert [event.payload["total_minor"] for event in events] == [1900, 2200, 5050, 4750]
    assert {event.payload["currency"] for event in events} == {"GBP"}
    assert {event.object_id for event in events} == {str(basket.pk)}


def test_a_snapshot_names_the_category_of_each_line(told: Told) -> None:
    """As the order will: of a variant its parent's, the first of several, none as an empty text."""
    kitchen, gifts = oscar.make_category("Kitchen"), oscar.make_category("Gifts")
    mug = oscar.make_product(category=kitchen)
    mug.productcategory_set.create(category=gifts)
    parent = oscar.make_product(category=gifts)
    red = oscar.make_product("Red", parent=parent)
    oscar.fill_basket(visit(), [(mug, 1), (red, 1), (oscar.make_product(), 1)])
    *_, last = told("basket.changed")
    assert last.payload["category_ids"] == [str(kitchen.pk), str(gifts.pk), ""]
    assert len(last.payload["product_ids"]) == 3


def test_an_emptied_basket_is_told_empty(told: Told) -> None:
    request = visit()
    basket = oscar.fill_basket(request, [(oscar.make_product(), 1), (oscar.make_product(), 1)])
    basket.flush()
    *_, last = told("basket.changed")
    assert len(told("basket.changed")) == 3  # two additions, and one for both removals
    assert (contents(last), last.payload["total_minor"]) == ({}, 0)
    assert last.actor == f"visitor:{VISITOR}"


def test_the_visitor_acts_and_the_basket_is_linked(told: Told) -> None:
    basket = oscar.fill_basket(visit(), [(oscar.make_product(), 1)])
    (event,) = told("basket.changed")
    assert (event.actor, event.links) == (f"visitor:{VISITOR}", [f"basket:{basket.pk}"])


def test_a_customer_acts_before_her_visitor(told: Told) -> None:
    ann = oscar.make_user()
    basket = oscar.fill_basket(visit(ann), [(oscar.make_product(), 1)])
    (event,) = told("basket.changed")
    assert event.actor == f"customer:{ann.pk}"
    assert event.links == [f"visitor:{VISITOR}", f"basket:{basket.pk}"]


def test_a_basket_without_a_request_acts_for_itself(told: Told) -> None:
    basket = get_model("basket", "Basket").objects.create()
    basket.strategy = oscar.make_request().strategy
    basket.strategy.request = None
    basket.add_product(oscar.make_product())
    (event,) = told("basket.changed")
    assert event.actor == f"basket:{basket.pk}"


@pytest.mark.parametrize("status", ["Frozen", "Submitted", "Saved"])
def test_only_an_open_basket_tells(told: Told, status: str) -> None:
    basket = oscar.fill_basket(visit(), [(oscar.make_product(), 1)])
    line = basket.lines.get()
    get_model("basket", "Basket").objects.filter(pk=basket.pk).update(status=status)
    line.save()
    assert len(told("basket.changed")) == 1


def test_a_deleted_basket_or_product_tells_nothing(told: Told) -> None:
    mug = oscar.make_product()
    basket = oscar.fill_basket(visit(), [(mug, 1), (oscar.make_product(), 1)])
    mug.delete()
    basket.delete()
    assert len(told("basket.changed")) == 2


def test_the_addition_links_what_the_line_could_not(
    told: Told, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A shop whose strategy keeps no request."""
    from oscar.apps.basket.signals import basket_addition

    request, mug = visit(), oscar.make_product()
    basket = request.basket
    monkeypatch.setattr(basket.strategy, "request", None)
    basket.add_product(mug)
    basket_addition.send(sender=None, product=mug, user=request.user, request=request)
    first, second = told("basket.changed")
    assert first.actor == f"basket:{basket.pk}"
    assert (second.actor, second.links) == (f"visitor:{VISITOR}", [f"basket:{basket.pk}"])


def test_the_addition_says_nothing_twice(told: Told) -> None:
    from oscar.apps.basket.signals import basket_addition

    request, mug = visit(), oscar.make_product()
    request.basket.add_product(mug)
    basket_addition.send(sender=None, product=mug, user=request.user, request=request)
    assert len(told("basket.changed")) == 1


def test_a_bundle_is_one_event(told: Told) -> None:
    made = [oscar.make_product() for _ in range(3)]
    OscarShop().add_lines(visit(), [Wanted(product_id=str(p.pk)) for p in made])
    (event,) = told("basket.changed")
    assert contents(event) == {str(p.pk): 1 for p in made}
    assert event.actor == f"visitor:{VISITOR}"


def test_an_event_goes_with_its_transaction(told: Told) -> None:
    basket = oscar.fill_basket(visit(), [(oscar.make_product(), 1)])
    line = basket.lines.get()
    with transaction.atomic():
        line.quantity = 4
        line.save()
        assert len(told("basket.changed")) == 2
        transaction.set_rollback(True)
    assert len(told("basket.changed")) == 1


def test_a_login_merges_the_baskets_and_the_customer_keeps_the_lines(told: Told) -> None:
    """By Oscar's own middleware: one product in both baskets, one in the cookie's only."""
    both, mine, hers = (oscar.make_product() for _ in range(3))
    ann = oscar.make_user()
    old = oscar.fill_basket(visit(ann), [(both, 1), (mine, 1)])
    cookie = oscar.fill_basket(visit(), [(both, 2), (hers, 1)])
    signed = BasketMiddleware(lambda _: None).get_basket_hash(cookie.pk)
    request = visit(ann, cookies={"oscar_open_basket": signed})
    assert request.basket.pk == old.pk
    (merged,) = told("basket.merged")
    assert merged.payload == {"basket_id": str(cookie.pk), "into": str(old.pk)}
    assert merged.actor == f"customer:{ann.pk}"
    assert set(merged.links) == {f"basket:{old.pk}", f"basket:{cookie.pk}"}
    last = told("basket.changed")[-1]
    assert last.payload["basket_id"] == str(old.pk)  # not the emptied one
    assert contents(last) == {str(both.pk): 2, str(mine.pk): 1, str(hers.pk): 1}


def test_an_empty_basket_merges_silently(told: Told) -> None:
    ann = oscar.make_user()
    mine, empty = visit(ann).basket, get_model("basket", "Basket").objects.create()
    mine.merge(empty)
    assert told("basket.merged") == []


def test_vouchers_are_told(told: Told) -> None:
    from oscar.apps.basket.signals import voucher_addition, voucher_removal

    request = visit()
    basket = oscar.fill_basket(request, [(oscar.make_product(), 1)])
    now = timezone.now()
    voucher = get_model("voucher", "Voucher").objects.create(
        name="Welcome", code="WELCOME10", start_datetime=now, end_datetime=now
    )
    voucher_addition.send(sender=None, basket=request.basket, voucher=voucher)
    voucher_removal.send(sender=None, basket=request.basket, voucher=voucher)
    applied, removed = told("voucher.applied", "voucher.removed")
    assert applied.payload == removed.payload == {"basket_id": str(basket.pk), "code": "WELCOME10"}
    assert (applied.type, removed.type) == ("voucher.applied", "voucher.removed")
    assert applied.actor == f"visitor:{VISITOR}"


@pytest.mark.parametrize("request_with", SILENT)
def test_nothing_is_told_of_crawlers_and_of_who_refused(
    told: Told, request_with: dict[str, Any]
) -> None:
    request, mug = visit(**request_with), oscar.make_product()
    oscar.fill_basket(request, [(mug, 1)])
    OscarShop().add_lines(request, [Wanted(product_id=str(mug.pk), quantity=3)])
    assert told() == []


def test_nothing_is_told_of_staff_posing_as_a_customer(told: Told) -> None:
    ann = oscar.make_user()
    request = visit(ann)
    request.session["hijack_history"] = ["1"]
    oscar.fill_basket(request, [(oscar.make_product(), 1)])
    assert told() == []


def test_without_consent_a_strangers_basket_stays_unknown(told: Told, settings: Any) -> None:
    settings.CLM = {**settings.CLM, "REQUIRE_CONSENT": True}
    request = visit()
    oscar.fill_basket(request, [(oscar.make_product(), 1)])
    basket = get_model("basket", "Basket").objects.create()
    basket.strategy = visit().strategy
    basket.strategy.request = None
    basket.add_product(oscar.make_product())
    assert told() == []
    agreed = visit(cookies={"clm_c": "1"})
    oscar.fill_basket(agreed, [(oscar.make_product(), 1)])
    assert len(told()) == 1


def test_a_snapshot_reads_once(
    django_assert_num_queries: DjangoAssertNumQueries, told: Told
) -> None:
    """One read of the basket and the storing of an event, however many lines."""
    from clm_plugin.adapters.oscar.receivers import baskets

    basket = oscar.fill_basket(visit(), [(oscar.make_product(), 1) for _ in range(6)])
    assert len(told("basket.changed")) == 6
    with django_assert_num_queries(1):
        events = baskets._snapshot(basket.pk, basket)
    assert events is not None
    (event,) = events
    assert len(event.payload["product_ids"]) == 6


def test_looking_at_a_basket_evaluates_none() -> None:
    from clm_plugin.adapters.oscar.baskets import loaded_basket

    ann = oscar.make_user()
    request = visit(ann)
    request.user = ann
    assert OscarShop().request_basket(request) is None
    assert loaded_basket(request) is None
    assert not get_model("basket", "Basket").objects.exists()


def test_the_cookie_names_a_strangers_basket_without_loading_it() -> None:
    from clm_plugin.adapters.oscar.baskets import loaded_basket

    mug = oscar.make_product()
    made = oscar.fill_basket(visit(), [(mug, 2)])
    signed = BasketMiddleware(lambda _: None).get_basket_hash(made.pk)
    request = visit(cookies={"oscar_open_basket": signed})
    found = OscarShop().request_basket(request)
    assert found is not None
    assert found.id == str(made.pk)
    assert loaded_basket(request) is None
    forged = visit(cookies={"oscar_open_basket": f"{made.pk}:forged"})
    assert OscarShop().request_basket(forged) is None


def test_the_basket_of_an_account_is_not_read_by_a_cookie() -> None:
    ann = oscar.make_user()
    hers = oscar.fill_basket(visit(ann), [(oscar.make_product(), 1)])
    signed = BasketMiddleware(lambda _: None).get_basket_hash(hers.pk)
    request = visit(cookies={"oscar_open_basket": signed})
    assert isinstance(request.user, AnonymousUser)
    assert OscarShop().request_basket(request) is None
