"""The mail an author sees before it goes out."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from django.test import RequestFactory

from clm_plugin.campaigns.recipes import first_day, install
from clm_plugin.messages.api import preview
from clm_plugin.messages.models import Delivery

if TYPE_CHECKING:
    from django.http import HttpRequest

    from clm_plugin.campaigns.authoring import Campaign
    from clm_plugin.shop.api import Product
    from tests.messages.parts import MailShop

pytestmark = pytest.mark.django_db


@pytest.fixture
def campaign() -> Campaign:
    made = install(first_day()[0], publish=False)
    assert made is not None
    return made


@pytest.fixture
def request_(rf: RequestFactory) -> HttpRequest:
    return rf.get("/admin/")


def test_a_preview_shows_products_that_were_really_bought(
    shop: MailShop, mug: Product, campaign: Campaign, request_: HttpRequest
) -> None:
    shop.place_order(None, [(mug.id, 1)], email="a@b.example")
    html = preview(request_, campaign).content.decode()
    assert "Still thinking it over?" in html
    assert "Back to my basket" in html
    assert "Mug" in html
    assert "£9.50" in html
    assert not Delivery.objects.exists()


def test_an_empty_shop_has_an_example(
    shop: MailShop, campaign: Campaign, request_: HttpRequest
) -> None:
    assert "An example product" in preview(request_, campaign).content.decode()


def test_a_campaign_without_a_mail_says_so(
    shop: MailShop, campaign: Campaign, request_: HttpRequest
) -> None:
    campaign.steps = [("wait", {"minutes": 5})]
    assert b"no mail yet" in preview(request_, campaign).content
