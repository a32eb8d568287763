"""The public pages of mail, and the mail itself, in a real browser under a strict policy."""

from __future__ import annotations

import os
import re
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from django.core import mail
from django.urls import reverse
from playwright.sync_api import expect

from clm_plugin import clock as plugin_clock
from clm_plugin.messages import api
from clm_plugin.messages.models import Delivery
from clm_plugin.money import Money
from clm_plugin.shop.api import get_shop
from tests.browser.observing import WATCH, serious
from tests.messages.parts import SHOP, MailShop, person, queued

if TYPE_CHECKING:
    from playwright.sync_api import Page
    from pytest_django.fixtures import Settings
    from pytest_django.live_server_helper import LiveServer

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

PAGES = ("restore", "unsubscribe", "preferences")


@pytest.fixture
def row(settings: Settings, live_server: LiveServer) -> Delivery:
    """A mail that was sent some minutes ago."""
    settings.CLM = {"SHOP": SHOP, "SITE_URL": live_server.url, "MAIL_FROM": "Hearth <a@b.example>"}
    shop = get_shop()
    assert isinstance(shop, MailShop)
    shop.clear()
    tins, heart, sold = (
        shop.add_product(title, price=Money(minor, "GBP"), stock=9)
        for title, minor in (
            ("Set of 3 cake tins, pantry design", 1650),
            ("White hanging heart T-light holder", 295),
            ("Regency cakestand with three tiers and roses", 1275),
        )
    )
    found = queued(person(), shop.fill((tins, 1), (heart, 6), (sold, 1)))
    now = plugin_clock.now() - timedelta(minutes=5)
    Delivery.objects.update(due_at=now, created_at=now, send_by=now + timedelta(days=1))
    assert api.send_due(now=now).sent == 1
    shop.change(heart, stock=4)
    shop.change(sold, stock=0, is_available=False)
    found.refresh_from_db()
    return found


def path(name: str, row: Delivery) -> str:
    return reverse(f"clm:{name}", args=[row.token])


def picture(page: Page, name: str) -> None:
    """Keep a screenshot where ``PICTURES`` names a folder, for somebody to look at."""
    folder = os.environ.get("PICTURES")
    if folder:
        page.screenshot(path=f"{folder}/{name}.png", full_page=True)


def width_needed(page: Page) -> int:
    return int(page.evaluate("document.documentElement.scrollWidth"))


@pytest.mark.parametrize("name", PAGES)
def test_a_page_is_accessible_and_fits_a_phone(
    page: Page, phone: Page, live_server: LiveServer, row: Delivery, name: str
) -> None:
    page.add_init_script(WATCH)
    page.goto(live_server.url + path(name, row))
    expect(page.locator("h1")).to_have_count(1)
    picture(page, f"{name}-1280")
    assert page.evaluate("violations") == []
    assert serious(page, ".clm-note") == []
    phone.goto(live_server.url + path(name, row))
    picture(phone, f"{name}-390")
    assert width_needed(phone) <= 390
    button = phone.locator(".clm-note button")
    box = button.bounding_box()
    assert box is not None
    assert box["height"] >= 44


def test_from_the_mail_back_to_the_basket(
    page: Page, live_server: LiveServer, row: Delivery
) -> None:
    [message] = mail.outbox
    assert isinstance(message, mail.EmailMultiAlternatives)
    page.set_content(str(message.alternatives[0][0]))
    page.get_by_role("link", name="Back to my basket").evaluate("link => { link.target = '' }")
    page.get_by_role("link", name="Back to my basket").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Pick up where you left off")
    expect(page.get_by_text("only 4 left")).to_be_visible()
    page.get_by_role("button", name="Put these into my basket").press("Enter")
    # The script takes the click's id out of the address again, sooner or later than we look.
    page.wait_for_url(re.compile(r"/basket/(\?clm_click=.*)?$"))


def test_unsubscribing_by_keyboard(page: Page, live_server: LiveServer, row: Delivery) -> None:
    page.goto(live_server.url + path("unsubscribe", row))
    page.get_by_role("button", name="Unsubscribe").press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("You are unsubscribed")
    assert api.is_suppressed(row.address)


@pytest.mark.parametrize("width", [320, 390, 700])
def test_the_mail_fits(page: Page, live_server: LiveServer, row: Delivery, width: int) -> None:
    page.set_viewport_size({"width": width, "height": 800})
    response = page.goto(live_server.url + path("mail", row))
    assert response is not None
    assert response.ok
    picture(page, f"mail-{width}")
    assert width_needed(page) <= width
    expect(page.get_by_text("£16.50")).to_be_visible()
