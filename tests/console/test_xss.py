"""What shoppers can write (names, addresses, searches, paths) stays text on every screen."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from django.urls import reverse

from tests.console.makers import (
    make_campaign,
    make_dead_letter,
    make_event,
    make_mail,
    make_move,
    make_person,
    make_receipt,
)

if TYPE_CHECKING:
    from django.test import Client

PAYLOADS = [
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "'onmouseover='alert(1)",
    "</title><svg onload=alert(1)>",
    "{{7*7}}{% debug %}",
    "javascript:alert(1)//%(x)s %d",
]


@pytest.mark.parametrize("payload", PAYLOADS)
def test_inert(root: Client, payload: str) -> None:
    campaign = make_campaign(name=payload)
    person = make_person(first_name=payload, email=payload, customer_id=payload[:60])
    make_event(person, "search.made", query=payload)
    make_event(person, "page.viewed", path=payload, source=payload, medium=payload)
    make_event(person, "voucher.applied", basket_id="1", code=payload)
    make_event(person, "product.viewed", product_id=payload)
    make_event(
        person,
        "order.placed",
        order_id=payload,
        currency="<script>alert(1)</script>",
        total_minor=1,
    )
    make_event(person, payload[:40])
    make_receipt(person, yes=False, rule="bad_link", inputs={"link": payload, payload: payload})
    make_receipt(person, yes=False, rule=payload[:40], inputs={"x": payload})
    make_mail(person, subject=payload, address=payload, reason=payload)
    make_move(person, payload[:32], "reach", cause=payload[:40])
    make_dead_letter(payload + "\n" + payload)
    for url in (
        reverse("clm_board:index"),
        reverse("clm_customers:index"),
        reverse("clm_customers:customer", args=(person.pk,)),
        reverse("clm_campaigns:list"),
        reverse("clm_campaigns:numbers", args=(campaign.pk,)),
        reverse("clm_receipts:index"),
        reverse("clm_dead_letters:index"),
    ):
        page = root.get(url).content.decode()
        body = page[page.index("<main") :]
        assert "<script>alert" not in body, url
        assert "<img src=x" not in body, url
        assert "<svg onload" not in body, url
        assert "='alert(1)" not in body.replace("&#x27;", ""), url
        assert 'href="javascript' not in body, url
    query = {"q": payload, "stage": payload, "ordering": payload, "p": payload}
    page = root.get(reverse("clm_customers:index"), query).content.decode()
    assert "<script>alert" not in page
    assert "<img src=x" not in page
