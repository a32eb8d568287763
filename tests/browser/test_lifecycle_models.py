"""Three stages edited in a real browser: who would move is seen, published, and on the board."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from django.urls import reverse
from playwright.sync_api import expect

from clm_plugin import pipeline
from clm_plugin.insights.api import recount
from clm_plugin.lifecycle.api import current_model, forget_model
from tests.browser.observing import serious
from tests.browser.test_console import enter
from tests.factories import NOW, days, order, store
from tests.lifecycle.authored import from_template

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playwright.sync_api import Page
    from pytest_django.live_server_helper import LiveServer

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture(autouse=True)
def _shop(settings: Any) -> Iterator[None]:
    """Customers with 1, 2, 3 and 5 orders, the last of each yesterday."""
    settings.CLM = {
        "SHOP": "tests.widgets.gift_shop.GiftShop", "CLOCK": "tests.console.conftest.present"
    }  # fmt: skip
    forget_model()
    for orders in (1, 2, 3, 5):
        actor = f"customer:{orders}"
        told = (order(actor, f"{orders}-{n}", NOW - days(orders - n)) for n in range(orders))
        store(*told, at=NOW)
    pipeline.drain(now=NOW)
    yield
    forget_model()


def board(page: Page, live_server: LiveServer) -> dict[str, str]:
    """Stage -> head-count, as the board shows them."""
    recount(now=NOW)
    page.goto(live_server.url + reverse("clm_board:index"))
    cards = page.locator(".clm-stagecard")
    expect(cards.first).to_be_visible()
    labels = cards.locator(".clm-stagecard__label").all_inner_texts()
    counts = cards.locator(".clm-stagecard__count").all_inner_texts()
    return dict(zip(labels, counts, strict=True))


def test_three_stages_edited_seen_and_published(page: Page, live_server: LiveServer) -> None:
    enter(page, live_server.url)
    assert board(page, live_server)["Retain"] == "2"
    page.goto(live_server.url + reverse("clm_lifecycle_models:add"))
    page.get_by_role("button", name="Start from this Eight stages").click()
    # The fourth, fifth and sixth of eight: First buyers, Regulars (from 2), Fans (from 3 orders).
    for number, (name, orders) in enumerate((("First buyers", 1), ("Regulars", 2), ("Fans", 3)), 3):
        block = page.locator(f"[data-streamfield-child]:has(> [name=stages-{number}-id])")
        block.locator(".w-panel__toggle").first.click()
        page.locator(f"[name=stages-{number}-value-label]").fill(name)
        page.locator(f"[name=stages-{number}-value-entry-0-value-at_least]").fill(str(orders))
    with page.expect_response(lambda answer: "/edit/" in answer.url and answer.ok):
        page.get_by_role("button", name="Save draft").click()
    page.wait_for_load_state()
    assert current_model().version == 0, "a draft does nothing"

    page.goto(page.url.replace("/edit/", "/moves/"))
    expect(page.get_by_text("1 of 4 people would move")).to_be_visible()
    expect(page.locator(".clm-shift")).to_contain_text("Retain → Fans")
    assert serious(page, "main .clm") == []
    page.get_by_role("button", name="Publish").click()
    expect(page.get_by_text("Everybody is being placed anew: 0 % done")).to_be_visible()
    pipeline.sweep(now=NOW, send=False)
    found = board(page, live_server)
    assert (found["First buyers"], found["Regulars"], found["Fans"]) == ("1", "1", "2")


def test_publishing_in_the_editor_stops_for_campaigns_that_would_be_left(
    page: Page, live_server: LiveServer
) -> None:
    from tests.console.makers import make_campaign

    make_campaign(stages=["loyal"], name="Thank the loyal").save_revision().publish()
    draft = from_template("three")
    draft.save_revision()
    enter(page, live_server.url)
    page.goto(live_server.url + reverse("clm_lifecycle_models:edit", args=(draft.pk,)))
    page.locator(".footer .w-dropdown__toggle, footer button[aria-expanded]").first.click()
    page.get_by_role("button", name="Publish").click()
    expect(page.get_by_text("Saved, not published yet")).to_be_visible()
    expect(page.get_by_text("Thank the loyal")).to_be_visible()
    assert current_model().version == 0
    page.get_by_role("button", name="Publish anyway").click()
    expect(page.get_by_text("is in use. Everybody is being placed anew")).to_be_visible()
    assert current_model().keys == ("acquire", "convert", "retain")


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_accessible_and_in_width(page: Page, live_server: LiveServer, scheme: Any) -> None:
    draft = from_template("five")
    draft.save_revision()
    enter(page, live_server.url)
    page.emulate_media(color_scheme=scheme)
    for width in (1280, 390):
        page.set_viewport_size({"width": width, "height": 844})
        for name, args in (("list", ()), ("start", ()), ("moves", (draft.pk,))):
            page.goto(live_server.url + reverse(f"clm_lifecycle_models:{name}", args=args))
            expect(page.locator(".clm").first).to_be_attached()
            wide = page.evaluate("document.documentElement.scrollWidth")
            assert wide <= width, f"{name} is {wide} px wide"
            assert serious(page, "main .clm") == [], f"{name} at {width} px, {scheme}"
