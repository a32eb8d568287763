"""A browser window that notices everything a shop must not do behind its shopper's back."""

from __future__ import annotations

import os
import re
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

if TYPE_CHECKING:
    from collections.abc import Callable

    from playwright.sync_api import Browser, ConsoleMessage, Page, Request, Response

SIZES: dict[str, dict[str, Any]] = {
    "desktop": {"viewport": {"width": 1280, "height": 900}},
    "phone": {"viewport": {"width": 390, "height": 844}, "is_mobile": True, "has_touch": True},
}
# The console of the browser tells most refusals, but not those of a policy's reports.
TELL_VIOLATIONS = """
addEventListener("securitypolicyviolation", (event) =>
  console.error("CSP", event.violatedDirective, event.blockedURI));
"""


class Window:
    """One browser of one person, with its own cookies, on the demo at ``url``."""

    def __init__(
        self, browser: Browser, arguments: dict[str, Any], *, url: str, device: str, name: str
    ) -> None:
        self.url, self.device, self._name = url, device, name
        self.troubles: list[str] = []
        self._pictures = 0
        self.context = browser.new_context(**{**arguments, **SIZES[device], "base_url": url})
        self.context.add_init_script(TELL_VIOLATIONS)
        self.context.on("console", self._hear)
        self.context.on("weberror", lambda error: self._note(f"script: {error.error}"))
        self.context.on("request", self._see_request)
        self.context.on("response", self._see_response)
        self.page: Page = self.context.new_page()
        # She answers the consent banner when it is in her way, as people do.
        self.page.add_locator_handler(
            self.page.locator("#clm-consent[data-open]"),
            lambda banner: banner.locator("button[value=accept]").click(),
        )

    def visit(self, path: str) -> None:
        self.page.goto(path)

    def picture(self, step: str, *, full: bool = True) -> None:
        """Keeps a picture for people to look at, where ``STORY_SHOTS`` names a folder."""
        folder = os.environ.get("STORY_SHOTS")
        if not folder:
            return
        self._pictures += 1
        name = f"{self.device}-{self._name}-{self._pictures:02d}-{step}.png"
        self.page.screenshot(path=Path(folder) / name, full_page=full)

    def reload_until(self, truth: Callable[[], bool], *, why: str, tries: int = 30) -> None:
        """Reloads as a person would who waits for the workers in the background."""
        for _ in range(tries):
            if truth():
                return
            self.page.wait_for_timeout(700)
            self.page.reload()
        raise AssertionError(f"{why}\n{self.page.locator('main').inner_text()[:2_000]}")

    def fits(self) -> bool:
        """Whether nothing sticks out to the right."""
        width: int = self.page.evaluate("document.documentElement.scrollWidth")
        return bool(width <= SIZES[self.device]["viewport"]["width"])

    def close(self) -> None:
        self.context.close()

    def _note(self, trouble: str) -> None:
        self.troubles.append(f"{urlsplit(self.page.url).path}: {trouble}")

    def _hear(self, message: ConsoleMessage) -> None:
        if message.type in {"error", "warning"}:
            self._note(f"console {message.type}: {message.text}")

    def _see_request(self, request: Request) -> None:
        if not request.url.startswith((self.url, "data:", "blob:", "about:")):
            self._note(f"asked outside: {request.url}")

    def _see_response(self, response: Response) -> None:
        if response.status >= 400:
            self._note(f"{response.status} for {response.url}")


def amount(text: str) -> int:
    """Pence in the first price of a text: ``Total £1,014.60`` gives 101460."""
    found = re.search(r"£([\d,]+)\.(\d\d)", text)
    assert found is not None, text
    return int(found[1].replace(",", "")) * 100 + int(found[2])
