"""A segment of nine conditions by hand: the count while typing, then its people."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest
from django.urls import reverse
from playwright.sync_api import expect

from clm_plugin.models import (
    CompiledSegment,
    Consent,
    Facts,
    ItemFact,
    OrderFact,
    RfmScore,
    Segment,
)
from clm_plugin.segments.api import evaluate
from tests.browser.observing import serious
from tests.browser.test_console import enter
from tests.console.makers import make_event, make_person
from tests.factories import NOW

if TYPE_CHECKING:
    from playwright.sync_api import FrameLocator, Page
    from pytest_django.live_server_helper import LiveServer

    from clm_plugin.models import Profile

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def shop(settings: Any, live_server: LiveServer) -> str:
    settings.CLM = {
        "SHOP": "tests.console.named_shop.NamedShop", "CLOCK": "tests.console.conftest.present"
    }  # fmt: skip
    return live_server.url


def make_buyer(name: str, **more: Any) -> Profile:
    """Somebody who fulfils all nine conditions of the test."""
    person = make_person(
        first_name=name, email=f"{name.lower()}@example.com", stage="loyal", country="GB",
        language="en", orders=3, spend_minor=20_000,
    )  # fmt: skip
    Facts.objects.filter(profile=person).update(
        last_order_at=NOW - timedelta(days=5), first_order_at=NOW - timedelta(days=90),
        **more,
    )  # fmt: skip
    order = OrderFact.objects.create(
        order_id=f"o-{name}", profile=person, placed_at=NOW - timedelta(days=5), currency="GBP",
        total_minor=9_000, items=2,
    )  # fmt: skip
    ItemFact.objects.create(order=order, product_id="1", category_id="tea", quantity=2)
    Consent.objects.create(
        profile=person, purpose="marketing", channel="mail", granted=True, changed_at=NOW
    )
    RfmScore.objects.create(profile=person, r=5, f=4, m=4, name="champions", scored_at=NOW)
    make_event(person, "product.viewed", at=NOW - timedelta(days=1), product_id="1")
    return person


def insert(page: Page, label: str) -> None:
    page.locator("#panel-rules-section").get_by_role("button", name="Insert a block").last.click()
    page.get_by_placeholder("Search options").last.fill(label)
    page.get_by_role("option", name=label).first.click()


def panel(page: Page) -> FrameLocator:
    return page.frame_locator(".w-preview__wrapper iframe").last


def pick(page: Page, field: str, text: str) -> None:
    box = page.locator(f"#rules-{field}-search")
    box.click()
    box.fill(text)
    expect(page.locator(f"#rules-{field}-list [role=option]").first).to_contain_text(text)
    box.press("ArrowDown")
    box.press("Enter")


def test_nine_conditions_by_hand(page: Page, shop: str) -> None:
    make_buyer("Ann")
    make_buyer("Bea", orders=1)
    make_person(first_name="Cleo")
    enter(page, shop)
    errors: list[str] = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.goto(shop + reverse("clm_segments:add"))
    expect(panel(page).get_by_text("Add a first rule")).to_be_visible()  # open without a click
    page.locator("#id_name").fill("Good tea drinkers")

    insert(page, "Is in a stage")
    page.locator("#rules-0-value-stages").get_by_label("Loyal", exact=True).check()
    insert(page, "Has a number of orders")
    page.locator("#rules-1-value-at_least").fill("2")
    insert(page, "Spent an amount")
    page.locator("#rules-2-value-at_least").fill("100")
    insert(page, "So many days since")
    page.locator("#rules-3-value-at_most").fill("30")
    insert(page, "Bought products or categories")
    pick(page, "4-value-categories", "Tea")
    insert(page, "Did something")
    page.locator("#rules-5-value-type").select_option("product.viewed")
    insert(page, "Lives in a country")
    pick(page, "6-value-countries", "United Kingdom")
    insert(page, "Agreed, refused")
    page.locator("#rules-7-value-purpose").select_option("marketing:mail")
    insert(page, "Has an RFM name")
    page.locator("#rules-8-value-names").get_by_label("Champions").check()

    expect(panel(page).locator(".count strong")).to_have_text("1", timeout=20_000)
    sentence = panel(page).locator(".sentence")
    expect(sentence).to_contain_text("Tea things", timeout=20_000)
    expect(sentence).to_contain_text("Champions", timeout=20_000)
    expect(panel(page).get_by_role("link", name="Ann")).to_be_visible()
    expect(panel(page).locator(".parts li")).to_have_count(9)

    page.get_by_role("button", name="More actions").click()
    page.get_by_role("button", name="Publish").click()
    expect(page.get_by_text("“Good tea drinkers”").or_(page.get_by_text("published")).first
           ).to_be_visible()  # fmt: skip
    segment = Segment.objects.get(key="good-tea-drinkers")
    assert segment.live
    assert len(CompiledSegment.objects.get(key=segment.key).rules["members"]) == 9

    people = shop + reverse("clm_segments:people", args=(segment.pk,))
    page.goto(people)
    expect(page.get_by_text("is being worked out")).to_be_visible()
    evaluate(now=NOW)
    page.goto(people)
    expect(page.locator("#clm-in ~ ul")).to_contain_text("Ann")
    expect(page.locator("#clm-in ~ ul")).not_to_contain_text("Bea")
    page.get_by_label("E-mail address or customer number").fill("bea@example.com")
    page.get_by_role("button", name="Ask").click()
    expect(page.locator(".clm-branch--bad")).to_have_count(1)
    expect(page.locator(".clm-branch--good")).to_have_count(8)
    assert errors == []


def test_screens_are_accessible_and_in_width(page: Page, shop: str) -> None:
    ann = make_buyer("Ann")
    segment = Segment(key="all", name="Everybody who orders")
    segment.rules = [("number", {"figure": "orders", "at_least": 1})]
    segment.save()
    segment.save_revision().publish()
    evaluate(now=NOW)
    enter(page, shop)
    paths = [
        reverse("clm_segments:list"),
        reverse("clm_segments:people", args=(segment.pk,)) + "?who=ann@example.com",
        reverse("clm_segments:members", args=(segment.pk,)),
        reverse("clm_segments:ready"),
        reverse("clm_rfm:index"),
        reverse("clm_customers:customer", args=(ann.pk,)),
    ]
    for scheme in ("light", "dark"):
        page.emulate_media(color_scheme=scheme)
        for width in (1280, 390):
            page.set_viewport_size({"width": width, "height": 844})
            for path in paths:
                page.goto(shop + path)
                expect(page.locator(".clm").first).to_be_attached()
                wide = page.evaluate("document.documentElement.scrollWidth")
                assert wide <= width, f"{path} is {wide} px wide"
                assert serious(page, "main .clm") == [], f"{path} at {width} px, {scheme}"


def test_the_editor_and_its_panel_are_accessible(page: Page, shop: str) -> None:
    make_buyer("Ann")
    segment = Segment(key="all", name="Everybody", live=False)
    segment.rules = [
        ("number", {"figure": "orders", "at_least": 1}),
        ("bought", {"categories": ["tea"], "at_least": 1}),
        ("any", [("country", {"countries": ["GB"]})]),
    ]
    segment.save()
    segment.save_revision()
    enter(page, shop)
    for width in (1280, 390):
        page.set_viewport_size({"width": width, "height": 844})
        page.goto(shop + reverse("clm_segments:edit", args=(segment.pk,)))
        expect(page.locator(".clm-pick__chip").first).to_have_text("Tea things×")
        assert serious(page, "#panel-rules-section") == [], f"editor at {width} px"
        assert page.evaluate("document.documentElement.scrollWidth") <= width
        if width == 1280:  # the panel sends what it previews
            expect(panel(page).locator(".count strong")).to_have_text("1", timeout=20_000)
    page.goto(shop + reverse("clm_segments:preview_on_edit", args=(segment.pk,)))
    expect(page.locator(".count strong")).to_have_text("1")
    assert serious(page, "main") == []
