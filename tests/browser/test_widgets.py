"""Popup and bundle in a real browser, under a nonce-only Content-Security-Policy."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

from clm_plugin.models import Receipt
from tests.browser.observing import serious
from tests.browser.shopper import Shopper

if TYPE_CHECKING:
    from collections.abc import Callable

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


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
    assert serious(page, "clm-slot[name=product-bundle]") == []
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


@pytest.mark.parametrize("below", [0, 1_000])
def test_an_empty_slot_gives_its_room_back_unseen(meet: Callable[..., Shopper], below: int) -> None:
    ann = meet()
    # Below the screen from the start, or else in view until the shopper has scrolled past it.
    ann.context.add_init_script(f"""addEventListener("DOMContentLoaded", () => {{
      document.querySelector("clm-slot[product]").style.marginTop = "{below}px";
    }})""")
    ann.visit("/gift/4/")  # nothing is bought with it
    slot = ann.page.locator("clm-slot[name=product-bundle]")
    expect(slot).to_have_attribute("state", "empty")
    if not below:
        assert slot.evaluate("(slot) => slot.offsetHeight") > 100
        ann.page.evaluate("scrollTo(0, 2000)")
    expect(slot).to_have_css("min-height", "0px")
    assert slot.evaluate("(slot) => slot.offsetHeight") == 0
    assert ann.page.evaluate("shift") <= 0.01


def test_a_full_slot_keeps_no_room_it_does_not_need(meet: Callable[..., Shopper]) -> None:
    ann = meet()
    ann.context.add_init_script("""addEventListener("DOMContentLoaded", () => {
      document.querySelector("clm-slot[product]").style.marginTop = "1000px";
    })""")
    ann.visit("/gift/1/")
    slot = ann.page.locator("clm-slot[name=product-bundle]")
    expect(slot.locator("form")).to_be_attached()
    expect(slot).to_have_css("min-height", "0px")
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
    assert serious(page, "dialog") == []
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
