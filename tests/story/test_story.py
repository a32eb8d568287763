"""The whole story of the tour on ``/demo/``, in the real process tree and a real browser.

``STORY_SHOTS=folder`` keeps a picture of every step.
"""

from __future__ import annotations

import signal
from typing import TYPE_CHECKING, Any
from uuid import uuid4

import pytest
from playwright.sync_api import expect

from tests.services.demo import Demo
from tests.story import people
from tests.story.window import Window

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from playwright.sync_api import Browser

    OpenWindow = Callable[..., Window]

pytestmark = [
    pytest.mark.browser,
    pytest.mark.services,
    pytest.mark.slow,
    pytest.mark.timeout(600),
    # Both stories live in one demo, so one process runs them.
    pytest.mark.xdist_group("story"),
]


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory, repository: Any) -> Iterator[Demo]:
    made = Demo(tmp_path_factory.mktemp("story") / "var", repository, "sqlite")
    made.prepare_small()
    made.start()
    made.wait_healthy(90.0)
    assert made.status("/favicon.ico") == 302, "asked for by browsers with a window"
    yield made
    assert made.stop(signal.SIGTERM) == 0
    for log in (made.var / "log").glob("*.log"):
        told = log.read_text(errors="replace")
        assert "Traceback" not in told, f"{log.name}: {told[-4_000:]}"
        assert "No hostname was supplied" not in told, f"kombu is not quiet in {log.name}"


@pytest.fixture
def open_window(
    browser: Browser, browser_context_args: dict[str, Any], demo: Demo
) -> Iterator[OpenWindow]:
    """``open_window(name, device=…)``: a new browser; in the end none may have had trouble."""
    windows: list[Window] = []

    def make(name: str, *, device: str) -> Window:
        window = Window(browser, browser_context_args, url=demo.url, device=device, name=name)
        windows.append(window)
        return window

    yield make
    for window in windows:
        window.close()
    assert [trouble for window in windows for trouble in window.troubles] == []


@pytest.mark.parametrize("size", ["desktop", "phone"])
def test_story(size: str, demo: Demo, open_window: OpenWindow) -> None:
    email = f"ada-{uuid4().hex[:8]}@example.com"

    ada = open_window("ada", device=size)
    paths = people.browse_three_products(ada)
    people.leave_and_stay(ada, paths)
    people.register(ada, email)
    bundle = people.add_a_bundle(ada, paths)
    ada.visit("/")

    people.let_an_hour_pass(ada)
    address = people.find_the_way_back(ada, email)
    assert address.startswith(demo.url)

    elsewhere = open_window("elsewhere", device=size)
    people.restore_the_basket(elsewhere, address)
    people.sign_in(elsewhere, email)
    number, paid = people.check_out(elsewhere)
    assert bundle <= paid <= bundle + 395, "the bundle once, and postage"

    admin = open_window("admin", device=size)
    people.enter_the_console(admin)
    refunded = people.refund_one_item(admin, number)
    assert 0 < refunded < paid

    people.look_up(admin, email)
    timeline = people.section(admin, "Timeline")
    admin.reload_until(
        lambda: "refund" in timeline.inner_text().lower(), why="the refund is not in the timeline"
    )
    admin.picture("customer")
    assert f"Order {number}" in timeline.inner_text()
    expect(admin.page.locator(".clm-who__stage .clm-stage")).to_have_text("Nurture")
    receipts = people.section(admin, "Why did this shopper get this (or not)")
    assert receipts.locator(".clm-verdict--yes").count() > 0
    assert receipts.locator(".clm-verdict--no").count() > 0
    credited = people.section(admin, "Orders credited to campaigns")
    expect(credited).to_contain_text(f"Order {number}")
    expect(credited).to_contain_text("Basket left behind")
    expect(credited).to_contain_text("refunded")
    people.see_the_campaign(admin, "Basket left behind")
