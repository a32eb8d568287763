"""Fixtures of the mail tests."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from django.test import Client

from clm_plugin.messages import api
from clm_plugin.money import Money
from clm_plugin.shop.api import get_shop
from clm_plugin.testing.clock import FrozenClock
from tests.factories import NOW
from tests.messages.parts import BASE, BROWSER, SHOP, MailShop, person, queued

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pytest_django.fixtures import Settings

    from clm_plugin.messages.models import Delivery
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


@pytest.fixture
def web(clock: FrozenClock) -> Client:
    """A browser that sends no CSRF token it was not given."""
    return Client(enforce_csrf_checks=True, headers={"user-agent": BROWSER})


@pytest.fixture
def row(shop: MailShop, mug: Product, clock: FrozenClock) -> Delivery:
    """A mail that was sent, an hour ago."""
    bowl = shop.add_product("Bowl", price=Money(500, "GBP"), stock=5)
    found = queued(
        person("ann@example.com", first_name="Annabella"), shop.fill((mug, 2), (bowl, 1))
    )
    api.send_due(now=clock.at)
    clock.move(hours=1)
    found.refresh_from_db()
    assert found.state == "sent"
    return found
