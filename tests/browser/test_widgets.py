"""Popup, bundle and beacon in a real browser, under a nonce-only Content-Security-Policy."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import TYPE_CHECKING, Any
from uuid import uuid4

import pytest
from playwright.sync_api import expect

from clm_plugin.models import Event, Receipt
from tests.rest.conftest import USER_AGENT
from tests.widgets.plans import bundle_plan, make_live, make_person, make_together, popup_plan

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from playwright.sync_api import Browser, BrowserContext, Page
    from pytest_django.live_server_helper import LiveServer

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

AXE = Path(__file__).resolve().parents[2] / "node_modules/axe-core/axe.min.js"
WATCH = """
window.violations = []; window.shift = 0; window.longTasks = [];
addEventListener("securitypolicyviolation", (event) =>
  violations.push(event.violatedDirective + " " + event.blockedURI));
new PerformanceObserver((list) => {
  for (const entry of list.getEntries()) if (!entry.hadRecentInput) shift += entry.value;
}).observe({ type: "layout-shift", buffered: true });
new PerformanceObserver((list) => longTasks.push(...list.getEntries().map((e) => e.duration)))
  .observe({ type: "longtask", buffered: true });
"""


class Shopper:
    """One visitor with a page, known to the shop by her cookie."""

    def __init__(self, context: BrowserContext, address: str, visitor: str) -> None:
        self.visitor = visitor
        self.actor = f"visitor:{visitor}"
        self.address = address
        self.context = context
        context.add_cookies([{"name": "clm_v", "value": visitor, "url": address}])
        context.add_init_script(WATCH)
        self.errors: list[str] = []
        self.page = self.tab()

    def tab(self) -> Page:
        page = self.context.new_page()
        page.on("pageerror", lambda error: self.errors.append(str(error)))
        return page

    def visit(self, path: str, page: Page | None = None) -> None:
        (page or self.page).goto(self.address + path)
        (page or self.page).wait_for_function("window.clm")

    def events(self, type_: str) -> list[dict[str, Any]]:
        rows = Event.objects.filter(type=type_, actor=self.actor).order_by("id")
        return list(rows.values_list("payload", flat=True))

    def wait_event(self, type_: str, count: int = 1) -> list[dict[str, Any]]:
        for _ in range(60):
            found = self.events(type_)
            if len(found) >= count:
                return found
            self.page.wait_for_timeout(50)
        raise AssertionError(f"{type_}: {self.events(type_)}")

    def leave_through_the_top(self, page: Page | None = None) -> None:
        page = page or self.page
        page.wait_for_timeout(1_100)  # the watch settles first
        page.evaluate(
            "document.dispatchEvent(new MouseEvent('mouseout', {clientY: -1, relatedTarget: null}))"
        )

    def check(self) -> None:
        assert self.errors == []
        assert self.page.evaluate("violations") == []


@pytest.fixture
def shop(settings: Any, live_server: LiveServer) -> str:
    from clm_plugin.recommendations.api import forget

    settings.ROOT_URLCONF = "tests.widgets.pages"
    settings.CLM = {
        "SHOP": "tests.widgets.gift_shop.GiftShop",
        "CLOCK": "django.utils.timezone.now",
    }
    forget()
    return live_server.url


@pytest.fixture
def meet(
    browser: Browser, browser_context_args: dict[str, Any], shop: str
) -> Iterator[Callable[..., Shopper]]:
    """``meet(phone=True)``: a shopper with the plugin's usual campaigns live."""
    contexts: list[BrowserContext] = []

    def make(*, phone: bool = False, width: int = 0, **facts: Any) -> Shopper:
        size = {"width": width or (390 if phone else 1280), "height": 844 if phone else 800}
        more: dict[str, Any] = {"viewport": size}
        if phone:
            more |= {"is_mobile": True, "has_touch": True}
        context = browser.new_context(**{**browser_context_args, **more})
        contexts.append(context)
        visitor = uuid4().hex
        make_person(f"visitor:{visitor}", **facts)
        make_live(bundle_plan(), popup_plan())
        return Shopper(context, shop, visitor)

    make_together("1", "2", "3", "4")
    yield make
    for context in contexts:
        context.close()


def axe(page: Page, within: str) -> list[str]:
    """Serious and critical findings of axe-core inside an element."""
    # Through the debugger, not a script element: the page's policy would refuse that.
    page.evaluate(AXE.read_text())
    found = page.evaluate("async (within) => (await axe.run(within)).violations", within)
    return [each["id"] for each in found if each["impact"] in ("serious", "critical")]


