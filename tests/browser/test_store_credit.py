"""The chip and the account page in a real browser, on the demo shop's own pages and policy."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest
from django.conf import settings as django_settings
from playwright.sync_api import expect

from clm_plugin.clock import now
from clm_plugin.wallet import api as wallet
from tests.browser.observing import WATCH, serious
from tests.rest.conftest import USER_AGENT
from tests.statements.words import customer, give, in_force, spend

if TYPE_CHECKING:
    from playwright.sync_api import Browser, BrowserContext, Page
    from pytest_django.live_server_helper import LiveServer

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
PAGE, ACCOUNT = "/basket/", "/clm/credit/"
SLOT = "clm-slot[name=credit]"


@pytest.fixture
def come(
    browser: Browser, browser_context_args: dict[str, Any], live_server: LiveServer, settings: Any
) -> Iterator[Callable[..., Page]]:
    """``come(width=390)``: Ann's browser, with £10 until the end of a day and £5 that open later;
    ``come(guest=True)``: a stranger's."""
    settings.CLM = {**settings.CLM, "SHOP": "tests.widgets.gift_shop.GiftShop"}
    contexts: list[BrowserContext] = []
    in_force(now=now())

    def make(
        *, width: int = 1280, script: bool = True, guest: bool = False, poor: bool = False,
        rich: bool = False,
    ) -> Page:  # fmt: skip
        context = browser.new_context(
            **{
                **browser_context_args,
                "viewport": {"width": width, "height": 844},
                "java_script_enabled": script,
                "user_agent": USER_AGENT,
                "base_url": live_server.url,
                "reduced_motion": "reduce",
            }
        )
        contexts.append(context)
        context.add_init_script(WATCH)
        cookies = [{"name": "clm_c", "value": "1", "url": live_server.url}]
        if not guest:
            client, ann, _ = customer()
            name = django_settings.SESSION_COOKIE_NAME
            session = {"name": name, "value": client.cookies[name].value, "url": live_server.url}
            cookies.append(session)
            if not poor:
                fill(ann)
            if rich:
                give(ann, 1_234_567_890, now=now(), expires_at=None)
        context.add_cookies(cookies)  # type: ignore[arg-type]  # plain dictionaries of it
        return context.new_page()

    yield make
    for context in contexts:
        context.close()


def fill(ann: int) -> None:
    at = now()
    give(ann, 14_00, now=at, expires_at=at + timedelta(days=8), reason="For the broken mug")
    spend(ann, 4_00, "100300", at=at)
    give(ann, 5_00, now=at, opens_at=at + timedelta(days=14), expires_at=at + timedelta(days=44),
         source=wallet.Source("order", "100234"), actor="plugin")  # fmt: skip


def calm(page: Page) -> None:
    """Nothing jumped, nothing broke the policy, nothing stands out of the page."""
    page.wait_for_timeout(200)
    assert page.evaluate("violations") == []
    assert page.evaluate("shift") <= 0.01
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


@pytest.mark.parametrize("width", [1280, 390, 320])
def test_the_chip_opens_stays_on_the_screen_and_closes(
    come: Callable[..., Page], width: int
) -> None:
    page = come(width=width)
    page.goto(PAGE)
    chip = page.locator(f"{SLOT} summary")
    expect(chip).to_be_visible()
    expect(chip).to_contain_text("£10 credit")
    expect(chip).to_contain_text("until")
    calm(page)
    assert serious(page, SLOT) == []
    panel = page.locator(".clm-chip-panel")
    expect(panel).to_be_hidden()
    chip.click()
    expect(panel).to_be_visible()
    expect(panel).to_contain_text("£10.00 until")
    expect(panel).to_contain_text("£5.00 on its way")
    box = panel.bounding_box()
    assert box is not None
    assert box["x"] >= 0
    assert box["x"] + box["width"] <= width
    assert serious(page, SLOT) == []
    page.keyboard.press("Escape")
    expect(panel).to_be_hidden()
    assert page.evaluate("document.activeElement.tagName") == "SUMMARY"
    page.keyboard.press("Enter")
    expect(panel).to_be_visible()
    page.mouse.click(4, 800)  # beside everything
    expect(panel).to_be_hidden()
    chip.click()
    panel.get_by_role("link").click()
    page.wait_for_url(f"**{ACCOUNT}")
    calm(page)


@pytest.mark.parametrize("width", [390, 320])
def test_a_large_balance_keeps_to_a_small_screen(come: Callable[..., Page], width: int) -> None:
    page = come(width=width, rich=True)
    page.goto(PAGE)
    chip = page.locator(f"{SLOT} summary")
    expect(chip).to_contain_text("£12,345,688.90 credit")
    calm(page)
    chip.click()
    expect(page.locator(".clm-chip-panel")).to_contain_text("£12,345,678.90 good for longer")
    page.goto(ACCOUNT)
    calm(page)


def test_the_chip_opens_without_its_script(come: Callable[..., Page]) -> None:
    page = come()
    page.route("**/clm-chip*.js", lambda route: route.abort())
    page.goto(PAGE)
    page.locator(f"{SLOT} summary").click()
    expect(page.locator(".clm-chip-panel")).to_be_visible()


@pytest.mark.parametrize("who", [{"guest": True}, {"poor": True}])
def test_who_has_none_sees_none_and_nothing_moves(
    come: Callable[..., Page], who: dict[str, bool]
) -> None:
    page = come(**who)
    page.goto(PAGE)
    expect(page.locator(SLOT)).to_have_attribute("state", "empty")
    assert page.locator(SLOT).inner_html() == ""
    calm(page)


@pytest.mark.parametrize("width", [1280, 390, 320])
def test_the_account_page(come: Callable[..., Page], width: int) -> None:
    page = come(width=width)
    page.goto(ACCOUNT)
    main = page.locator("main")
    expect(main).to_contain_text("£10.00")
    expect(main).to_contain_text("For the broken mug")
    expect(main).to_contain_text("Earned on order 100234")
    expect(main).to_contain_text("£10 for every full £50 of one order.")
    calm(page)
    assert serious(page, "main") == []


def test_without_scripts_the_account_page_is_complete_and_linked(
    come: Callable[..., Page],
) -> None:
    page = come(script=False)
    page.goto("/accounts/orders/")
    page.get_by_role("link", name="Store credit").first.click()
    expect(page.locator("main")).to_contain_text("£10.00")


def test_the_empty_page_invites(come: Callable[..., Page]) -> None:
    page = come(poor=True)
    page.goto(ACCOUNT)
    expect(page.locator("main")).to_contain_text("You have no store credit yet.")
    expect(page.get_by_role("heading", name="How to earn")).to_be_visible()
    calm(page)
    assert serious(page, "main") == []
