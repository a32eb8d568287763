"""Fixtures of the mail tests."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from clm_plugin.money import Money
from clm_plugin.shop.api import get_shop
from clm_plugin.testing.clock import FrozenClock
from tests.messages.parts import BASE, NOW, SHOP, MailShop

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pytest_django.fixtures import Settings

    from clm_plugin.shop.api import Product


@pytest.fixture
def shop(settings: Settings) -> MailShop:
    """An empty shop, under a known address."""
    settings.CLM = {"SHOP": SHOP, "SITE_URL": BASE, "MAIL_FROM": "Hearth <hello@shop.example>"}
    found = get_shop()
    assert isinstance(found, MailShop)
    found.clear()
    return found


@pytest.fixture
def mug(shop: MailShop) -> Product:
    return shop.add_product("Mug", price=Money(950, "GBP"), stock=9)


@pytest.fixture
def clock(shop: MailShop) -> Iterator[FrozenClock]:
    with FrozenClock(NOW) as frozen:
        yield frozen
