"""A basket told piece by piece is the same in whatever order the pieces come."""

from __future__ import annotations

import random
from typing import Any

import pytest

from clm_plugin.adapters.segment.carts import MAX_PIECES, Told, contents
from clm_plugin.adapters.segment.ingest import ingest
from clm_plugin.adapters.segment.models import Cart
from clm_plugin.models import Event
from tests.adapters.segment.conftest import around, sender, track

pytestmark = pytest.mark.django_db


def at(minute: int, message: dict[str, Any]) -> dict[str, Any]:
    return {
        **message,
        "timestamp": f"2026-11-22T11:{minute:02}:00Z",
        "messageId": f"m{minute}",
    }


def added(minute: int, product: str, quantity: int = 1, price: float = 2.0) -> dict[str, Any]:
    told = {"cart_id": "c1", "product_id": product, "quantity": quantity, "price": price}
    return at(minute, track("Product Added", **told))


def removed(minute: int, product: str, quantity: int = 1) -> dict[str, Any]:
    told = {"cart_id": "c1", "product_id": product, "quantity": quantity}
    return at(minute, track("Product Removed", **told))


def viewed(minute: int, *products: str) -> dict[str, Any]:
    lines = [{"product_id": product, "quantity": 1, "price": 2} for product in products]
    return at(minute, track("Cart Viewed", cart_id="c1", products=lines))


def now() -> dict[str, Any]:
    """The basket that the fold will take: the latest by time, then by id."""
    latest = Event.objects.filter(type="basket.changed").order_by("-occurred_at", "-id").first()
    assert latest is not None
    return dict(latest.payload)


def basket(**lines: int) -> dict[str, Any]:
    return {
        "basket_id": "storefront:c1",
        "product_ids": sorted(lines),
        "category_ids": ["" for _ in lines],
        "quantities": [lines[product] for product in sorted(lines)],
        "total_minor": 200 * sum(lines.values()),
        "currency": "GBP" if lines else "",
    }


def send(*messages: dict[str, Any]) -> int:
    outcome = ingest(messages, sender(), around())
    assert outcome.refused == ()
    return outcome.stored


STORY = [
    added(1, "a", 2),
    added(2, "b"),
    removed(3, "a"),
    viewed(4, "a", "b", "c"),
    removed(5, "c"),
    added(6, "d", 3),
]


def test_a_story_in_order() -> None:
    send(*STORY)
    assert now() == basket(a=1, b=1, d=3)
    told = Event.objects.order_by("occurred_at", "id").values_list("payload", flat=True)
    assert [each["product_ids"] for each in told] == [
        ["a"], ["a", "b"], ["a", "b"], ["a", "b", "c"], ["a", "b"], ["a", "b", "d"],
    ]  # fmt: skip


@pytest.mark.parametrize("seed", range(40))
def test_any_order_in_any_batches_ends_the_same(seed: int) -> None:
    chance = random.Random(seed)
    messages = STORY * 2  # each told twice
    chance.shuffle(messages)
    while messages:
        count = chance.randint(1, 4)
        send(*messages[:count])
        del messages[:count]
    assert now() == basket(a=1, b=1, d=3)


def test_categories_come_along() -> None:
    told = {"cart_id": "c1", "product_id": "a", "category": "Tea", "price": 2}
    send(at(1, track("Product Added", **told)), added(2, "a"), added(3, "b"))
    assert now() == basket(a=2, b=1) | {"category_ids": ["Tea", ""]}


def test_a_replay_stores_nothing() -> None:
    assert send(*STORY) == 6
    assert send(*STORY) == 0
    assert send(*reversed(STORY)) == 0


def test_taken_out_before_put_in_is_nothing() -> None:
    send(removed(2, "a"))
    assert now() == basket()
    send(added(1, "a", 3))
    assert now() == basket(a=2)


def test_an_order_takes_the_basket_with_it() -> None:
    order = {"order_id": "o1", "cart_id": "c1", "total": 4}
    send(added(1, "a"), at(2, track("Order Completed", **order)))
    assert Event.objects.get(type="order.placed").payload["basket_id"] == "storefront:c1"
    send(added(3, "b"))
    assert now() == basket(b=1)


def test_a_checkout_with_products_is_a_whole_telling() -> None:
    lines = [{"product_id": "z", "price": 2}]
    send(added(1, "a"), at(2, track("Checkout Started", cart_id="c1", products=lines)))
    assert now() == basket(z=1)
    assert Event.objects.filter(type="checkout.started").count() == 1


def test_without_a_cart_id_a_person_has_one_basket() -> None:
    told = at(1, track("Product Added", product_id="a", price=2))
    send(told, {**told, "userId": "u2", "messageId": "other"})
    ids = Event.objects.values_list("payload__basket_id", flat=True)
    assert sorted(ids) == ["storefront:of-u1", "storefront:of-u2"]


def test_a_long_story_is_kept_short(django_assert_max_num_queries: Any) -> None:
    messages = [
        {**added(1, f"p{i % 7}"), "timestamp": f"2026-11-22T11:{i // 60:02}:{i % 60:02}Z",
         "messageId": f"n{i}"}
        for i in range(MAX_PIECES + 50)
    ]  # fmt: skip
    for start in range(0, len(messages), 50):
        with django_assert_max_num_queries(16):
            send(*messages[start : start + 50])
    assert len(Cart.objects.get().pieces) == MAX_PIECES + 1
    assert sum(now()["quantities"]) == MAX_PIECES + 50


def test_what_a_basket_holds_stays_inside_the_tables() -> None:
    pieces: list[Told] = [
        (f"2026-11-22T11:00:{i:02}", str(i), False, {str(i): (10_000, 10**12, "")}, "GBP")
        for i in range(60)
    ]
    assert contents(pieces)["total_minor"] == 10**12
