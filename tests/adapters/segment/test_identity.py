"""Whose the events are in the end: verified links of a server join, a shared device does not."""

from __future__ import annotations

from typing import Any

import pytest

from clm_plugin.adapters.segment.ingest import ingest
from clm_plugin.models import Event, Identifier, Profile
from clm_plugin.pipeline import drain
from tests.adapters.segment.conftest import ANON, NOW, around, sender, track

pytestmark = pytest.mark.django_db
DEVICE = f"ext:storefront:anon-{ANON}"
PUBLIC = sender(trusted=False)


def send(*messages: dict[str, Any], who: Any = None) -> None:
    assert ingest(messages, who or sender(), around()).refused == ()
    drain(now=NOW)


def person(actor: str) -> int:
    return Identifier.objects.get(actor=actor).profile_id


def identify(user: str, device: str = ANON) -> dict[str, Any]:
    return {"type": "identify", "userId": user, "anonymousId": device}


def test_what_a_page_told_belongs_to_who_is_identified_later() -> None:
    send({**track("Product Viewed", product_id="7"), "anonymousId": ANON}, who=PUBLIC)
    assert not Identifier.objects.filter(actor="ext:storefront:u1").exists()
    send(identify("u1"))
    assert person(DEVICE) == person("ext:storefront:u1")


def test_two_users_of_one_device_are_two_people() -> None:
    """Case 44: on a shared device no history moves."""
    send(identify("ann"))
    send(identify("bob"))
    assert person("ext:storefront:ann") != person("ext:storefront:bob")
    assert person(DEVICE) == person("ext:storefront:ann")


def test_two_users_of_one_device_in_one_batch_are_two_people() -> None:
    send(identify("ann"), identify("bob"))
    assert person("ext:storefront:ann") != person("ext:storefront:bob")


def test_the_shops_own_cookie_on_a_shared_device() -> None:
    visitor = "0123456789abcdef0123456789abcdef"
    send(identify("ann", device=visitor), identify("bob", device=visitor))
    send(identify("ann", device=visitor))
    assert person(f"visitor:{visitor}") == person("ext:storefront:ann")
    assert person(f"visitor:{visitor}") != person("ext:storefront:bob")


def test_two_accounts_of_the_shop_on_one_device_are_two_people() -> None:
    shop = sender(ids_are="customer")
    send(identify("1"), identify("2"), who=shop)
    assert person("customer:1") != person("customer:2")


def test_an_alias_says_that_two_ids_of_a_system_are_one_person() -> None:
    send(track("Video Played"), {**track("Video Played"), "userId": "old"})
    send({"type": "alias", "userId": "u1", "previousId": "old"})
    assert person("ext:storefront:old") == person("ext:storefront:u1")


def test_the_same_id_in_two_systems_is_two_people() -> None:
    send(track("x"))
    send(track("x"), who=sender(source="till"))
    assert person("ext:storefront:u1") != person("ext:till:u1")


def test_no_public_body_joins_anybody() -> None:
    send(identify("ann"), identify("bob", device="0" * 20))
    people = Profile.objects.count()
    for body in (
        {**identify("bob"), "traits": {"email": "ann@example.com"}},
        {"type": "alias", "userId": "ann", "previousId": "bob", "anonymousId": ANON},
        {**track("Order Completed", order_id="1", total=9), "userId": "bob", "anonymousId": ANON},
    ):
        send(body, who=PUBLIC)
    assert Profile.objects.filter(merged_into=None).count() == people
    assert not Event.objects.filter(type="order.placed").exists()
    assert person("ext:storefront:ann") != person("ext:storefront:bob")


def test_a_guest_with_anothers_address_is_not_her() -> None:
    """Case 45."""
    told = {"type": "identify", "userId": "ann", "traits": {"email": "ann@example.com"}}
    send(told)
    order = track("Order Completed", order_id="1", total=9, email="ann@example.com")
    send({**order, "userId": None, "anonymousId": ANON})
    assert person(DEVICE) != person("ext:storefront:ann")
