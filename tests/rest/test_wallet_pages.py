"""The account page "Store credit" and the chip: the customer's own, never in what caches keep."""

from __future__ import annotations

import csv
import io
import re
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest
from django.db import connection
from django.template import Context, Template
from django.test import RequestFactory
from django.test.utils import CaptureQueriesContext

from clm_plugin.clock import now
from clm_plugin.models import Receipt
from clm_plugin.offers import api as offers
from clm_plugin.statements.api import forget_hints
from clm_plugin.wallet import api as wallet
from clm_plugin.wallet.models import Posting
from tests.offers.plans import plan, publish
from tests.rest.conftest import USER_AGENT
from tests.statements.words import customer, give, in_force, spend

if TYPE_CHECKING:
    from django.test import Client

pytestmark = pytest.mark.django_db
URL, CSV = "/clm/credit/", "/clm/credit/history.csv"
BROWSER = {"Sec-Fetch-Site": "same-origin", "User-Agent": USER_AGENT}


def chip_of(client: Client, **headers: str) -> dict[str, Any]:
    answer = client.post(
        "/clm/d",
        {"slots": [{"name": "credit"}], "signal": ""},
        content_type="application/json",
        headers={**BROWSER, **headers},
    )
    assert answer.status_code == 200
    assert answer["Cache-Control"] == "no-store"
    found: dict[str, Any] = answer.json()["slots"]
    return found


@pytest.mark.parametrize("url", [URL, CSV])
def test_a_stranger_is_sent_to_the_login_and_nothing_is_posted(client: Client, url: str) -> None:
    response = client.get(url)
    assert response.status_code == 302
    assert "login" in response["Location"]
    hers, _, _ = customer()
    assert hers.post(url).status_code == 405


@pytest.mark.parametrize("url", [URL, CSV])
def test_staff_who_pose_as_her_do_not_see_it(url: str) -> None:
    client, ann, _ = customer()
    give(ann, now=now())
    session = client.session
    session["hijack_history"] = ["1"]
    session.save()
    assert client.get(url).status_code == 403
    assert chip_of(client) == {}


def test_the_page_is_hers_alone_and_kept_by_no_cache() -> None:
    in_force(now=now())
    client, ann, _ = customer()
    other, eve, _ = customer("eve")
    give(ann, 12_34, now=now())
    page = client.get(URL)
    assert page["Cache-Control"] == "no-store"
    assert "£12.34" in page.content.decode()
    theirs = other.get(URL).content.decode()
    assert "£12.34" not in theirs
    assert "You have no store credit yet." in theirs
    assert "£10 for every full £50 of one order." in theirs
    give(eve, 1_00, now=now())
    assert "£12.34" not in other.get(f"{URL}?before=999999").content.decode()
    assert "12.34" not in "".join(
        part.decode()
        for part in other.get(CSV).streaming_content  # type: ignore[attr-defined]
    )


@pytest.mark.parametrize("before", ["x", "-1", "9" * 30, "%00", "1e3", "²"])
def test_a_position_that_is_none_begins_at_the_top(before: str) -> None:
    client, ann, _ = customer()
    give(ann, 12_34, now=now())
    assert "£12.34" in client.get(f"{URL}?before={before}").content.decode()


def test_an_older_page_has_history_only() -> None:
    client, ann, _ = customer()
    for number in range(25):
        give(ann, 1_00 + number, now=now())
    first = client.get(URL).content.decode()
    (link,) = re.findall(r'href="(\?before=\d+)#', first)
    second = client.get(URL + link).content.decode()
    assert "To spend now" in first
    assert "To spend now" not in second
    assert (second.count("+£1."), first.count("+£1.")) == (5, 20)
    assert "Show older" not in second


def test_at_most_eighteen_queries_of_ours_however_many_lots_and_offers() -> None:
    in_force(now=now())
    client, ann, _ = customer()
    publish(*(plan(f"o{number}", given="grant") for number in range(3)))
    for number in range(3):
        offers.grant_offer(
            profile_id=ann, offer=f"o{number}", key=f"{number}", reason="a test", now=now()
        )
    for number in range(60):
        give(ann, 1_00, now=now(), expires_at=now() + timedelta(days=number + 1),
             source=wallet.Source("order", f"10{number}"))  # fmt: skip
    with CaptureQueriesContext(connection) as captured:
        client.get(URL)
    ours = [q["sql"] for q in captured if "clm_plugin" in q["sql"] or '"order_order"' in q["sql"]]
    # Eight of the statement, and ten of what is promised.
    assert 4 <= len(ours) <= 18, "\n".join(ours)


def test_the_spreadsheet_has_all_of_it_and_no_formula() -> None:
    client, ann, _ = customer()
    for number in range(30):
        give(ann, 1_00 + number, now=now())
    give(ann, 9_99, now=now(), reason='=HYPERLINK("https://evil.example")')
    spend(ann, 2_50, "100300", at=now())
    response = client.get(CSV)
    assert response["Cache-Control"] == "no-store"
    assert response["Content-Type"].startswith("text/csv")
    text = b"".join(response.streaming_content).decode("utf-8-sig")  # type: ignore[attr-defined]
    rows = list(csv.DictReader(io.StringIO(text)))
    assert len(rows) == 32
    assert (rows[0]["What"], rows[0]["Amount"], rows[0]["Order"]) == (
        "Spent on order 100300", "-2.50", "100300",
    )  # fmt: skip
    assert rows[1]["Note"].startswith("'=HYPERLINK")
    assert {row["Currency"] for row in rows} == {"GBP"}


