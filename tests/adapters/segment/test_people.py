"""Whom a message is about, and which names it says are one person."""

from __future__ import annotations

from typing import Any

import pytest

from clm_plugin.adapters.segment.messages import read_message
from clm_plugin.adapters.segment.people import scoped
from tests.adapters.segment.conftest import ANON, VISITOR, around, sender

OWN = sender(ids_are="customer")
DEVICE = f"ext:storefront:anon-{ANON}"


@pytest.mark.parametrize(
    ("message", "shop", "actor", "links"),
    [
        ({"userId": "u1"}, False, "ext:storefront:u1", ()),
        ({"userId": 17}, True, "customer:17", ()),
        ({"anonymousId": ANON}, False, DEVICE, ()),
        ({"anonymousId": VISITOR}, False, f"visitor:{VISITOR}", ()),
        ({"anonymousId": VISITOR}, True, f"visitor:{VISITOR}", ()),
        ({"userId": "u1", "anonymousId": ANON}, False, "ext:storefront:u1", ()),
        (
            {"userId": "u1", "anonymousId": ANON, "type": "identify"},
            False,
            "ext:storefront:u1",
            (DEVICE,),
        ),
        (
            {"userId": "17", "anonymousId": VISITOR, "type": "identify"},
            True,
            "customer:17",
            (f"visitor:{VISITOR}",),
        ),
        (
            {"userId": "u1", "previousId": ANON, "type": "alias"},
            False,
            "ext:storefront:u1",
            (DEVICE, f"ext:storefront:{ANON}"),
        ),
        ({"userId": "17", "previousId": "16", "type": "alias"}, True, "customer:17",
         ("ext:storefront:anon-16",)),
        ({"userId": "17", "previousId": VISITOR, "type": "alias"}, True, "customer:17",
         (f"visitor:{VISITOR}",)),
    ],
)  # fmt: skip
def test_names(message: dict[str, Any], shop: bool, actor: str, links: tuple[str, ...]) -> None:
    whole = {"type": "track", "event": "x", **message}
    (event,) = read_message(whole, OWN if shop else sender(), around()).events
    assert (event.actor, event.links) == (actor, links)


@pytest.mark.parametrize("user", ["anon-" + ANON, "h-1", "x" * 100, "anon-" + "y" * 100])
def test_no_user_id_looks_like_a_device_or_is_too_long(user: str) -> None:
    def name(message: dict[str, Any]) -> str:
        whole = {"type": "track", "event": "x", **message}
        return read_message(whole, sender(), around()).events[0].actor

    named = name({"userId": user})
    assert named.startswith("ext:storefront:h-")
    assert len(named) <= 80
    assert named == name({"userId": user})
    assert named != name({"userId": user + "z"})
    assert named != name({"anonymousId": user.removeprefix("anon-")})


def test_long_device_ids_are_shortened() -> None:
    message = {"type": "track", "event": "x", "anonymousId": "z" * 200}
    (event,) = read_message(message, sender(), around()).events
    assert event.actor.startswith("ext:storefront:anon-h-")
    assert len(event.actor) <= 80


def test_an_outside_order_never_takes_the_number_of_one_of_ours() -> None:
    assert scoped(sender(), "100001") == "storefront:100001"
    assert scoped(OWN, "100001") == "100001"
    assert len(scoped(sender(), "x" * 200)) <= 64
    assert scoped(sender(), "x" * 200) != scoped(sender(), "x" * 201)


def test_traits_have_our_names_where_they_are_ours() -> None:
    message = {
        "type": "identify",
        "userId": "u1",
        "traits": {
            "email": " ann@example.com ", "firstName": "Ann", "plan": "gold", "age": 41,
            "address": {"country": "GB", "city": "Leeds"}, "language": 7,
        },
        "context": {"locale": "en-GB", "timezone": "Europe/London"},
    }  # fmt: skip
    (event,) = read_message(message, sender(), around()).events
    assert event.type == "profile.identified"
    assert event.payload["traits"] == {
        "language": "en-GB",
        "time_zone": "Europe/London",
        "email": "ann@example.com",
        "first_name": "Ann",
        "plan": "gold",
        "age": 41,
        "address": {"country": "GB", "city": "Leeds"},
        "country": "GB",
    }


@pytest.mark.parametrize("country", ["United Kingdom", "G1", "", None, 7])
def test_a_country_is_a_code_or_nothing(country: Any) -> None:
    message = {"type": "identify", "userId": "u1", "traits": {"country": country}}
    (event,) = read_message(message, sender(), around()).events
    assert "country" not in event.payload["traits"]
