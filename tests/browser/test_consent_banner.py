"""The consent banner in a real browser: asked once, easy to refuse, and nothing before a yes."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any

import pytest
from playwright.sync_api import expect

from clm_plugin.models import Consent, Event
from clm_plugin.pipeline import drain
from tests.browser.observing import WATCH, serious
from tests.factories import days
from tests.rest.conftest import USER_AGENT

if TYPE_CHECKING:
    from playwright.sync_api import Browser, BrowserContext, Page

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
PATH = "/gift/1/?banner=1"


@pytest.fixture
def stranger(
    browser: Browser, browser_context_args: dict[str, Any], shop: str, settings: Any
) -> Iterator[Callable[..., Page]]:
    """``stranger(phone=True, script=False)``: a page of a visitor of whom nothing is known."""
    settings.CLM = {**settings.CLM, "REQUIRE_CONSENT": True}
    contexts: list[BrowserContext] = []

    def make(*, phone: bool = False, script: bool = True, gpc: bool = False) -> Page:
        width, height = (390, 844) if phone else (1280, 800)
        context = browser.new_context(
            **{
                **browser_context_args,
                "viewport": {"width": width, "height": height},
                "java_script_enabled": script,
                "user_agent": USER_AGENT,
                "base_url": shop,
            }
        )
        contexts.append(context)
        context.add_init_script(WATCH)
        if gpc:
            context.add_init_script(
                "Object.defineProperty(navigator, 'globalPrivacyControl', {value: true})"
            )
        return context.new_page()

    yield make
    for context in contexts:
        context.close()


def cookies(page: Page) -> dict[str, str]:
    return {str(each["name"]): str(each["value"]) for each in page.context.cookies()}


def calls(page: Page) -> list[str]:
    seen: list[str] = []
    page.on("request", lambda request: seen.append(request.url))
    return seen


@pytest.mark.parametrize("phone", [False, True])
def test_before_a_yes_there_is_no_cookie_no_key_and_no_call(
    stranger: Callable[..., Page], phone: bool
) -> None:
    page = stranger(phone=phone)
    seen = calls(page)
    page.goto(PATH)
    banner = page.get_by_role("region", name="Your privacy here")
    expect(banner).to_be_visible()
    page.mouse.wheel(0, 900)
    page.wait_for_timeout(800)
    assert cookies(page) == {}
    assert (
        page.evaluate("Object.keys(localStorage).length + Object.keys(sessionStorage).length") == 0
    )
    assert [url for url in seen if re.search(r"/clm/(e|d|consent)", url)] == []
    assert Event.objects.count() == 0
    assert page.evaluate("violations") == []
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


@pytest.mark.parametrize(("button", "cookie"), [("Accept all", "1"), ("Refuse all", "0")])
def test_one_press_answers_and_it_is_not_asked_again(
    stranger: Callable[..., Page], button: str, cookie: str
) -> None:
    page = stranger(phone=True)
    page.goto(PATH)
    page.get_by_role("button", name=button).click()
    banner = page.locator("#clm-consent")
    expect(banner).to_be_hidden()
    assert cookies(page)["clm_c"] == cookie
    page.wait_for_timeout(800)
    assert (Event.objects.filter(type="page.viewed").count() == 1) is (cookie == "1")
    assert ("clm_v" in cookies(page)) is (cookie == "1")
    page.goto(PATH)
    page.wait_for_timeout(500)
    expect(banner).to_be_hidden()
    if cookie == "0":
        assert Event.objects.count() == 0, "a refusal by a stranger leaves no trace"


def test_some_of_it_and_another_mind(stranger: Callable[..., Page]) -> None:
    page = stranger()
    page.goto(PATH)
    page.evaluate("document.addEventListener('clm:consent', (e) => { window.told = e.detail; })")
    page.get_by_text("Let me choose").click()
    page.get_by_label("Show what fits me").check()
    expect(page.get_by_label("Measure")).to_be_checked()
    page.get_by_label("Measure").uncheck()
    expect(page.get_by_label("Show what fits me")).not_to_be_checked()
    page.get_by_label("Measure").check()
    page.get_by_role("button", name="Save my choice").click()
    expect(page.locator("#clm-consent")).to_be_hidden()
    assert cookies(page)["clm_c"] == "a"
    assert page.evaluate("told") == {"analytics": True, "personalisation": False}
    again = page.locator("#again")
    again.click()
    expect(page.locator("#clm-consent-title")).to_be_focused()
    page.get_by_text("Let me choose").click()
    expect(page.get_by_label("Measure")).to_be_checked()
    page.keyboard.press("Escape")
    expect(page.locator("#clm-consent")).to_be_hidden()
    expect(again).to_be_focused()
    again.click()
    page.get_by_role("button", name="Refuse all").click()
    expect(page.locator("#clm-consent")).to_be_hidden()
    assert cookies(page)["clm_c"] == "0"
    drain(now=Event.objects.latest("received_at").received_at + days(1))
    state = dict(Consent.objects.values_list("purpose", "granted"))
    assert state == {"analytics": False, "personalisation": False}
    proof = Event.objects.filter(type="consent.given").get().payload["proof"]
    assert len(proof["text"]) == 64


def test_by_keyboard_alone_it_comes_first_and_traps_nobody(stranger: Callable[..., Page]) -> None:
    page = stranger()
    page.goto(PATH)
    expect(page.locator("#clm-consent")).to_be_visible()
    names = []
    for _ in range(4):
        page.keyboard.press("Tab")
        names.append(page.evaluate("document.activeElement.textContent.trim()"))
    assert names[:3] == ["Let me choose", "Refuse all", "Accept all"]
    assert names[3] not in names[:3], "focus goes on into the page"
    page.keyboard.press("Shift+Tab")
    page.keyboard.press("Enter")
    expect(page.locator("#clm-consent")).to_be_hidden()
    assert cookies(page)["clm_c"] == "1"


def test_refusing_is_as_easy_as_accepting(stranger: Callable[..., Page]) -> None:
    page = stranger(phone=True)
    page.goto(PATH)
    looks = [
        page.get_by_role("button", name=name).evaluate(
            "(b) => { const s = getComputedStyle(b), r = b.getBoundingClientRect();"
            " return [s.backgroundColor, s.color, s.fontSize, r.height, r.width]; }"
        )
        for name in ("Refuse all", "Accept all")
    ]
    assert looks[0] == looks[1]
    assert looks[0][3] >= 44


def test_nothing_moves_when_it_comes_or_goes(stranger: Callable[..., Page]) -> None:
    page = stranger(phone=True)
    page.goto(PATH)
    expect(page.locator("#clm-consent")).to_be_visible()
    before = page.locator("h1").bounding_box()
    page.get_by_role("button", name="Refuse all").click()
    expect(page.locator("#clm-consent")).to_be_hidden()
    assert page.locator("h1").bounding_box() == before
    assert page.evaluate("window.shift") <= 0.01


def test_a_browser_that_has_answered_is_not_asked(stranger: Callable[..., Page]) -> None:
    page = stranger(gpc=True)
    page.goto(PATH)
    page.wait_for_timeout(500)
    expect(page.locator("#clm-consent")).to_be_hidden()
    page.locator("#again").click()
    page.get_by_role("button", name="Accept all").click()
    expect(page.locator("#clm-consent")).to_be_hidden()
    assert cookies(page)["clm_c"] == "1", "her own answer goes before the browser's"


def test_without_scripts_it_stands_on_the_page_and_the_form_answers(
    stranger: Callable[..., Page],
) -> None:
    page = stranger(script=False, phone=True)
    page.goto(PATH)
    expect(page.locator("#clm-consent")).to_be_visible()
    assert page.locator("#clm-consent").evaluate("(b) => getComputedStyle(b).position") == "static"
    page.get_by_role("button", name="Refuse all").click()
    expect(page).to_have_url(re.compile(r"/gift/1/$"))
    assert cookies(page) == {"clm_c": "0"}


def test_the_shops_own_banner_may_do_it(stranger: Callable[..., Page]) -> None:
    page = stranger()
    page.goto("/gift/1/")
    page.wait_for_function("window.clm")
    page.evaluate("clm.consent({ analytics: true, textVersion: '2026-11' })")
    page.wait_for_timeout(800)
    assert cookies(page)["clm_c"] == "a"
    assert Event.objects.get(type="consent.given").payload["text_version"] == "2026-11"
    assert page.evaluate("clm.consent.granted()")
    page.evaluate("clm.consent.withdraw()")
    page.wait_for_timeout(300)
    assert cookies(page) == {"clm_c": "0"}


def test_axe_finds_nothing(stranger: Callable[..., Page]) -> None:
    page = stranger(phone=True)
    page.goto(PATH)
    expect(page.locator("#clm-consent")).to_be_visible()
    page.get_by_text("Let me choose").click()
    assert serious(page, "#clm-consent") == []