def test_who_was_never_heard_of_gets_a_page_and_an_empty_sheet(django_user_model: Any) -> None:
    client, ann, _ = customer()
    wallet_of_nobody = Posting.objects.count()
    from clm_plugin.models import Identifier

    Identifier.objects.filter(profile=ann).delete()
    assert client.get(URL).status_code == 200
    sheet = b"".join(client.get(CSV).streaming_content)  # type: ignore[attr-defined]
    assert sheet.count(b"\n") == 1
    assert chip_of(client) == {}
    assert Posting.objects.count() == wallet_of_nobody


def test_what_a_colleague_wrote_cannot_run() -> None:
    client, ann, _ = customer()
    give(ann, now=now(), reason="<script>alert(1)</script>")
    page = client.get(URL).content.decode()
    assert "<script>alert" not in page
    assert "&lt;script&gt;alert(1)" in page


def test_many_lots_are_folded_up_after_the_first() -> None:
    in_force(now=now())
    client, ann, _ = customer()
    for number in range(8):
        give(ann, 1_00 + number, now=now())
    assert "<details" not in _lots(client)
    give(ann, 9_99, now=now())
    text = _lots(client)
    assert text.count('class="clm-wallet-lot"') == 9
    assert text[: text.index("<details")].count('class="clm-wallet-lot"') == 6
    assert "Show 3 more" in text


def _lots(client: Client) -> str:
    page = client.get(URL).content.decode()
    return page[page.index("Until when it is good") : page.index("What happened")]


# The chip


def test_the_chip_says_balance_and_nearest_expiry_without_a_receipt() -> None:
    in_force(now=now())
    client, ann, _ = customer()
    give(ann, 10_00, now=now(), expires_at=None)
    chip = chip_of(client)["credit"]
    assert (chip["kind"], chip["receipt"]) == ("credit", "")
    assert "<b>£10</b> credit" in chip["html"]
    assert "until" not in chip["html"]
    assert URL in chip["html"]
    assert not Receipt.objects.exists()
    give(ann, 5_00, now=now())
    html = chip_of(client)["credit"]["html"]
    assert "some until" in html
    assert "<b>£10.00</b> good for longer" in html


def test_nothing_for_guests_for_who_has_none_and_for_the_next_on_this_device(
    client: Client,
) -> None:
    hers, ann, _ = customer()
    assert chip_of(client) == {}
    assert chip_of(hers) == {}
    give(ann, now=now())
    assert chip_of(hers)
    device = hers.cookies.get("clm_v")
    hers.logout()
    if device is not None:
        hers.cookies["clm_v"] = device.value
    assert chip_of(hers) == {}


def test_it_is_hers_whatever_she_said_to_personalisation(settings: Any) -> None:
    client, ann, _ = customer()
    give(ann, now=now())
    client.cookies["clm_c"] = "0"
    assert chip_of(client)
    # A page that may ask nothing before a consent asks nothing for this either.
    settings.CLM = {**settings.CLM, "REQUIRE_CONSENT": True}
    assert chip_of(client) == {}


def test_the_chip_costs_at_most_five_queries_of_ours_and_guests_none() -> None:
    in_force(now=now())
    client, ann, _ = customer()
    for number in range(30):
        give(ann, 1_00, now=now(), expires_at=now() + timedelta(days=number + 1))

    def ours(who: Client) -> int:
        with CaptureQueriesContext(connection) as captured:
            chip_of(who)
        return len([q for q in captured if '"clm_plugin_' in q["sql"]])

    ours(client)
    with_chip = ours(client)
    guest = type(client)()
    assert ours(guest) <= 2
    assert with_chip <= 7


def test_another_currency_is_not_converted_and_not_added() -> None:
    client, ann, _ = customer()
    give(ann, 10_00, now=now())
    give(ann, 99_00, now=now(), programme="euros", currency="EUR")
    html = chip_of(client)["credit"]["html"]
    assert "£10" in html
    assert "99" not in html
    assert "109" not in html


# Pages that caches keep


def test_no_personal_amount_is_in_what_caches_keep(rf: RequestFactory) -> None:
    """The head, the slot and the product's hint are the same bytes for everybody."""
    in_force(now=now())
    forget_hints()
    template = Template(
        '{% load clm clm_wallet %}{% clm_head %}{% clm_slot "credit" %}{% earn_hint "1" %}'
    )
    seen = set()
    for number, name in enumerate(("ann", "eve", "")):
        request = rf.get("/")
        if name:
            client, profile, _ = customer(name)
            give(profile, 77_00 + number, now=now())
            request = client.get(URL).wsgi_request
        html = template.render(Context({"request": request}))
        seen.add(re.sub(r' nonce="[^"]*"', "", html))  # each answer's own, put in by the shop
    (page,) = seen
    assert "77." not in page
    assert "Harbour credit" in page
    forget_hints()
