"""The way back from a mail: its lines go into the basket of this browser."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING
from uuid import UUID

import pytest
from django.test import Client

from clm_plugin.messages.models import Delivery
from clm_plugin.money import Money
from tests.messages.parts import CANARIES, MailShop, url

if TYPE_CHECKING:
    from clm_plugin.shop.api import Product
    from clm_plugin.testing.clock import FrozenClock

pytestmark = pytest.mark.django_db


def test_restoring_puts_the_mails_lines_into_this_browsers_basket(
    shop: MailShop, mug: Product, web: Client, row: Delivery
) -> None:
    where = web.get(url("click", row, 0))["Location"]
    page = web.get(where)
    html = page.content.decode()
    assert page.status_code == 200
    assert "Mug" in html
    assert "£19.00" in html
    assert "2 at £9.50 each" in html
    assert not any(canary in html for canary in CANARIES)
    token, click = (
        re.search(rf'name="{name}" value="([^"]+)"', html)
        for name in ("csrfmiddlewaretoken", "clm_click")
    )
    assert token
    assert click
    done = web.post(where, {"csrfmiddlewaretoken": token[1], "clm_click": click[1]})
    assert done.status_code == 302
    assert done["Location"] == f"/basket/?clm_click={click[1]}"
    assert str(UUID(click[1])) == click[1]
    basket = shop.request_basket(done.wsgi_request)
    assert basket is not None
    assert {line.product_id: line.quantity for line in basket.lines}[mug.id] == 2
    assert "_auth_user_id" not in web.session


def test_restoring_needs_the_pages_own_form(shop: MailShop, web: Client, row: Delivery) -> None:
    response = web.post(url("restore", row))
    assert response.status_code == 403
    assert shop.request_basket(response.wsgi_request) is None


def test_restoring_never_raises_what_is_in_the_basket(
    shop: MailShop, mug: Product, clock: FrozenClock, row: Delivery
) -> None:
    web = Client()
    web.cookies["memory_basket"] = mine = shop.open_basket()
    shop._baskets[mine].quantities[mug.id] = 5
    for _ in range(2):
        web.post(url("restore", row))
    basket = shop.basket(mine)
    assert basket is not None
    quantities = sorted(line.quantity for line in basket.lines)
    assert quantities == [1, 5]


def test_the_restore_page_says_what_changed(
    shop: MailShop, mug: Product, web: Client, row: Delivery
) -> None:
    bowl = next(p for p in shop._products.values() if p.title == "Bowl")
    shop.change(mug, price=Money(1200, "GBP"), stock=1)
    shop.change(bowl, stock=0, is_available=False)
    html = web.get(url("restore", row)).content.decode()
    assert "£12.00" in html
    assert "only 1 left" in html
    assert re.search(r"Sold out at the moment:\s+Bowl", html)
    shop.delete(mug)
    page = web.get(url("restore", row))
    assert page.status_code == 410
    assert re.search(r"No longer in the shop:\s+Mug", page.content.decode())
    assert "csrfmiddlewaretoken" not in page.content.decode()


def test_a_restore_link_works_after_the_basket_is_gone(
    shop: MailShop, web: Client, row: Delivery
) -> None:
    shop.close(row.object_id)
    assert web.get(url("restore", row)).status_code == 200
