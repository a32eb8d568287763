"""The board in a real browser: in width, accessible, by keyboard, on paper, as a file."""

from __future__ import annotations

from datetime import timedelta
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING, Any
from xml.etree import ElementTree

import pytest
from django.urls import reverse
from playwright.sync_api import expect

from clm_plugin.insights.api import recount
from clm_plugin.models import ChannelSpend
from tests.browser.observing import WATCH, serious
from tests.browser.test_console import enter
from tests.console.makers import make_campaign, make_credit, make_move, make_person
from tests.factories import NOW
from tests.insights.test_counting import make_order

if TYPE_CHECKING:
    from playwright.sync_api import Page
    from pytest_django.live_server_helper import LiveServer

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

DAY = timedelta(days=1)


@pytest.fixture
def board(settings: Any, live_server: LiveServer) -> str:
    """A shop with moves of every kind, a gap, a collision, spend and drop-offs."""
    settings.CLM = {
        "SHOP": "tests.widgets.gift_shop.GiftShop", "CLOCK": "tests.console.conftest.present"
    }  # fmt: skip
    ann = make_person(first_name="Ann", stage="retain")
    bob = make_person(first_name="Bob", stage="lapsed")
    make_person(first_name="Cid", stage="reach")
    for who, source, target in (
        (ann, "", "reach"), (ann, "reach", "acquire"), (ann, "acquire", "nurture"),
        (ann, "nurture", "retain"), (ann, "retain", "at-risk"), (ann, "at-risk", "retain"),
        (bob, "nurture", "at-risk"), (bob, "at-risk", "lapsed"), (bob, "convert", "acquire"),
    ):  # fmt: skip
        make_move(who, source, target, at=NOW - DAY)
    make_order(ann, "1", NOW - 9 * DAY)
    make_order(ann, "2", NOW - DAY)
    make_campaign("tea", name="Tea time", stages=["retain"])
    make_campaign("mug", name="Mug week", stages=["retain", "loyal"])
    make_credit(ann)
    ChannelSpend.objects.create(day=NOW.date(), channel="ads", amount_minor=900, currency="GBP")
    recount(now=NOW)
    return live_server.url + reverse("clm_board:index")


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [1600, 1280, 768, 390, 320])
def test_accessible_and_in_width(page: Page, board: str, scheme: Any, width: int) -> None:
    enter(page, board)
    page.emulate_media(color_scheme=scheme)
    page.add_init_script(WATCH)
    errors: list[str] = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.set_viewport_size({"width": width, "height": 844})
    page.goto(board)
    expect(page.get_by_role("heading", name="Where the path leaks")).to_be_visible()
    page.get_by_text("The same numbers as tables").click()
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    assert serious(page, "main .clm") == []
    assert _cut_off(page) == []
    assert page.evaluate("violations") == []
    assert errors == []


def _cut_off(page: Page) -> list[str]:
    """Words of the cards and tiles that reach out of their box."""
    found: list[str] = page.evaluate(
        """() => [...document.querySelectorAll(".clm-stagecard, .clm-tile, .clm-leak")]
          .filter((box) => box.scrollWidth > box.clientWidth + 1
            || box.scrollHeight > box.clientHeight + 1)
          .map((box) => box.innerText)"""
    )
    return found


def test_the_path_turns_on_a_phone(page: Page, board: str) -> None:
    enter(page, board)
    page.goto(board)
    above, left = page.locator(".clm-flow--above"), page.locator(".clm-flow--left")
    cards = page.locator(".clm-stagecard")
    expect(above).to_be_visible()
    expect(left).to_be_hidden()
    tops = {round(card["y"]) for card in _boxes(cards)}
    assert len(tops) == 1, "cards stand in a row"
    page.set_viewport_size({"width": 390, "height": 844})
    page.reload()  # Wagtail's menu slides away on a change of width; the cards move with it
    expect(above).to_be_hidden()
    expect(left).to_be_visible()
    boxes = _boxes(cards)
    assert len({round(card["x"]) for card in boxes}) == 1, "cards stand in a column"
    # An arrow is drawn for rows of this height; taller cards would be missed by it.
    steps = {round(b["y"] - a["y"]) for a, b in pairwise(boxes)}
    assert steps == {148}


def _boxes(cards: Any) -> list[Any]:
    return [cards.nth(n).bounding_box() for n in range(cards.count())]


def test_an_arrow_is_followed_by_keyboard(page: Page, board: str) -> None:
    enter(page, board)
    page.goto(board)
    arrow = page.get_by_role("link", name="Nurture to Retain: 1 move")
    expect(arrow).to_have_count(1)  # the other drawing is not there for anybody
    arrow.focus()
    page.keyboard.press("Enter")
    expect(page.locator(".clm-person__name")).to_have_text("Ann")
    pills = page.locator(".w-active-filters .w-pill")
    expect(pills).to_have_count(3)
    expect(pills.first).to_contain_text("Nurture")
    # Taking the stage off again shows who came from anywhere.
    pills.first.get_by_role("button", name="Clear").click()
    expect(pills).to_have_count(2)
    assert "moved_from" not in page.url


def test_days_are_chosen_without_a_mouse(page: Page, board: str) -> None:
    enter(page, board)
    page.goto(board)
    page.get_by_label("From").fill("2026-11-01")
    page.get_by_label("To", exact=True).fill("2026-11-10")
    page.get_by_role("button", name="Show").press("Enter")
    expect(page.locator(".clm-period__said")).to_contain_text("1 Nov 2026 to 10 Nov 2026")
    expect(page.locator('.clm-segmented a[aria-current="true"]')).to_have_count(0)
    page.get_by_role("link", name="90 days", exact=True).click()
    expect(page.locator('.clm-segmented a[aria-current="true"]')).to_have_text("90 days")


def test_saved_as_a_picture(page: Page, board: str) -> None:
    enter(page, board)
    page.goto(f"{board}?days=7")
    with page.expect_download() as download:
        page.get_by_role("link", name="Save as picture").click()
    assert download.value.suggested_filename == "lifecycle-2026-11-21.svg"
    text = Path(download.value.path()).read_text()
    assert "Nurture" in text
    assert ElementTree.fromstring(text).tag == "{http://www.w3.org/2000/svg}svg"


def test_printed_without_the_house_around_it(page: Page, board: str) -> None:
    enter(page, board)
    page.goto(board)
    page.evaluate("window.print = () => { window.printed = true; }")
    page.get_by_role("button", name="Print").click()
    assert page.evaluate("window.printed") is True
    page.emulate_media(media="print")
    for hidden in (".clm-period__choose", ".clm-period__do", ".sidebar"):
        expect(page.locator(hidden).first).to_be_hidden()
    expect(page.locator(".clm-stagecard").first).to_be_visible()
    left = page.locator(".clm-board").first.bounding_box()
    assert left is not None
    assert left["x"] < 120, "the menu's room is given back"
