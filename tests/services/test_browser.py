"""The browser from the package shows pages, with letters on them."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING

from tests.services.browser import chromium

if TYPE_CHECKING:
    from playwright.sync_api import Page

WORD = "<body style='margin:0'><p style='font:40px sans-serif;color:#000'>Lark</p>"


def test_chromium_comes_from_npm() -> None:
    executable, environment = chromium()
    assert ".cache/chromium/" in executable
    assert environment["FONTCONFIG_FILE"]


def test_text_is_visible(page: Page) -> None:
    """A machine without a font would leave the page white."""
    from PIL import Image

    page.set_content(WORD)
    assert page.inner_text("p") == "Lark"
    with Image.open(io.BytesIO(page.screenshot())) as picture:
        counts = picture.convert("L").point(lambda value: 255 * (value < 100)).histogram()
    assert 300 < counts[255] < 20_000, "the word's dark pixels"


def test_phone_is_narrow(phone: Page) -> None:
    phone.set_content("<meta name=viewport content='width=device-width'>" + WORD)
    assert phone.evaluate("innerWidth") == 390
