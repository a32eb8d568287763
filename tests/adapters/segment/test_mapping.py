"""The specification's words as events of ours; no database."""

from __future__ import annotations

from typing import Any

import pytest

from clm_plugin.adapters.segment.data import Sender
from clm_plugin.adapters.segment.messages import Read, read_message
from clm_plugin.events.api import BadEvent
from tests.adapters.segment.conftest import ANON, NOW, around, sender, track

SHOP = sender(ids_are="customer", shop_tells_baskets=True, shop_tells_refunds=True)
PUBLIC = sender(trusted=False)
TEA = {"product_id": "7", "category": "Tea", "price": 4.5, "quantity": 2}
LINES: dict[str, Any] = {"currency": "EUR", "products": [TEA, {"product_id": "8", "price": "1.25"}]}


def read(message: dict[str, Any], who: Sender | None = None, **changes: Any) -> Read:
    return read_message(message, who or sender(), around(**changes))


def told(message: dict[str, Any], who: Sender | None = None) -> tuple[str, dict[str, Any]]:
    (event,) = read(message, who).events
    return event.type, event.payload


@pytest.mark.parametrize(
    ("message", "type_", "payload"),
    [
        (
            track("Product Viewed", **TEA),
            "product.viewed",
            {"product_id": "7", "category_ids": ["Tea"]},
        ),
        (
            track("Product Viewed", sku="T-7"),
            "product.viewed",
            {"product_id": "T-7", "category_ids": []},
        ),
        (
            track("product list viewed", list_id="spring", category="Tea", products=[TEA]),
            "list.viewed",
            {"list_id": "spring", "category_id": "Tea", "product_ids": ["7"]},
        ),
        (
            track("Product List Filtered", list_id="spring"),
            "list.viewed",
            {"list_id": "spring", "category_id": "", "product_ids": []},
        ),
        (track("Products Searched", query="tea tin"), "search.made", {"query": "tea tin"}),
        (
            track("Payment Info Entered", cart_id="c1"),
            "payment.reached",
            {"basket_id": "storefront:c1"},
        ),
        (
            track("Coupon Applied", cart_id="c1", coupon_id="TEA10"),
            "voucher.applied",
            {"basket_id": "storefront:c1", "code": "TEA10"},
        ),
        (
            track("Coupon Removed", cart_id="c1", coupon_name="May", coupon_id="9"),
            "voucher.removed",
            {"basket_id": "storefront:c1", "code": "May"},
        ),
        (
            track("Order Updated", order_id="o1", status="packed"),
            "order.status_changed",
            {"order_id": "storefront:o1", "new": "packed"},
        ),
        (track("Order Cancelled", order_id=17), "order.cancelled", {"order_id": "storefront:17"}),
        (
            track("Order Refunded", order_id="o1", refund_id="r1", total=3.33, currency="EUR"),
            "order.refunded",
            {
                "order_id": "storefront:o1",
                "refund_id": "r1",
                "amount_minor": 333,
                "currency": "EUR",
            },
        ),
        (
            track("Product Reviewed", product_id="7", rating=4.6),
            "review.added",
            {"product_id": "7", "score": 5},
        ),
        (
            track("Product Removed from Wishlist", product_id="7"),
            "wishlist.changed",
            {"product_id": "7", "added": False},
        ),
        (
            track("Promotion Viewed", promotion_id="p1"),
            "custom.tracked",
            {"name": "Promotion Viewed", "properties": {"promotion_id": "p1"}},
        ),
        (
            track("Video Played", seconds=12.5, of={"a": [1, None]}),
            "custom.tracked",
            {"name": "Video Played", "properties": {"seconds": 12.5, "of": {"a": [1, None]}}},
        ),
        (
            {"type": "screen", "anonymousId": ANON, "name": "Basket"},
            "screen.viewed",
            {"name": "Basket"},
        ),
        (
            {"type": "group", "userId": "u1", "groupId": 5, "traits": {"plan": "gold"}},
            "group.identified",
            {"group_id": "5", "traits": {"plan": "gold"}},
        ),
    ],
)
def test_a_message_in_our_words(
    message: dict[str, Any], type_: str, payload: dict[str, Any]
) -> None:
    assert told(message) == (type_, payload)


def test_an_order_with_its_lines_and_money() -> None:
    message = track("Order Completed", order_id="o1", total=27.5, **LINES)
    message["context"] = {"traits": {"email": "ann@example.com", "firstName": "Ann"}}
    result = read(message)
    (order,) = result.events
    assert order.payload == {
        "order_id": "storefront:o1",
        "basket_id": "storefront:of-u1",
        "email": "ann@example.com",
        "first_name": "Ann",
        "currency": "EUR",
        "total_minor": 2750,
        "product_ids": ["7", "8"],
        "category_ids": ["Tea", ""],
        "quantities": [2, 1],
        "totals_minor": [900, 125],
        "costs_minor": [-1, -1],
    }
    assert (order.namespace, order.key) == ("ext:storefront", "order.placed:storefront:o1")
    assert not order.brief_key
    assert order.raw == message
    assert [change.piece.silent for change in result.changes] == [True]


