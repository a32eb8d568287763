"""What an author sees before a campaign goes live: the real template, and why there is nothing."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from django.test import RequestFactory

from clm_plugin.models import Campaign
from clm_plugin.shop.api import Line, Order
from clm_plugin.widgets.api import preview_bundle, preview_popup
from tests.widgets.gift_shop import GiftShop
from tests.widgets.plans import NOW, make_together

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.http import HttpRequest, HttpResponse

pytestmark = pytest.mark.django_db


def see(preview: Callable[[HttpRequest, Campaign], HttpResponse], trigger: Any, *steps: Any) -> str:
    campaign = Campaign(key="new", name="New", trigger=[trigger], steps=list(steps))
    return preview(RequestFactory().get("/"), campaign).content.decode()


def popup(link: str = "/gifts/") -> tuple[str, dict[str, str]]:
    content = {"heading": "Wait", "body": "<p>Tea</p>", "button": "Go", "link": link}
    return ("popup", content)


EXIT = ("exit_signal", {"min_product_views": 3, "empty_basket": True})
SLOT = ("slot", {"slot": "product-bundle"})
BUNDLE = ("bundle", {"heading": "Together", "max_items": 2})


def test_popup_as_it_will_be() -> None:
    html = see(preview_popup, EXIT, popup())
    assert "<dialog" in html
    assert "Wait" in html
    assert "<script" not in html


def test_says_what_is_wrong() -> None:
    assert "must lead to a path" in see(preview_popup, EXIT, popup("https://evil.example/"))
    assert "no such step" in see(preview_popup, EXIT)
    assert "often enough" in see(preview_bundle, SLOT, BUNDLE)


def test_bundle_of_a_product_that_was_bought(monkeypatch: pytest.MonkeyPatch) -> None:
    from clm_plugin.money import Money

    make_together("1", "2")
    lines = tuple(Line(product_id=id_, quantity=1, total=Money(100, "GBP")) for id_ in ("4", "1"))
    order = Order(
        id="1", customer_id=None, email="", lines=lines, total=Money(200, "GBP"), placed_at=NOW
    )
    monkeypatch.setattr(GiftShop, "orders", lambda self, *, after="", limit=1000: [order])
    assert "£20.50" in see(preview_bundle, SLOT, BUNDLE)
