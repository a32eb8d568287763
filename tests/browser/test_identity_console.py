"""Identity in a real browser: accessible, in width, in the dark; a merge undone by its buttons."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from django.urls import reverse
from playwright.sync_api import expect

from clm_plugin import pipeline
from clm_plugin.models import (
    LifeEvent,
    LifeEventKind,
    MergeRecord,
    Profile,
    TraitDefinition,
    TraitValue,
)
from tests.browser.observing import serious
from tests.browser.test_console import enter
from tests.factories import NOW, days, new, order, store

if TYPE_CHECKING:
    from playwright.sync_api import Page
    from pytest_django.live_server_helper import LiveServer

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def urls(settings: Any, live_server: LiveServer) -> dict[str, str]:
    """A customer with a joined device, traits and a life event, and the address of each screen."""
    settings.CLM = {
        "SHOP": "tests.widgets.gift_shop.GiftShop", "CLOCK": "tests.console.conftest.present"
    }  # fmt: skip
    device = "visitor:3f2a91c0d4e84b7f8a1b2c3d4e5f6a7b"
    store(order("customer:1", "o1", NOW - days(9)))
    store(new("page.viewed", device, NOW - days(2), path="/", source="browser"))
    traits = {"colour": "sage green", "plan": "gold"}
    store(new("profile.identified", "customer:1", NOW - days(1), traits=traits))
    pipeline.drain(now=NOW)
    store(new("customer.logged_in", "customer:1", links=(device,), email="ann@example.com"))
    pipeline.drain(now=NOW)
    record = MergeRecord.objects.get()
    TraitDefinition.objects.create(key="colour", label="Colour", sensitive=True)
    TraitValue.objects.create(
        profile_id=record.survivor_id, key="colour", text="sage green", told_at=NOW, source="shop"
    )
    LifeEventKind.objects.create(key="birthday", label="Birthday", source="dated", yearly=True)
    LifeEvent.objects.create(
        profile_id=record.survivor_id, kind="birthday", source="dated", on="1984-02-29",
        month_day=229, yearly=True, declared_at=NOW,
    )  # fmt: skip
    paths = {
        "customer": reverse("clm_customers:customer", args=(record.survivor_id,)),
        "merges": reverse("clm_merges:index"),
        "undo": reverse("clm_merges:undo", args=(record.pk,)),
        "traits": reverse("clm_traits:index"),
        "life": reverse("clm_life_events:index"),
    }
    return {name: live_server.url + path for name, path in paths.items()}


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_accessible_and_in_width(page: Page, urls: dict[str, str], scheme: Any) -> None:
    enter(page, urls["merges"])
    page.emulate_media(color_scheme=scheme)
    errors: list[str] = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    for width in (1280, 390):
        page.set_viewport_size({"width": width, "height": 844})
        for name, url in urls.items():
            page.goto(url)
            expect(page.locator(".clm").first).to_be_attached()
            wide = page.evaluate("document.documentElement.scrollWidth")
            assert wide <= width, f"{name} is {wide} px wide"
            assert serious(page, "main .clm") == [], f"{name} at {width} px, {scheme}"
    assert errors == []


def test_a_merge_is_undone_by_its_buttons(page: Page, urls: dict[str, str]) -> None:
    enter(page, urls["merges"])
    page.goto(urls["customer"])
    page.get_by_role("link", name="Undo Device 3f2a91c0…").click()
    expect(page.get_by_text("The same link will not join them again.")).to_be_visible()
    page.get_by_role("link", name="Leave them joined").click()
    assert Profile.objects.filter(merged_into=None).count() == 1
    page.goto(urls["merges"])
    page.get_by_role("link", name="Undo").click()
    page.get_by_role("button", name="Make them two people again").click()
    expect(page.get_by_text("They are two people again")).to_be_visible()
    assert Profile.objects.filter(merged_into=None).count() == 2


def test_a_word_is_declared_by_its_button(page: Page, urls: dict[str, str]) -> None:
    enter(page, urls["merges"])
    page.goto(urls["traits"])
    page.get_by_role("button", name="Declare plan").click()
    expect(page.get_by_text("“Plan” is a trait now; 1 person has it.")).to_be_visible()
    assert TraitDefinition.objects.filter(key="plan").exists()
