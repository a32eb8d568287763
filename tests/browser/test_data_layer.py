"""GA4 events that a shop already pushes, read by our script in a real browser."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from clm_plugin.models import Event, OrderFact
from clm_plugin.pipeline import drain

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.browser.shopper import Shopper

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

ITEM = '{item_id: "2", item_name: "Tea tin", price: 8.5, quantity: 2, item_category: "Tea"}'
GTAG = (
    "window.dataLayer = window.dataLayer || [];"
    "window.gtag = function () { dataLayer.push(arguments); };"
)


@pytest.fixture(autouse=True)
def _reads(settings: Any, shop: str) -> None:
    settings.CLM = {**settings.CLM, "DATA_LAYER": True}


def settle(ann: Shopper) -> None:
    """Until all that is on its way has arrived."""
    ann.page.wait_for_timeout(1_200)


def hints(ann: Shopper) -> list[tuple[str, dict[str, Any]]]:
    return [(each["name"], each["properties"]) for each in ann.events("custom.tracked")]


def test_both_forms_before_and_after_the_script(meet: Callable[..., Shopper]) -> None:
    ann = meet()
    ann.page.add_init_script(
        f"{GTAG} dataLayer.push({{event: 'view_item_list', ecommerce: {{item_list_id: 'spring',"
        f" items: [{ITEM}, {{item_id: 3}}]}}}}); gtag('js', new Date());"
        f" gtag('event', 'select_item', {{item_list_id: 'spring', items: [{ITEM}]}});"
    )
    ann.visit("/gifts/")
    assert ann.wait_event("list.viewed") == [{"list_id": "spring", "product_ids": ["2", "3"]}]
    ann.page.evaluate(
        f"""dataLayer.push({{event: 'add_to_cart', ecommerce: {{currency: 'GBP', value: 17,
        items: [{ITEM}]}}}}); gtag('event', 'search', {{search_term: 'tea tin'}});
        gtag('event', 'begin_checkout', {{value: 17, currency: 'GBP', items: [{ITEM}]}});
        gtag('event', 'login', {{method: 'x'}}); dataLayer.push({{event: 'gtm.dom'}});"""
    )
    assert ann.wait_event("search.made") == [{"query": "tea tin"}]
    settle(ann)
    item = {"reader": "dataLayer", "product_ids": ["2"], "product_id": "2", "price": 8.5}
    assert hints(ann) == [
        ("Product Clicked", {**item, "list_id": "spring", "quantity": 2}),
        ("Product Added", {**item, "currency": "GBP", "value": 17, "quantity": 2}),
        ("Checkout Started", {**item, "currency": "GBP", "value": 17, "quantity": 2}),
    ]
    ann.check()


def test_what_our_own_tag_tells_counts_once(meet: Callable[..., Shopper]) -> None:
    ann = meet()
    ann.page.add_init_script(GTAG)
    ann.visit("/gift/1/")
    for product in ("1", "1", "2", "2"):
        ann.page.evaluate(
            "id => { dataLayer.push({event: 'view_item', ecommerce: {items: [{item_id: id}]}}) }",
            product,
        )
    settle(ann)
    assert ann.events("product.viewed") == [{"product_id": "1"}, {"product_id": "2"}]
    ann.visit("/search/?q=tea")
    ann.page.evaluate("dataLayer.push({event: 'view_search_results', search_term: 'tea'})")
    settle(ann)
    assert ann.events("search.made") == [{"query": "tea"}]
    ann.check()


def test_a_purchase_is_a_hint_and_never_an_order(meet: Callable[..., Shopper]) -> None:
    ann = meet()
    ann.page.add_init_script(GTAG)
    ann.visit("/gifts/")
    ann.page.evaluate(
        "dataLayer.push({event: 'purchase', ecommerce: {transaction_id: '100001', value: 99,"
        " currency: 'GBP', items: []}, email: 'ann@example.com'})"
    )
    ann.wait_event("custom.tracked")
    told = {"reader": "dataLayer", "product_ids": [], "order_id": "100001", "value": 99}
    assert hints(ann) == [("Order Completed", {**told, "currency": "GBP"})]
    from clm_plugin import clock

    drain(now=clock.now())
    assert OrderFact.objects.count() == 0
    assert "ann@" not in str(list(Event.objects.values_list("payload", "raw")))


def test_nothing_in_it_can_break_the_page(meet: Callable[..., Shopper]) -> None:
    ann = meet()
    ann.page.add_init_script(
        """const trap = {get event() { throw new Error("trap"); }};
        window.dataLayer = [null, 7, "x", [], trap, {event: {}}, {event: "view_item"},
          {event: "view_item", ecommerce: {items: "no"}}, {event: "toString"},
          {event: "view_item", ecommerce: {items: [null, {item_id: {}}, {item_id: "9"}]}}];"""
    )
    ann.visit("/gifts/")
    assert ann.wait_event("product.viewed") == [{"product_id": "9"}]
    assert ann.page.evaluate("dataLayer.push({event: 'add_to_cart'}, {event: 'x'})") == 12
    # A tag manager that puts its own push in ours' place: read when the page is left.
    ann.page.evaluate(
        "dataLayer.push = Array.prototype.push; dataLayer.push({event: 'view_cart'});"
        "document.dispatchEvent(new Event('visibilitychange'))"
    )
    settle(ann)
    assert [name for name, _ in hints(ann)] == ["Product Added", "Cart Viewed"]
    ann.check()


def test_only_where_the_shop_wants_it_and_the_shopper_agreed(
    meet: Callable[..., Shopper], settings: Any
) -> None:
    settings.CLM = {**settings.CLM, "DATA_LAYER": False}
    ann = meet()
    ann.page.add_init_script("window.dataLayer = [{event: 'add_to_cart', ecommerce: {}}]")
    calls: list[str] = []
    ann.page.on("request", lambda request: calls.append(request.url))
    ann.visit("/gifts/")
    settle(ann)
    assert hints(ann) == []
    settings.CLM = {**settings.CLM, "DATA_LAYER": True, "REQUIRE_CONSENT": True}
    ann.visit("/gifts/")
    ann.page.wait_for_timeout(600)
    assert hints(ann) == []
    assert not [url for url in calls if "data-layer" in url]
    ann.page.evaluate("clm.consent.grant('2026-11')")
    ann.page.wait_for_timeout(900)
    assert Event.objects.filter(type="custom.tracked").count() == 1


def test_a_shop_that_tells_browsing_itself_is_not_doubled(
    meet: Callable[..., Shopper], settings: Any
) -> None:
    settings.CLM = {**settings.CLM, "BEACON": False}
    ann = meet()
    ann.page.add_init_script(GTAG)
    ann.visit("/gift/1/")
    ann.page.evaluate(
        "dataLayer.push({event: 'view_item', ecommerce: {items: [{item_id: '1'}]}});"
        "dataLayer.push({event: 'search', search_term: 'tea'});"
        "dataLayer.push({event: 'view_cart'})"
    )
    ann.wait_event("custom.tracked")
    assert ann.events("product.viewed") == ann.events("search.made") == []
