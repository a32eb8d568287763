"""The timeline in words, by a table; basket changes against the change before."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest

from clm_plugin.console.sentences import entries, product_ids
from clm_plugin.events.api import TYPES
from clm_plugin.insights.api import Happening, TimelinePage
from tests.factories import NOW

NAMES = {"1": "Red mug", "2": "Tea tin"}


def happening(type_: str, *, minutes: int = 0, **payload: Any) -> Happening:
    return Happening(
        id=uuid4(), type=type_, occurred_at=NOW - timedelta(minutes=minutes), source="browser",
        payload=payload,
    )  # fmt: skip


def tell(type_: str, **payload: Any) -> tuple[str, str]:
    (entry,) = entries(TimelinePage(happenings=(happening(type_, **payload),)), NAMES)
    return entry.sentence.text, entry.sentence.detail


@pytest.mark.parametrize(
    ("type_", "payload", "text", "detail"),
    [
        ("product.viewed", {"product_id": "1"}, "Viewed “Red mug”", ""),
        ("product.viewed", {"product_id": "77"}, "Viewed product 77", ""),
        ("page.viewed", {"path": "/a/"}, "Opened /a/", ""),
        ("page.viewed", {"path": "/", "session": True, "source": "google", "medium": "cpc"},
         "Came to /", "from google/cpc"),
        ("search.made", {"query": "50 % off"}, "Searched for “50 % off”", ""),
        ("order.placed",
         {"order_id": "100123", "total_minor": 3450, "currency": "GBP",
          "product_ids": ["1", "2"], "quantities": [2, 1]},
         "Order 100123, £34.50", "2 × “Red mug”, “Tea tin”"),
        ("order.refunded", {"order_id": "9", "amount_minor": 500, "currency": "JPY"},
         "Refunded ¥500 of order 9", ""),
        ("review.added", {"product_id": "1", "score": 5}, "Reviewed “Red mug”", "5 stars"),
        ("wishlist.changed", {"product_id": "2", "added": False},
         "Took “Tea tin” off the wish list", ""),
        ("consent.given", {"purposes": ["mail"]}, "Agreed to: marketing by mail", ""),
        ("basket.changed", {"basket_id": "b"}, "Emptied the basket", ""),
        ("basket.changed",
         {"basket_id": "b", "product_ids": ["1"], "quantities": [2], "total_minor": 1700,
          "currency": "GBP"},
         "Basket holds 2 × “Red mug”", "Basket: £17.00"),
        ("of.an.extension", {}, "of.an.extension", ""),
    ],
)  # fmt: skip
def test_sentences(type_: str, payload: dict[str, Any], text: str, detail: str) -> None:
    assert tell(type_, **payload) == (text, detail)


@pytest.mark.parametrize("type_", sorted(TYPES))
def test_no_type_of_the_catalogue_breaks_on_an_empty_payload(type_: str) -> None:
    text, _detail = tell(type_)
    assert text


@pytest.mark.parametrize("type_", sorted(TYPES))
def test_what_happens_to_people_has_a_sentence_of_its_own(type_: str) -> None:
    if type_ not in {"stock.changed", "price.changed"}:
        assert tell(type_)[0] != type_


def test_basket_changes_are_told_against_the_one_before() -> None:
    def changed(minutes: int, basket: str = "b", **lines: int) -> Happening:
        return happening(
            "basket.changed", minutes=minutes, basket_id=basket,
            product_ids=[each.strip("p") for each in lines], quantities=list(lines.values()),
            total_minor=100, currency="GBP",
        )  # fmt: skip

    page = TimelinePage(
        happenings=(
            changed(1, p1=1),
            changed(2, p1=2, p2=1),
            changed(3, basket="other", p1=1),
            changed(4, p1=1),
        ),
        before=changed(5, p2=1, p1=1),
    )
    assert [entry.sentence.text for entry in entries(page, NAMES)] == [
        "Removed “Red mug”, “Tea tin”",
        "Added “Red mug”, “Tea tin”",
        "Basket holds “Red mug”",
        "Removed “Tea tin”",
    ]
    assert product_ids(page) == {"1", "2"}
