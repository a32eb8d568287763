"""No consent, no tracking; an order is a record of the shop all the same."""

from __future__ import annotations

from typing import Any

import pytest

from clm_plugin.adapters.segment.messages import read_message
from tests.adapters.segment.conftest import ANON, around, sender, track


def said(**categories: Any) -> dict[str, Any]:
    return {"consent": {"categoryPreferences": categories}}


@pytest.mark.parametrize(
    ("context", "must_agree", "refuses", "stored"),
    [
        ({}, False, False, True),
        ({}, True, False, False),
        ({}, False, True, False),
        (said(analytics=True), True, True, True),
        (said(Analytics=True), True, False, True),
        (said(analytics=False), False, False, False),
        (said(advertising=True), True, False, False),
        (said(analytics="yes"), True, False, False),
        (said(analytics=True, Analytics=False), False, False, False),
        ({"consent": []}, True, False, False),
        ({"consent": {"categoryPreferences": "all"}}, False, False, True),
    ],
)
def test_her_own_answer_decides(
    context: dict[str, Any], must_agree: bool, refuses: bool, stored: bool
) -> None:
    message = {**track("Product Viewed", product_id="7"), "context": context}
    read = read_message(message, sender(), around(must_agree=must_agree, refuses=refuses))
    assert bool(read.events) is stored


def test_an_order_is_kept_without_her_device() -> None:
    message = {
        **track("Order Completed", order_id="1", total=5),
        "anonymousId": ANON,
        "context": said(analytics=False),
    }
    (order,) = read_message(message, sender(), around()).events
    assert (order.type, order.actor, order.links) == ("order.placed", "ext:storefront:u1", ())


def test_identify_waits_for_consent_too() -> None:
    message = {"type": "identify", "userId": "u1", "traits": {"email": "a@example.com"}}
    assert read_message(message, sender(), around(must_agree=True)).events == ()


def test_her_answer_is_an_event_from_a_server() -> None:
    message = {
        **track("Segment Consent Preference Updated", text_version="2026-11"),
        "context": said(analytics=True, email=False, advertising=True),
    }
    given, withdrawn = read_message(message, sender(), around(must_agree=True)).events
    assert (given.type, given.payload) == (
        "consent.given", {"purposes": ["analytics"], "text_version": "2026-11"}
    )  # fmt: skip
    assert (withdrawn.type, withdrawn.payload) == ("consent.withdrawn", {"purposes": ["mail"]})


def test_a_public_key_cannot_agree_for_anybody() -> None:
    message = {
        **track("Segment Consent Preference Updated"),
        "anonymousId": ANON,
        "context": said(email=True),
    }
    (event,) = read_message(message, sender(trusted=False), around()).events
    assert event.type == "custom.tracked"


def test_a_crawler_leaves_only_orders() -> None:
    agent = {"userAgent": "Mozilla/5.0 (compatible; Googlebot/2.1)"}
    viewed = {**track("Product Viewed", product_id="7"), "context": agent}
    assert read_message(viewed, sender(), around()).events == ()
    order = {**track("Order Completed", order_id="1", total=5), "context": agent}
    assert len(read_message(order, sender(), around()).events) == 1
