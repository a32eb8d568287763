"""A shop of gifts, and shoppers who come with a browser."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from uuid import uuid4

import pytest

from tests.browser.shopper import Shopper
from tests.widgets.plans import bundle_plan, make_live, make_person, make_together, popup_plan

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from playwright.sync_api import Browser, BrowserContext
    from pytest_django.live_server_helper import LiveServer


@pytest.fixture
def shop(settings: Any, live_server: LiveServer) -> str:
    from clm_plugin.recommendations.api import forget

    settings.ROOT_URLCONF = "tests.widgets.pages"
    settings.CLM = {
        "SHOP": "tests.widgets.gift_shop.GiftShop",
        "CLOCK": "django.utils.timezone.now",
    }
    forget()
    return live_server.url


@pytest.fixture
def meet(
    browser: Browser, browser_context_args: dict[str, Any], shop: str
) -> Iterator[Callable[..., Shopper]]:
    """``meet(phone=True)``: a shopper with the plugin's usual campaigns live."""
    contexts: list[BrowserContext] = []

    def make(*, phone: bool = False, width: int = 0, **facts: Any) -> Shopper:
        size = {"width": width or (390 if phone else 1280), "height": 844 if phone else 800}
        more: dict[str, Any] = {"viewport": size}
        if phone:
            more |= {"is_mobile": True, "has_touch": True}
        context = browser.new_context(**{**browser_context_args, **more})
        contexts.append(context)
        visitor = uuid4().hex
        make_person(f"visitor:{visitor}", **facts)
        make_live(bundle_plan(), popup_plan())
        return Shopper(context, shop, visitor)

    make_together("1", "2", "3", "4")
    yield make
    for context in contexts:
        context.close()
