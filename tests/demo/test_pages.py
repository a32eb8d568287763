"""Every page: strict policy kept, nothing fetched from elsewhere; and the mail box."""

from __future__ import annotations

import re
import smtplib
import socket
from collections.abc import Callable
from email.message import EmailMessage
from typing import TYPE_CHECKING, Any

import pytest

from demo_shop.mailbox import store
from demo_shop.mailbox.sink import controller
from demo_shop.models import HomePage, LandingPage
from tests.demo.conftest import Shopper, StockedShop

if TYPE_CHECKING:
    from django.test import Client

PAGES = [
    "/",
    "/catalogue/",
    "/search/?q=mug",
    "/search/?q=nothing+like+it",
    "/autumn-lights/",
    "/first-order/",
    "/accounts/login/",
    "/offers/",
    "/password-reset/",
    "/demo/",
    "/demo/language/",
    "/demo/mail/",
    "/basket/",
]
ACCOUNT = [
    "/accounts/orders/",
    "/accounts/profile/",
    "/accounts/addresses/",
    "/accounts/wishlists/",
    "/accounts/alerts/",
    "/accounts/emails/",
]
OUTSIDE = re.compile(
    r"""(?:src|href|action|srcset|poster)\s*=\s*["']?\s*(?:https?:)?//|url\(\s*["']?(?:https?:)?//""",
    re.I,
)
INLINE = re.compile(r"""<style|\sstyle\s*=\s*["']|\son[a-z]+\s*=\s*["']|javascript:""", re.I)
SCRIPT = re.compile(r"<script\b([^>]*)>", re.I)


def assert_strict(answer: Any) -> None:
    html = answer.content.decode()
    policy = answer.headers["Content-Security-Policy"]
    nonce = re.search(r"'nonce-([^']+)'", policy)
    assert nonce is not None
    assert "unsafe" not in policy
    assert INLINE.search(html) is None
    assert OUTSIDE.search(html) is None
    for attributes in SCRIPT.findall(html):
        assert f'nonce="{nonce[1]}"' in attributes or "src=" in attributes


@pytest.mark.parametrize("path", PAGES)
def test_a_page_keeps_the_policy(client: Client, stocked_shop: StockedShop, path: str) -> None:
    answer = client.get(path)
    assert answer.status_code == 200
    assert_strict(answer)


@pytest.mark.parametrize("path", ACCOUNT)
def test_an_account_page_keeps_the_policy(
    client: Client, stocked_shop: StockedShop, make_user: Callable[..., Any], path: str
) -> None:
    client.force_login(make_user("shopper@example.com"))
    answer = client.get(path)
    assert answer.status_code == 200
    assert_strict(answer)


def test_products_and_categories(client: Client, stocked_shop: StockedShop) -> None:
    for entry in (stocked_shop.mug, stocked_shop.cards, stocked_shop.category):
        answer = client.get(entry.get_absolute_url())
        assert answer.status_code == 200
        assert_strict(answer)
    variants = client.get(stocked_shop.cards.get_absolute_url()).content.decode()
    assert variants.count('name="child_id"') == 2


def test_the_checkout_keeps_the_policy(guest: Shopper, stocked_shop: StockedShop) -> None:
    guest.add(stocked_shop.mug)
    for path in ("/basket/", "/checkout/"):
        assert_strict(guest.client.get(path))
    guest.to_payment()
    for path in ("shipping-address", "shipping-method", "payment-details"):
        assert_strict(guest.client.get(f"/checkout/{path}/"))
    guest.pay()
    assert_strict(guest.client.get("/checkout/thank-you/"))


def test_a_missing_page(client: Client, stocked_shop: StockedShop) -> None:
    answer = client.get("/no-such-page/")
    assert answer.status_code == 404
    assert_strict(answer)


def test_two_visits_have_two_nonces(client: Client, stocked_shop: StockedShop) -> None:
    first, second = (client.get("/").headers["Content-Security-Policy"] for _ in range(2))
    assert first != second


