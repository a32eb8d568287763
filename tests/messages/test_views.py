"""The public pages: inert for machines, impersonal for everybody, useful to a shopper."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest
from django.core import mail
from django.test import Client

from clm_plugin import pipeline
from clm_plugin.attribution.models import Touch
from clm_plugin.messages import api
from clm_plugin.messages.models import Delivery, MailClick, Suppression
from clm_plugin.models import Consent, Event, Identifier, QueuedEvent
from tests.factories import NOW, new, store
from tests.messages.parts import BASE, BROWSER, CANARIES, MailShop, person, queued, url

if TYPE_CHECKING:
    from clm_plugin.shop.api import Product
    from clm_plugin.testing.clock import FrozenClock

pytestmark = pytest.mark.django_db


def everything(message: Any) -> str:
    """Both parts of a sent mail."""
    return f"{message.body} {message.alternatives[0][0]}"


def snapshot() -> dict[str, Any]:
    """All that a link might change, the log of clicks left out."""
    tables = (Delivery, Suppression, Consent, Identifier, Event, QueuedEvent, Touch)
    return {table.__name__: list(table.objects.order_by("pk").values()) for table in tables}


def test_a_click_goes_to_its_target_and_carries_its_number(web: Client, row: Delivery) -> None:
    response = web.get(url("click", row, 1))
    assert response.status_code == 302
    click = MailClick.objects.get()
    assert response["Location"] == (
        "/catalogue/?utm_source=clm&utm_medium=email&utm_campaign=basket-reminder"
        f"&clm_click={click.id}"
    )
    assert (click.suspicious, click.link, click.confirmed_at) == ("", 1, None)
    assert response["Cache-Control"] == "no-store"
    assert "noindex" in response["X-Robots-Tag"]


def test_another_site_gets_no_number(
    shop: MailShop, mug: Product, web: Client, clock: FrozenClock
) -> None:
    target = "https://other.example/x?a=1"
    found = queued(person(), shop.fill((mug, 1)), body=f'<a href="{target}">x</a>')
    api.send_due(now=clock.at)
    assert web.get(url("click", found, 1))["Location"] == target


def test_a_click_confirmed_by_a_browser_becomes_a_touch(web: Client, row: Delivery) -> None:
    where = web.get(url("click", row, 0))["Location"]
    found = re.search("clm_click=([0-9a-f-]{36})", where)
    assert found
    at = NOW + timedelta(hours=1, seconds=5)
    store(new("page.viewed", "visitor:stranger", at, path="/", click=found[1], source="browser"))
    pipeline.drain(now=at)
    touch = Touch.objects.get()
    assert (touch.profile_id, touch.campaign, touch.channel) == (
        row.profile_id,
        "basket-reminder",
        "mail",
    )
    # Whoever clicked stays a stranger: a forwarded mail makes nobody Ann.
    stranger = Identifier.objects.get(actor="visitor:stranger")
    assert stranger.profile_id != row.profile_id
    assert "sessionid" not in web.cookies


@pytest.mark.parametrize("link", [3000, 99])
def test_a_link_that_is_not_there(web: Client, row: Delivery, link: int) -> None:
    assert web.get(url("click", row, link)).status_code == 404
    assert not MailClick.objects.exists()


@pytest.mark.parametrize("name", ["restore", "unsubscribe", "preferences", "mail"])
@pytest.mark.parametrize("token", ["x", "..%2f", "a" * 500, "é", "{{7*7}}", "%00"])
def test_an_unknown_token_gets_a_friendly_page(
    shop: MailShop, web: Client, name: str, token: str
) -> None:
    response = web.get(url(name, token))
    assert response.status_code == 404
    assert b"no longer works" in response.content


@pytest.mark.parametrize("mails", [6, pytest.param(50, marks=pytest.mark.slow)])
def test_scanners_change_nothing_but_the_flagged_log(
    shop: MailShop, mug: Product, clock: FrozenClock, mails: int
) -> None:
    """GET and HEAD on every link of many mails, as a gateway does it, twice."""
    basket = shop.fill((mug, 1))
    for number in range(mails):
        queued(person(f"p{number}@example.com"), basket)
    api.send_due(now=clock.at)
    clock.move(seconds=1)
    before = snapshot()
    scanner = Client()
    links = {
        link.removeprefix(BASE)
        for message in mail.outbox
        for link in re.findall(rf'{BASE}/clm/[^"\s)]+', everything(message))
    }
    assert len(links) == mails * 6
    for _ in range(2):
        for link in sorted(links):
            for fetch in (scanner.get, scanner.head):
                response = fetch(link, headers={"user-agent": BROWSER})
                assert response.status_code in (200, 302)
                if response.status_code == 302 and "/clm/" in response["Location"]:
                    assert fetch(response["Location"]).status_code == 200
    assert snapshot() == before
    clicks = MailClick.objects.all()
    assert clicks.count() == mails * 3 * 2 * 2
    # Within two seconds of the sending, several links at once, or HEAD: none looks like a person.
    assert not clicks.filter(suspicious="").exists()
    assert shop.request_basket(scanner.request().wsgi_request) is None


@pytest.mark.parametrize("name", ["restore", "mail"])
def test_links_end(web: Client, clock: FrozenClock, row: Delivery, name: str) -> None:
    assert web.get(url(name, row)).status_code == 200
    clock.move(days=31)
    assert web.get(url(name, row)).status_code == 410
    assert web.get(url("unsubscribe", row)).status_code == 200  # never ends


def test_a_changed_address_ends_its_old_links(web: Client, row: Delivery) -> None:
    row.profile.email = "new@example.com"
    row.profile.save()
    assert web.get(url("restore", row)).status_code == 410
    assert web.get(url("unsubscribe", row)).status_code == 200


def test_one_click_unsubscribe(clock: FrozenClock, row: Delivery) -> None:
    """RFC 8058: a POST without cookie, token or redirect; twice is fine; GET does nothing."""
    link = mail.outbox[0].extra_headers["List-Unsubscribe"].strip("<>").removeprefix(BASE)
    machine = Client(enforce_csrf_checks=True)
    before = snapshot()
    for fetch in (machine.get, machine.head):
        assert fetch(link).status_code == 200
    assert snapshot() == before
    for _ in range(2):
        response = machine.post(
            link, "List-Unsubscribe=One-Click", content_type="application/x-www-form-urlencoded"
        )
        assert response.status_code == 200
        assert not response.cookies
    assert api.is_suppressed(row.address)
    assert Event.objects.filter(type="consent.withdrawn").count() == 1
    pipeline.drain(now=clock.at)
    assert Consent.objects.get(profile=row.profile_id).granted is False


def test_unsubscribing_by_hand_says_what_still_comes(web: Client, row: Delivery) -> None:
    page = web.get(url("unsubscribe", row)).content.decode()
    assert "Not you?" in page
    done = web.post(url("unsubscribe", row)).content.decode()
    assert "You are unsubscribed" in done
    assert "Mail about orders still comes" in done
    assert not any(canary in page + done for canary in CANARIES)


def test_preferences(clock: FrozenClock, row: Delivery) -> None:
    web, where = Client(), url("preferences", row)
    assert "Turn off" in web.get(where).content.decode()
    assert "Turn on" in web.post(where, {"mail": "off"}).content.decode()
    assert "Turn on" in web.get(where).content.decode()
    clock.move(minutes=1)
    web.post(where, {"mail": "on"})
    pipeline.drain(now=clock.at)
    assert "Turn off" in web.get(where).content.decode()
    assert not api.is_suppressed(row.address)
    web.post(where, {"mail": "maybe"})
    assert not api.is_suppressed(row.address)


def test_preferences_need_their_own_form(web: Client, row: Delivery) -> None:
    assert web.post(url("preferences", row), {"mail": "off"}).status_code == 403


def test_the_mail_in_a_browser_names_nobody(web: Client, row: Delivery) -> None:
    page = web.get(url("mail", row))
    html = page.content.decode()
    assert "Still thinking it over, friend?" in html
    assert "Mug" in html
    assert not any(canary in html for canary in CANARIES)
    assert "default-src 'none'" in page["Content-Security-Policy"]
    assert "script" not in page["Content-Security-Policy"]


@pytest.mark.parametrize("name", ["restore", "unsubscribe", "preferences"])
def test_pages_have_no_inline_script_or_style(web: Client, row: Delivery, name: str) -> None:
    html = web.get(url(name, row)).content.decode()
    assert not re.search(r"<style|\sstyle=|\son\w+=|javascript:", html)
    assert all("src=" in tag for tag in re.findall(r"<script[^>]*>", html))


@pytest.mark.parametrize("name", ["restore", "unsubscribe", "preferences", "mail"])
@pytest.mark.parametrize("method", ["put", "delete", "patch"])
def test_other_methods_are_refused(web: Client, row: Delivery, name: str, method: str) -> None:
    assert getattr(web, method)(url(name, row)).status_code in (403, 405)


def test_a_click_costs_a_few_queries(
    web: Client, row: Delivery, django_assert_max_num_queries: Any
) -> None:
    web.get(url("click", row, 0))
    with django_assert_max_num_queries(5):
        web.get(url("click", row, 0))
