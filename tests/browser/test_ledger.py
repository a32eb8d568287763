"""Store credit in a real browser: accessible, in width, in the dark; given, approved, reversed."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest
from django.urls import reverse
from playwright.sync_api import expect

from clm_plugin.models import Account, GrantRequest
from clm_plugin.offers import api as offers
from clm_plugin.wallet import api as wallet
from clm_plugin.wallet.api import Staff, Wish
from tests.browser.observing import WATCH, serious
from tests.browser.test_console import enter
from tests.console.makers import make_person
from tests.console.programmes import publish
from tests.console.test_offers import published
from tests.factories import NOW
from tests.wallet.ledger import days, gbp, give, pay, set_aside

if TYPE_CHECKING:
    from playwright.sync_api import Page
    from pytest_django.live_server_helper import LiveServer

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def urls(settings: Any, live_server: LiveServer) -> dict[str, str]:
    """A shop with credit of every state, a hold and a request that waits."""
    settings.CLM = {
        "SHOP": "tests.widgets.gift_shop.GiftShop", "CLOCK": "tests.console.conftest.present"
    }  # fmt: skip
    programme = publish("tea", name="Tea credit")
    publish(
        "zest", name="The Grand Anniversary Programme of Thanks to the Customers of Every Harbour"
    )
    ann = make_person(first_name="Ann", email="ann@example.com", customer_id="17")
    for back in (40, 3):
        at = NOW - days(back)
        tid = give(ann.pk, 1500, now=at, opens_at=at, expires_at=NOW + days(20)).transaction_id
    give(ann.pk, 500, now=NOW, opens_at=NOW + days(5), expires_at=NOW + days(60))
    give(ann.pk, 1_234_567_890, programme="zest", now=NOW, opens_at=NOW, expires_at=None)
    pay(ann.pk, 600, "o1", now=NOW - days(2))
    set_aside(ann.pk, 200, order_id="o2", now=NOW, expires_at=NOW + timedelta(minutes=30))
    wish = Wish(
        kind="grant", programme="tea", amount=gbp(90_000), reason="a lost parcel",
        profile_id=ann.pk, opens_at=NOW, expires_at=NOW + days(30),
    )  # fmt: skip
    eve = Staff(id="0", name="eve.of.a.very.long.address@subsidiary.example.com", limit=1)
    row = wallet.ask(wish, key="k", by=eve, now=NOW)
    wallet.prove(now=NOW)
    account = Account.objects.get(profile=ann, purpose="customer", programme="tea")
    paths = {
        "index": reverse("clm_ledger:index"),
        "transactions": reverse("clm_ledger:transactions"),
        "search": reverse("clm_ledger:transactions", query={"q": "ann@example.com"}),
        "account": reverse("clm_ledger:account", args=(account.pk,)),
        "lots": reverse("clm_ledger:lots", args=(account.pk,)),
        "transaction": reverse("clm_ledger:transaction", args=(tid,)),
        "reverse": reverse("clm_ledger:reverse", args=(tid,)),
        "liability": reverse("clm_ledger:liability"),
        "give": reverse("clm_ledger:give", query={"profile": ann.pk}),
        "requests": reverse("clm_ledger:requests"),
        "effects": reverse("clm_programmes:effects", args=(programme.pk,)),
        "offer": reverse("clm_offers:page", args=(_offer_with_codes(),)),
        "request": reverse("clm_ledger:request", args=(row.pk,)),
        "customer": reverse("clm_customers:customer", args=(ann.pk,)),
    }
    return {name: live_server.url + path for name, path in paths.items()}


def _offer_with_codes() -> int:
    offer = published("ten")
    batch = offers.start_batch(offer="ten", wanted=2, now=NOW)
    offers.make_codes(batch.pk, now=NOW)
    return int(offer.pk)


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_accessible_and_in_width(page: Page, urls: dict[str, str], scheme: Any) -> None:
    enter(page, urls["index"])
    page.emulate_media(color_scheme=scheme)
    page.add_init_script(WATCH)
    errors: list[str] = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    for width in (1280, 390):
        page.set_viewport_size({"width": width, "height": 844})
        for name, url in urls.items():
            page.goto(url)
            expect(page.locator(".clm").first).to_be_attached()
            wide = page.evaluate("document.documentElement.scrollWidth")
            assert wide <= width, f"{name} is {wide} px wide"
            assert _cut_off(page) == [], f"{name} at {width} px"
            assert _broken(page) == [], f"{name} at {width} px"
            assert serious(page, "main .clm") == [], f"{name} at {width} px, {scheme}"
            assert page.evaluate("violations") == [], name
    assert errors == []


def _cut_off(page: Page) -> list[str]:
    """Words of tiles and fields that reach out of their box."""
    found: list[str] = page.evaluate(
        """() => ["tile", "search", "card", "ask", "form"]
          .flatMap((name) => [...document.querySelectorAll(".clm-" + name)])
          .filter((box) => box.scrollWidth > box.clientWidth + 1)
          .map((box) => box.innerText.slice(0, 80))"""
    )
    return found


def _broken(page: Page) -> list[str]:
    """Amounts of tiles that go over two lines."""
    found: list[str] = page.evaluate(
        """() => [...document.querySelectorAll(".clm-tile dd:not(.clm-tile__note)")]
          .filter((amount) => {
            const words = document.createRange();
            words.selectNodeContents(amount);
            const lines = [...words.getClientRects()].map((line) => Math.round(line.top));
            return new Set(lines).size > 1;
          })
          .map((amount) => amount.innerText)"""
    )
    return found


def test_given_approved_and_reversed_by_its_buttons(page: Page, urls: dict[str, str]) -> None:
    enter(page, urls["index"])
    page.goto(urls["customer"])
    page.get_by_role("link", name="give or take").click()
    page.get_by_label("Amount").fill("12.50")
    page.get_by_label("Reason").fill("a broken cup")
    page.get_by_role("button", name="Book it").dblclick()
    expect(page.get_by_text("Done", exact=True)).to_be_visible()
    assert GrantRequest.objects.filter(reason="a broken cup").count() == 1
    page.get_by_role("link", name=re.compile(r"^transaction \d")).click()
    page.get_by_role("link", name="Reverse", exact=True).click()
    page.get_by_label("Reason").fill("the wrong Ann")
    page.get_by_role("button", name="Reverse it").click()
    expect(page.get_by_text("the wrong Ann")).to_be_visible()
    page.get_by_role("link", name=re.compile(r"^By hand \d")).click()
    page.get_by_role("button", name="Approve no.").click()
    expect(page.get_by_text("Approved and done.")).to_be_visible()
    assert GrantRequest.objects.get(reason="a lost parcel").state == "approved"


def test_found_by_keyboard(page: Page, urls: dict[str, str]) -> None:
    enter(page, urls["index"])
    page.goto(urls["index"])
    field = page.get_by_label("E-mail, customer number, order number, transaction or key")
    field.focus()
    page.keyboard.type("17")
    page.keyboard.press("Enter")
    page.get_by_role("link", name="Ann: Tea credit").click()
    expect(page.get_by_text("free again at")).to_be_visible()