@pytest.mark.parametrize(
    ("query", "found"),
    [("mugs", True), ("lanter", True), ("blue", True), ("candles", True), ("zebra", False)],
)
def test_search(client: Client, stocked_shop: StockedShop, query: str, found: bool) -> None:
    html = client.get("/search/", {"q": query}).content.decode()
    assert ('class="card-title"' in html) is found


def test_sorting_by_price(client: Client, stocked_shop: StockedShop) -> None:
    html = client.get("/catalogue/?sort=cheap").content.decode()
    titles = re.findall(r'card-title">([^<]+)<', html)
    assert titles == ["Playing cards", "Spotted mug", "Iron lantern"]


def test_cost_prices_are_not_shown(client: Client, stocked_shop: StockedShop) -> None:
    from oscar.test.factories import ProductAttributeFactory

    kind = stocked_shop.mug.product_class
    attribute = ProductAttributeFactory(
        code="cost_price", name="Cost price", type="float", product_class=kind
    )
    attribute.save_value(stocked_shop.mug, 4.2)
    html = client.get(stocked_shop.mug.get_absolute_url()).content.decode()
    assert "Spotted mug" in html
    assert "Cost price" not in html


def test_pages_are_made_once(db: None, client: Client) -> None:
    from django.core.management import call_command
    from wagtail.models import Page

    call_command("demo_pages", verbosity=0)
    before = Page.objects.count()
    pages = Page.objects.type(HomePage, LandingPage)
    assert pages.count() > 2
    assert not pages.filter(live_revision=None).exists()
    for page in pages:
        assert client.get(page.url).status_code == 200
    call_command("demo_pages", verbosity=0)
    assert Page.objects.count() == before


def message(to: str, subject: str = "Your basket is waiting") -> EmailMessage:
    mail = EmailMessage()
    mail["From"] = "Larkhouse <hello@larkhouse.example>"
    mail["To"], mail["Subject"] = to, subject
    mail.set_content("Plain words http://testserver/basket/")
    html = '<html><head><title>x</title></head><body><script>bad()</script><a href="/">go</a>'
    mail.add_alternative(html, subtype="html")
    return mail


def test_a_mail_reaches_the_box_by_smtp(client: Client, stocked_shop: StockedShop) -> None:
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port = probe.getsockname()[1]
    server = controller(host="127.0.0.1", port=port)
    server.start()
    try:
        with smtplib.SMTP("127.0.0.1", port) as connection:
            connection.send_message(message("ada@example.org"))
            connection.send_message(message("bo@example.org", "Über uns"))
    finally:
        server.stop()
    html = client.get("/demo/mail/").content.decode()
    assert html.index("Über uns") < html.index("Your basket is waiting")
    found = client.get("/demo/mail/", {"to": "ADA"}).content.decode()
    assert "ada@example.org" in found
    assert "bo@example.org" not in found


def test_a_mail_runs_nothing(client: Client, stocked_shop: StockedShop) -> None:
    name = store.keep(message("ada@example.org").as_bytes(), ["ada@example.org"])
    page = client.get(f"/demo/mail/{name}/")
    assert_strict(page)
    shown = client.get(f"/demo/mail/{name}/html/")
    policy = shown.headers["Content-Security-Policy"]
    assert policy.startswith("sandbox ")
    assert "allow-scripts" not in policy
    assert "default-src 'none'" in policy
    assert '<base target="_top">' in shown.content.decode()
    assert "Plain words" in client.get(f"/demo/mail/{name}/?as=text").content.decode()
    assert "multipart/alternative" in client.get(f"/demo/mail/{name}/?as=source").content.decode()


def test_clearing_the_mail_box(client: Client, stocked_shop: StockedShop) -> None:
    store.keep(message("ada@example.org").as_bytes(), ["ada@example.org"])
    assert client.get("/demo/mail/clear/").status_code in {404, 405}
    client.post("/demo/mail/clear/")
    assert store.names() == []
    assert "No mail yet" in client.get("/demo/mail/").content.decode()


@pytest.mark.parametrize("name", ["..", "1-a", "../../etc", "99999999999999999999-deadbeef"])
def test_only_mails_are_read(name: str) -> None:
    assert store.read(name) is None
