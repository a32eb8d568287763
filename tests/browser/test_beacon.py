"""The beacon in a real browser: what is told, and what is not without leave."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any
from uuid import uuid4

import pytest
from playwright.sync_api import expect

from clm_plugin.models import Event, Receipt
from tests.browser.shopper import Shopper
from tests.rest.conftest import USER_AGENT

if TYPE_CHECKING:
    from collections.abc import Callable

    from playwright.sync_api import Browser

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def test_the_beacon_tells_the_page_once(meet: Callable[..., Shopper]) -> None:
    ann = meet()
    click = str(uuid4())
    ann.visit(f"/gift/1/?utm_source=mail&utm_campaign=tea&clm_click={click}&keep=1")
    assert ann.page.url.endswith("/gift/1/?utm_source=mail&utm_campaign=tea&keep=1")
    assert ann.wait_event("page.viewed") == [
        {
            "path": "/gift/1/",
            "referrer": "",
            "source": "mail",
            "medium": "",
            "campaign": "tea",
            "click": click,
            "session": True,
        }
    ]
    assert ann.wait_event("product.viewed") == [{"product_id": "1"}]
    ann.page.wait_for_timeout(1_500)
    ann.visit("/search/?q=tea+tin")
    second = ann.wait_event("page.viewed", 2)[1]
    assert (second["path"], second["session"]) == ("/search/", False)
    assert ann.wait_event("search.made") == [{"query": "tea tin"}]
    (read,) = ann.wait_event("page.read")
    assert read["path"] == "/gift/1/"
    assert read["seconds"] in (1, 2, 3)
    assert 1 <= read["scroll"] <= 60
    assert len(ann.events("product.viewed")) == 1
    ann.check()


def test_a_page_from_the_back_button_is_not_a_new_view(meet: Callable[..., Shopper]) -> None:
    ann = meet()
    ann.visit("/gift/1/")
    ann.wait_event("product.viewed")
    restored = ann.page.evaluate(
        """() => { dispatchEvent(new PageTransitionEvent("pageshow", { persisted: true }));
        document.dispatchEvent(new Event("visibilitychange")); return true; }"""
    )
    assert restored
    ann.page.wait_for_timeout(600)
    assert len(ann.events("product.viewed")) == 1
    assert len(ann.events("page.viewed")) == 1


def test_a_hidden_page_counts_when_it_is_seen(meet: Callable[..., Shopper]) -> None:
    ann = meet()
    ann.page.add_init_script(
        """window.front = false; Object.defineProperty(document, "visibilityState",
        { get: () => (window.front ? "visible" : "hidden") });"""
    )
    ann.visit("/gift/1/")
    ann.page.wait_for_timeout(500)
    assert ann.events("page.viewed") == []
    assert Receipt.objects.count() == 0
    ann.page.evaluate("front = true; document.dispatchEvent(new Event('visibilitychange'))")
    assert len(ann.wait_event("page.viewed")) == 1


def test_events_wait_until_the_shop_can_store_them(meet: Callable[..., Shopper]) -> None:
    ann = meet()
    ann.page.route("**/clm/e", lambda route: route.fulfill(status=503))
    ann.visit("/gift/1/")
    ann.page.wait_for_timeout(600)
    assert ann.events("page.viewed") == []
    ann.page.unroute("**/clm/e")
    assert len(ann.wait_event("page.viewed")) == 1


def test_no_consent_no_call_no_key(meet: Callable[..., Shopper], settings: Any, shop: str) -> None:
    settings.CLM = {**settings.CLM, "REQUIRE_CONSENT": True}
    ann = meet()
    ann.context.clear_cookies()
    calls: list[str] = []
    ann.page.on("request", lambda request: calls.append(request.url))
    ann.visit("/gift/1/")
    ann.leave_through_the_top()
    ann.page.wait_for_timeout(500)
    assert [url for url in calls if re.search(r"/clm/", url)] == []
    assert ann.context.cookies() == []
    assert ann.page.evaluate("localStorage.length + sessionStorage.length") == 0
    assert Event.objects.count() == 0
    ann.page.evaluate("clm.consent.grant('2026-11')")
    expect(ann.page.locator("clm-slot form")).to_be_attached()
    ann.page.wait_for_timeout(600)
    assert set(Event.objects.values_list("type", flat=True)) >= {"consent.given", "page.viewed"}
    ann.page.evaluate("clm.consent.withdraw()")
    before = Event.objects.count()
    ann.visit("/gift/1/")
    ann.page.wait_for_timeout(500)
    assert Event.objects.count() == before
    assert "clm_v" not in {cookie["name"] for cookie in ann.context.cookies()}


def test_global_privacy_control_is_a_refusal(meet: Callable[..., Shopper]) -> None:
    ann = meet()
    ann.context.clear_cookies()
    ann.page.add_init_script(
        "Object.defineProperty(navigator, 'globalPrivacyControl', { get: () => true })"
    )
    ann.context.set_extra_http_headers({"Sec-GPC": "1"})
    calls: list[str] = []
    ann.page.on("request", lambda request: calls.append(request.url))
    ann.visit("/gift/1/")
    expect(ann.page.locator("clm-slot form")).to_be_attached()  # what everybody gets
    ann.page.wait_for_timeout(500)
    assert [url for url in calls if url.endswith("/clm/e")] == []
    assert Event.objects.count() == Receipt.objects.count() == 0
    assert {cookie["name"] for cookie in ann.context.cookies()} <= {"csrftoken"}
    assert ann.page.evaluate("localStorage.length") == 0


def test_the_page_is_whole_when_the_endpoints_are_gone(meet: Callable[..., Shopper]) -> None:
    ann = meet()
    ann.page.route("**/clm/*", lambda route: route.abort())
    ann.visit("/gift/1/")
    ann.leave_through_the_top()
    ann.page.wait_for_timeout(500)
    assert ann.errors == []


def test_a_crawlers_browser_changes_nothing(
    meet: Callable[..., Shopper], browser: Browser, shop: str
) -> None:
    meet()
    with browser.new_context(user_agent=f"{USER_AGENT} HeadlessChrome/147") as context:
        page = context.new_page()
        page.goto(shop + "/gift/1/")
        page.wait_for_timeout(600)
        assert context.cookies() == []
    assert Event.objects.count() == 0
