"""A file with errors by hand: upload, columns, the explanation, and the refused rows to mend."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from django.urls import reverse
from playwright.sync_api import expect

from clm_plugin import tasks
from clm_plugin.models import Event, Import
from tests.browser.observing import serious
from tests.browser.test_console import enter

if TYPE_CHECKING:
    from playwright.sync_api import Page
    from pytest_django.live_server_helper import LiveServer

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
EXAMPLES = Path(__file__).resolve().parents[2] / "demo_shop/data/examples"


@pytest.fixture
def shop(settings: Any, live_server: LiveServer) -> str:
    settings.CLM = {
        "SHOP": "tests.widgets.gift_shop.GiftShop", "CLOCK": "tests.console.conftest.present"
    }  # fmt: skip
    return live_server.url


def look_over(page: Page, step: str) -> None:
    for width in (390, 1280):
        page.set_viewport_size({"width": width, "height": 844})
        wide = page.evaluate("document.documentElement.scrollWidth")
        assert wide <= width, f"{step} is {wide} px wide"
        assert serious(page, ".clm") == [], f"{step} at {width} px"


def test_a_file_with_errors(page: Page, shop: str, tmp_path: Path) -> None:
    enter(page, shop)
    page.goto(shop + reverse("clm_imports:index"))
    page.get_by_role("link", name="Import a file").last.click()
    expect(page.get_by_label("CSV file")).to_be_visible()
    look_over(page, "upload")
    page.get_by_label("CSV file").set_input_files(EXAMPLES / "customers-with-errors.csv")
    page.get_by_role("button", name="Next").click()
    expect(page.get_by_label("First name")).to_have_value("First name")
    expect(page.get_by_role("cell", name="dora.example@example.com")).to_be_visible()
    look_over(page, "columns")
    page.get_by_role("button", name="Look through it").click()
    expect(page.get_by_role("progressbar")).to_be_visible()
    tasks.read_in(Import.objects.get().pk)  # what a worker does
    expect(page.get_by_text("Nothing has been written yet")).to_be_visible()  # without a click
    expect(page.get_by_text("E-Mail: “emil.example” is no address")).to_be_visible()
    expect(page.get_by_text("Updated: “2026-02-30” is not a date")).to_be_visible()
    expect(page.get_by_text("Country: “Netherlands” is no two-letter code")).to_be_visible()
    expect(page.get_by_text("has 5 cells where the header has 6")).to_be_visible()
    look_over(page, "looked through")
    with page.expect_download() as download:
        page.get_by_role("link", name="Download the refused rows").click()
    download.value.save_as(tmp_path / "refused.csv")
    refused = (tmp_path / "refused.csv").read_text(encoding="utf-8-sig").splitlines()
    assert refused[0].endswith(",Language,why")
    assert len(refused) == 1 + 5
    assert "'=HYPERLINK" in refused[2]
    page.get_by_role("button", name="Read it in").click()
    expect(page.get_by_role("progressbar")).to_be_visible()
    tasks.read_in(Import.objects.get().pk)
    expect(page.get_by_text("New rows")).to_be_visible()
    look_over(page, "done")
    assert Event.objects.filter(source="import").count() == 2


def test_the_other_example_has_no_errors(page: Page, shop: str) -> None:
    enter(page, shop)
    page.goto(shop + reverse("clm_imports:new"))
    page.get_by_label("CSV file").set_input_files(EXAMPLES / "customers.csv")
    page.get_by_role("button", name="Next").click()
    page.get_by_role("button", name="Look through it").click()
    tasks.read_in(Import.objects.get().pk)
    expect(page.get_by_text("3 rows can be read in")).to_be_visible()
    expect(page.get_by_text("Refused rows are left out")).to_have_count(0)
