"""What a key of the shop itself, and one that everybody can read, may say; no database."""

from __future__ import annotations

import pytest

from clm_plugin.adapters.segment.messages import Read
from clm_plugin.events.api import BadEvent
from tests.adapters.segment.conftest import ANON, VISITOR, sender, track
from tests.adapters.segment.test_mapping import TEA, read

SHOP = sender(ids_are="customer", shop_tells_baskets=True, shop_tells_refunds=True)
PUBLIC = sender(trusted=False)


class TestTheShopsOwnIds:
    """Where ids are this shop's, its own signals tell baskets and refunds: they count once."""

    def test_an_order_has_the_shops_key(self) -> None:
        (order,) = read(track("Order Completed", order_id="100001", total=5), SHOP).events
        assert (order.actor, order.payload["order_id"]) == ("customer:u1", "100001")
        assert (order.namespace, order.key) == ("shop", "order.placed:100001")

    @pytest.mark.parametrize(
        "name",
        [
            "Product Added",
            "Product Removed",
            "Cart Viewed",
            "Checkout Started",
            "Payment Info Entered",
            "Coupon Applied",
            "Order Refunded",
        ],
    )
    def test_what_the_shop_tells_itself_is_only_noted(self, name: str) -> None:
        properties = {"order_id": "1", "cart_id": "c1", "total": 3, "coupon_id": "x", **TEA}
        result = read(track(name, **properties, products=[TEA]), SHOP)
        assert [event.type for event in result.events] == ["custom.tracked"]
        assert result.changes == ()

    def test_a_refund_with_an_id_of_its_own_counts(self) -> None:
        message = track("Order Refunded", order_id="1", refund_id="r9", total=3)
        (refund,) = read(message, SHOP).events
        assert (refund.type, refund.key) == ("order.refunded", "order.refunded:r9")

    def test_a_mere_name_is_no_category_of_the_shop(self) -> None:
        (event,) = read(track("Product Viewed", **TEA), SHOP).events
        assert event.payload["category_ids"] == []

    def test_an_account_is_the_shops(self) -> None:
        (event,) = read(track("Signed Up", email="ann@example.com"), SHOP).events
        assert event.payload == {"email": "ann@example.com"}
        assert (event.type, event.namespace, event.key) == (
            "customer.registered", "shop", "customer.registered:u1"
        )  # fmt: skip


class TestPublicKeys:
    """A public body cannot name a person, and creates no order."""

    @pytest.mark.parametrize("type_", ["identify", "alias", "group"])
    def test_it_names_nobody(self, type_: str) -> None:
        message = {
            "type": type_, "userId": "u1", "anonymousId": ANON, "previousId": "x", "groupId": "g",
            "traits": {"email": "ann@example.com"},
        }  # fmt: skip
        assert read(message, PUBLIC) == Read()

    def test_ids_and_traits_are_not_even_kept(self) -> None:
        message = {
            **track("Product Viewed", product_id="7"),
            "anonymousId": ANON,
            "context": {"traits": {"email": "ann@example.com"}, "ip": "203.0.113.9", "app": "x"},
        }
        (event,) = read(message, PUBLIC).events
        assert (event.actor, event.links) == (f"ext:storefront:anon-{ANON}", ())
        assert "u1" not in str(event)
        assert "ann@" not in str(event)
        assert event.raw is not None
        assert event.raw["context"] == {"app": "x"}

    def test_our_own_cookies_value_is_a_stranger_to_it(self) -> None:
        message = {"type": "screen", "name": "x", "anonymousId": VISITOR}
        (event,) = read(message, PUBLIC).events
        assert event.actor == f"ext:storefront:anon-{VISITOR}"

    @pytest.mark.parametrize("anonymous", ["", None, "1", "x" * 15])
    def test_an_id_that_could_be_guessed_is_refused(self, anonymous: str | None) -> None:
        with pytest.raises(BadEvent) as caught:
            read({**track("x"), "anonymousId": anonymous}, PUBLIC)
        assert caught.value.field == "anonymousId"

    @pytest.mark.parametrize(
        "name", ["Order Completed", "Order Refunded", "Signed Up", "Product Added", "Cart Viewed"]
    )
    def test_what_only_a_server_may_say_is_only_noted(self, name: str) -> None:
        message = {**track(name, order_id="1", total="no money"), "anonymousId": ANON}
        (event,) = read(message, PUBLIC).events
        assert (event.type, event.payload["name"]) == ("custom.tracked", name)