def test_bundle_in_one_click(meet: Callable[..., Shopper]) -> None:
    ann = meet()
    ann.visit("/gift/1/")
    page = ann.page
    form = page.locator("clm-slot form")
    expect(form).to_be_visible()
    expect(form.locator("[data-clm-total]")).to_have_text("£35.45")
    form.get_by_label("Choose for Bunting").select_option("Gold")
    expect(form.locator("[data-clm-total]")).to_have_text("£38.45")
    expect(form.locator(".clm-price").nth(2)).to_have_text("£17.95")
    page.evaluate(
        "document.addEventListener('clm:basket-changed', (e) => { window.told = e.detail.added; })"
    )
    form.get_by_role("button", name="Add all 3 to basket").click()
    expect(page.get_by_role("status")).to_contain_text("3 products are in your basket.")
    assert page.evaluate("told") == ["1", "2", "33"]
    assert axe(page, "clm-slot[name=product-bundle]") == []
    receipt = str(Receipt.objects.get(yes=True).pk)
    assert ann.wait_event("widget.clicked") == [{"receipt": receipt, "target": "add"}]
    page.locator("clm-slot form").scroll_into_view_if_needed()
    assert ann.wait_event("widget.shown") == [{"receipt": receipt}]
    page.get_by_role("link", name="Go to basket").click()
    page.wait_for_url("**/basket/")
    ann.check()


def test_bundle_works_without_its_script(meet: Callable[..., Shopper]) -> None:
    ann = meet()
    ann.page.route("**/clm-bundle*.js", lambda route: route.abort())
    ann.visit("/gift/1/")
    ann.page.get_by_role("button", name="Add all 3 to basket").click()
    ann.page.wait_for_url("**/basket/")


@pytest.mark.parametrize("phone", [False, True])
def test_nothing_jumps_and_nothing_blocks(meet: Callable[..., Shopper], phone: bool) -> None:
    ann = meet(phone=phone)
    ann.visit("/gift/1/")
    expect(ann.page.locator("clm-slot form")).to_be_visible()
    ann.page.wait_for_timeout(300)
    assert ann.page.evaluate("shift") <= 0.01
    assert [task for task in ann.page.evaluate("longTasks") if task > 50] == []
    room = ann.page.locator("clm-slot[name=product-bundle]").evaluate(
        "(slot) => [slot.offsetHeight, slot.firstElementChild.offsetHeight + 48]"
    )
    assert room[1] <= room[0], "the kept room is enough"


def test_an_empty_slot_gives_its_room_back_unseen(meet: Callable[..., Shopper]) -> None:
    ann = meet()
    ann.visit("/gift/4/")  # nothing is bought with it
    slot = ann.page.locator("clm-slot[name=product-bundle]")
    ann.page.evaluate("scrollTo(0, 2000)")
    expect(slot).to_have_attribute("state", "empty")
    assert slot.evaluate("(slot) => slot.offsetHeight") == 0
    assert ann.page.evaluate("shift") <= 0.01


def test_popup_on_leaving_is_accessible(meet: Callable[..., Shopper]) -> None:
    ann = meet()
    ann.visit("/gift/1/")
    page = ann.page
    expect(page.locator("clm-slot form")).to_be_attached()
    page.locator("#buy").focus()
    ann.leave_through_the_top()
    dialog = page.get_by_role("dialog", name="Before you go")
    expect(dialog).to_be_visible()
    assert axe(page, "dialog") == []
    close = dialog.get_by_role("button", name="Close").bounding_box()
    assert close is not None
    assert min(close["width"], close["height"]) >= 44
    for _ in range(6):  # the focus stays inside, or goes to the browser's own controls
        page.keyboard.press("Tab")
        inside = page.evaluate("document.activeElement.closest('dialog, body').tagName")
        assert inside == "DIALOG" or page.evaluate("document.activeElement === document.body")
    page.keyboard.press("Escape")
    expect(dialog).to_have_count(0)
    assert page.evaluate("document.activeElement.id") == "buy"
    assert len(ann.wait_event("widget.dismissed")) == 1
    assert ann.wait_event("exit.signalled") == [{"signal": "pointer", "path": "/gift/1/"}]
    ann.leave_through_the_top()  # once per page
    page.wait_for_timeout(300)
    assert len(ann.events("exit.signalled")) == 1
    ann.check()