def test_a_product_that_is_in_two_lines_is_one() -> None:
    message = track("Order Completed", order_id="o1", total=9, products=[TEA, {**TEA, "price": 1}])
    (order,) = read(message).events
    assert (order.payload["quantities"], order.payload["totals_minor"]) == ([4], [1100])


def test_an_order_without_a_total_is_worth_its_lines() -> None:
    (order,) = read(track("Order Completed", order_id="o1", **LINES)).events
    assert order.payload["total_minor"] == 1025


@pytest.mark.parametrize(
    ("total", "currency", "minor"),
    [
        (27.5, "EUR", 2750),
        ("27.50", "eur", 2750),
        (0.1 + 0.2, "EUR", 30),
        (19.999, "EUR", 2000),
        (1500, "JPY", 1500),
        (1.5, "KWD", 1500),
        (0, "EUR", 0),
        (1e3, "EUR", 100_000),
    ],
)
def test_money_is_whole_minor_units(total: Any, currency: str, minor: int) -> None:
    (order,) = read(track("Order Completed", order_id="1", total=total, currency=currency)).events
    assert (order.payload["total_minor"], order.payload["currency"]) == (minor, currency.upper())


@pytest.mark.parametrize(
    "total",
    [-0.01, "1,00", "1_000", True, "NaN", "Infinity", 1e30, "٣", "", None, [], {}, "1e3", "0x10"],
)
def test_bad_money_is_refused_with_its_field(total: Any) -> None:
    with pytest.raises(BadEvent) as caught:
        read(track("Order Completed", order_id="1", total=total))
    assert caught.value.field == "properties.total"


@pytest.mark.parametrize(
    ("message", "field"),
    [
        (track("Order Completed", total=1), "properties.order_id"),
        (track("Product List Viewed", products=1), "properties.products"),
        (track("Product List Viewed", products={"1": TEA}), "properties.products"),
        (track("Order Completed", order_id="1", total=1, currency="€"), "properties.currency"),
        (
            track("Order Completed", order_id="1", total=1, products=[TEA, {"price": 1}]),
            "properties.products[1].product_id",
        ),
        (
            track("Order Completed", order_id="1", total=1, products=[{**TEA, "quantity": -1}]),
            "properties.products[0].quantity",
        ),
        (
            track("Order Completed", order_id="1", total=1, products=[TEA] * 501),
            "properties.products",
        ),
        (track("Products Searched"), "properties.query"),
        (track("Product Viewed"), "properties.product_id"),
        (track("Order Refunded", order_id="1"), "properties.total"),
        ({"type": "track", "userId": "u1"}, "event"),
        ({"type": "track", "event": "x"}, "userId"),
        ({"type": "track", "event": "x", "userId": True}, "userId"),
        ({"type": "track", "event": "x", "userId": "u", "properties": []}, "properties"),
        ({"type": "page", "userId": "u"}, "properties.path"),
        ({"type": "group", "userId": "u"}, "groupId"),
        ({"type": "alias", "userId": "u"}, "previousId"),
        ({"type": "alias", "previousId": "u"}, "userId"),
        ({"type": "import", "userId": "u"}, "type"),
        ({"userId": "u"}, "type"),
        (track("x", a="\x00"), "message.properties.a"),
        ({**track("x"), "context": {"a": "\ud800"}}, "message.context.a"),
        ({**track("x"), "timestamp": "yesterday"}, "timestamp"),
        ({**track("x"), "timestamp": 1700000000}, "timestamp"),
    ],
)
def test_what_is_wrong_is_named(message: dict[str, Any], field: str) -> None:
    with pytest.raises(BadEvent) as caught:
        read(message)
    assert caught.value.field == field


def test_long_texts_are_cut_and_kept_whole_beside() -> None:
    (event,) = read(track("Video Played", text="x" * 5_000)).events
    assert len(event.payload["properties"]["text"]) == 1024
    assert event.raw is not None
    assert len(event.raw["properties"]["text"]) == 5_000


def test_a_message_is_at_most_32_kb() -> None:
    def of_size(size: int) -> dict[str, Any]:
        message = track("x", a="")
        import json

        rest = size - len(json.dumps(message, separators=(",", ":")).encode())
        return track("x", a="é" * (rest // 2) + "e" * (rest % 2))

    for size in (32 * 1024 - 1, 32 * 1024):
        assert read(of_size(size)).events
    with pytest.raises(BadEvent, match="larger than 32768 bytes"):
        read(of_size(32 * 1024 + 1))


def test_the_key_in_a_body_is_never_kept() -> None:
    (event,) = read({**track("x"), "writeKey": "clm_s_secret"}).events
    assert "secret" not in str(event)


def test_times_that_are_history_start_nothing() -> None:
    old = {**track("Order Completed", order_id="1", total=5), "timestamp": "2024-05-01T10:00:00Z"}
    (order,) = read(old).events
    assert (order.source, order.occurred_at.year) == ("backfill", 2024)
    (order,) = read({**old, "timestamp": "2026-11-21T10:00:00Z"}).events
    assert order.source == "storefront"
    assert order.occurred_at < NOW
