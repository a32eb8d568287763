"""A shopper and her browser."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from clm_plugin.models import Event
from tests.browser.observing import WATCH

if TYPE_CHECKING:
    from playwright.sync_api import BrowserContext, Page


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