def test_popup_closes_by_its_button_and_the_backdrop(meet: Callable[..., Shopper]) -> None:
    ann = meet()
    ann.visit("/gift/1/")
    ann.leave_through_the_top()
    dialog = ann.page.locator("dialog")
    expect(dialog).to_be_visible()
    dialog.get_by_role("heading").click()
    expect(dialog).to_be_visible()
    ann.page.mouse.click(5, 5)
    expect(dialog).to_have_count(0)


def test_popup_leads_on_and_reports_the_click(meet: Callable[..., Shopper]) -> None:
    ann = meet()
    ann.visit("/gift/1/")
    ann.leave_through_the_top()
    ann.page.get_by_role("link", name="See the gifts").click()
    ann.page.wait_for_url("**/gifts/")
    receipt = str(Receipt.objects.get(channel="overlay").pk)
    assert ann.wait_event("widget.clicked") == [{"receipt": receipt, "target": "button"}]
    assert ann.events("widget.dismissed") == []


def test_popup_never_over_another_dialog(meet: Callable[..., Shopper]) -> None:
    ann = meet()
    ann.visit("/gift/1/")
    ann.page.evaluate(
        """const own = document.createElement("dialog"); own.id = "own"; own.textContent = "Mine";
        document.body.append(own); own.showModal();"""
    )
    ann.leave_through_the_top()
    ann.page.wait_for_timeout(300)
    assert ann.page.locator("dialog[open]").count() == 1
    ann.page.evaluate("document.getElementById('own').close()")
    ann.leave_through_the_top()  # the signal was not used up
    expect(ann.page.get_by_role("dialog", name="Before you go")).to_be_visible()


def test_eight_tabs_one_popup(meet: Callable[..., Shopper]) -> None:
    ann = meet()
    tabs = [ann.page, *(ann.tab() for _ in range(7))]
    for tab in tabs:
        ann.visit("/gift/1/", tab)
    for tab in tabs:
        tab.bring_to_front()
        ann.leave_through_the_top(tab)
    ann.page.wait_for_timeout(500)
    assert sum(tab.locator("dialog[open]").count() for tab in tabs) == 1
    assert Receipt.objects.filter(channel="overlay", yes=True).count() == 1


@pytest.mark.parametrize("direction", ["ltr", "rtl"])
def test_popup_fits_320_pixels(meet: Callable[..., Shopper], direction: str) -> None:
    ann = meet(width=320)
    ann.visit(f"/gift/1/?dir={direction}")
    ann.leave_through_the_top()
    dialog = ann.page.locator("dialog")
    expect(dialog).to_be_visible()
    assert ann.page.evaluate("document.documentElement.scrollWidth") <= 320
    box, close = dialog.bounding_box(), dialog.get_by_label("Close").bounding_box()
    assert box is not None
    assert close is not None
    assert box["x"] >= 0
    assert box["x"] + box["width"] <= 320
    at_the_end = close["x"] > 160
    assert at_the_end == (direction == "ltr")


def test_a_fast_scroll_up_is_a_phones_exit(meet: Callable[..., Shopper]) -> None:
    ann = meet(phone=True)
    ann.visit("/gift/1/")
    ann.page.wait_for_timeout(1_100)
    ann.page.evaluate("scrollTo(0, 2500)")
    ann.page.wait_for_timeout(400)
    ann.page.evaluate("scrollTo(0, 2450)")
    ann.page.wait_for_timeout(50)
    ann.page.evaluate("scrollTo(0, 1000)")
    expect(ann.page.get_by_role("dialog", name="Before you go")).to_be_visible()
    assert ann.wait_event("exit.signalled")[0]["signal"] == "scroll"


def test_rest_is_a_phones_exit(meet: Callable[..., Shopper]) -> None:
    ann = meet(phone=True)
    ann.page.clock.install()
    ann.visit("/gift/1/")
    ann.page.clock.run_for(2_000)
    expect(ann.page.locator("clm-slot form")).to_be_attached()
    ann.page.clock.run_for(29_000)
    expect(ann.page.get_by_role("dialog", name="Before you go")).to_be_visible()


def test_typing_is_not_disturbed(meet: Callable[..., Shopper]) -> None:
    ann = meet()
    ann.visit("/gift/1/")
    ann.page.get_by_label("Name").focus()
    ann.leave_through_the_top()
    ann.page.wait_for_timeout(300)
    assert ann.events("exit.signalled") == []
    expect(ann.page.locator("dialog")).to_have_count(0)


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


def test_axe_is_there() -> None:
    assert json.loads((AXE.parent / "package.json").read_text())["name"] == "axe-core"
