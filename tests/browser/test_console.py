"""The console in a real browser: accessible, in width, in the dark, and without a call outside."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any
from urllib.parse import urljoin

import pytest
from django.contrib.auth import get_user_model
from django.test import Client
from django.urls import reverse
from playwright.sync_api import expect

from clm_plugin.insights.api import recount
from clm_plugin.models import DeadLetter
from tests.browser.observing import serious
from tests.console.makers import (
    make_campaign,
    make_credit,
    make_dead_letter,
    make_event,
    make_mail,
    make_move,
    make_person,
    make_receipt,
)
from tests.factories import NOW

if TYPE_CHECKING:
    from playwright.sync_api import Page
    from pytest_django.live_server_helper import LiveServer

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

SCREENS = ("board", "customers", "customer", "campaigns", "numbers", "receipts", "dead", "health")


@pytest.fixture
def urls(settings: Any, live_server: LiveServer) -> dict[str, str]:
    """A shop with a little of everything, and the address of each screen."""
    settings.CLM = {
        "SHOP": "tests.widgets.gift_shop.GiftShop", "CLOCK": "tests.console.conftest.present"
    }  # fmt: skip
    ann = make_person(first_name="Ann", email="ann@example.com", customer_id="17", stage="retain")
    make_person(stage="lapsed")
    make_event(ann, "product.viewed", product_id="1")
    make_receipt(ann, yes=False, rule="quiet_hours", inputs={"until": NOW.isoformat()})
    make_mail(ann)
    make_credit(ann)
    for source, target in (("nurture", "retain"), ("retain", "at-risk"), ("lapsed", "retain")):
        make_move(ann, source, target, at=NOW - timedelta(days=1))
    campaign = make_campaign(stages=["retain"])
    make_dead_letter()
    recount(now=NOW)
    paths = {
        "board": reverse("clm_board:index"),
        "customers": reverse("clm_customers:index"),
        "customer": reverse("clm_customers:customer", args=(ann.pk,)),
        "campaigns": reverse("clm_campaigns:list"),
        "numbers": reverse("clm_campaigns:numbers", args=(campaign.pk,)),
        "receipts": reverse("clm_receipts:index"),
        "dead": reverse("clm_dead_letters:index"),
        "health": reverse("clm_health:index"),
    }
    return {name: live_server.url + path for name, path in paths.items()}


def enter(page: Page, address: str) -> None:
    """Log in as the superuser by a session cookie."""
    user = get_user_model().objects.create_superuser("root", "root@example.com", "x")
    client = Client()
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    cookie = client.cookies["sessionid"].value
    # The root of the site: a cookie given by a deeper address would hold below it only.
    page.context.add_cookies([{"name": "sessionid", "value": cookie, "url": urljoin(address, "/")}])


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_accessible_and_in_width(page: Page, urls: dict[str, str], scheme: Any) -> None:
    enter(page, urls["board"])
    page.emulate_media(color_scheme=scheme)
    errors: list[str] = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    for width in (1280, 390):
        page.set_viewport_size({"width": width, "height": 844})
        for name in SCREENS:
            page.goto(urls[name])
            expect(page.locator(".clm").first).to_be_attached()
            wide = page.evaluate("document.documentElement.scrollWidth")
            assert wide <= width, f"{name} is {wide} px wide"
            assert serious(page, "main .clm") == [], f"{name} at {width} px, {scheme}"
    assert errors == []


def test_search_answers_while_typing(page: Page, urls: dict[str, str]) -> None:
    enter(page, urls["board"])
    page.goto(urls["customers"])
    names = page.locator(".clm-person__name")
    expect(names).to_have_count(2)
    page.get_by_role("textbox", name="Search term").fill("ann@")
    expect(names).to_have_count(1)
    expect(names).to_have_text("Ann")
    names.click()
    expect(page.get_by_text("Viewed “Larkspur tea tin”")).to_be_visible()


def test_replay_by_its_button(page: Page, urls: dict[str, str]) -> None:
    enter(page, urls["board"])
    page.goto(urls["dead"])
    page.get_by_role("button", name="Replay", exact=True).click()
    expect(page.get_by_text("1 event is back in the queue.")).to_be_visible()
    expect(page.get_by_text("No dead letters")).to_be_visible()
    assert not DeadLetter.objects.exists()
