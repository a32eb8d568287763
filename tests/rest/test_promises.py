"""What somebody is promised and does not have yet, on the page "Store credit"."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import translation

from clm_plugin import clock
from clm_plugin.models import Profile
from clm_plugin.offers import api as offers
from clm_plugin.offers.plan import Effect
from clm_plugin.rest.promises import Promise, promises
from clm_plugin.wallet import api as wallet
from clm_plugin.wallet.plan import EarnRule
from clm_plugin.wallet.programme_models import Promise as Waiting
from tests.offers.plans import plan, publish
from tests.statements.words import NOW, customer, in_force

pytestmark = pytest.mark.django_db
URL = "/clm/credit/"
END = datetime(2026, 12, 1, tzinfo=UTC)
"""Midnight in London: the last day is 30 November."""
DAYS = timedelta(days=1)


@pytest.fixture(autouse=True)
def zone(settings: Any) -> None:
    settings.CLM = {**settings.CLM, "TIME_ZONE": "Europe/London"}


@pytest.fixture
def ann() -> int:
    return customer()[1]


def give(profile_id: int, key: str, **fields: Any) -> offers.OfferGrant:
    return offers.grant_offer(
        profile_id=profile_id, offer=key, key=f"{key}:{profile_id}", reason="a test", now=NOW,
        **fields,
    )  # fmt: skip


def the_one(profile_id: int, *, at: datetime = NOW) -> Promise:
    (found,) = promises(profile_id, now=at)
    return found


def test_nothing_is_promised_to_nobody_and_the_page_says_so() -> None:
    client, ann, _ = customer()
    assert promises(None, now=NOW) == ()
    assert promises(ann, now=NOW) == ()
    page = client.get(URL).content.decode()
    assert "Promised to you" in page
    assert "Nothing at the moment." in page
    assert "Promised to you" not in client.get(f"{URL}?before=9").content.decode()


def test_an_offer_of_hers_with_its_end_and_code(ann: int) -> None:
    publish(plan(given="code", zone="Europe/London", title="Ten off", terms="Once."))
    grant = give(ann, "ten", expires_at=END)
    found = the_one(ann)
    assert (found.title, found.what, found.code) == ("Ten off", "10 % off", "")
    assert found.since == "22 November 2026"
    assert found.lines[0] == "Until the end of 30 November 2026 (GMT)."
    assert found.lines[-1] == "It comes with a code of your own."
    link = offers.read_link(found.url.removeprefix("/clm/o/").rstrip("/"))
    assert link is not None
    assert link.grant_id == grant.id
    code = offers.code_for(grant, now=NOW)
    found = the_one(ann)
    assert (found.code, found.url) == (offers.shown_code(code), "")
    assert "Enter the code in your basket." in found.lines


@pytest.mark.parametrize(
    ("effect", "how", "has_page"),
    [
        (Effect(kind="percent", percent=1000), "It is taken off at the checkout by itself.", False),
        (
            Effect(kind="gift", product_id="1"),
            "Put it into your basket: there it costs nothing.",
            False,
        ),
        (
            Effect(kind="multiplier", programme="harbour", factor=200),
            "It counts by itself with every order.",
            False,
        ),
        (
            Effect(kind="store_credit", programme="harbour", amount_minor=500),
            "It is yours once you take it up.",
            True,
        ),
        (
            Effect(kind="trial", entitlement="membership", days=30),
            "It is yours once you take it up.",
            True,
        ),
    ],
)
def test_every_kind_says_what_she_has_to_do(
    ann: int, effect: Effect, how: str, has_page: bool
) -> None:
    publish(plan("one", effect=effect, given="grant"))
    give(ann, "one")
    found = the_one(ann)
    assert (found.lines[0], found.lines[-1], bool(found.url)) == ("It has no end.", how, has_page)


def test_what_is_over_taken_up_everybodys_or_somebody_elses_is_not_promised(ann: int) -> None:
    in_force()
    credit = Effect(kind="store_credit", programme="harbour", amount_minor=500)
    publish(plan("mine", given="grant"), plan("all", given="everybody"))
    publish(plan("credit", effect=credit, given="grant"))
    give(ann, "mine", expires_at=END)
    offers.accept(give(ann, "credit").id, now=NOW)
    assert [each.title for each in promises(ann, now=NOW)] == ["Mine"]
    assert promises(Profile.objects.create(created_at=NOW).pk, now=NOW) == ()
    assert promises(ann, now=END) == ()


def test_a_pass_that_runs_says_until_when(ann: int) -> None:
    trial = Effect(kind="trial", entitlement="free_shipping", days=7)
    publish(plan("pass", effect=trial, given="grant", zone="Europe/London"))
    offers.accept(give(ann, "pass").id, now=NOW)
    found = the_one(ann)
    assert found.title == "Free shipping on every order"
    assert found.lines[0] == "Until the end of 29 November 2026 (GMT)."
    assert promises(ann, now=NOW + 8 * DAYS) == ()


def test_credit_that_waits_for_an_order(ann: int) -> None:
    rule = EarnRule(
        id="w", kind="event", event="customer.registered", amount_minor=500, waits_for_order=True
    )
    end = datetime(2026, 12, 21, tzinfo=UTC)
    in_force(earn=(rule,), redeem_until=end)
    Waiting.objects.create(
        profile_id=ann, key="k", programme="harbour", rule="w", amount_minor=500, currency="GBP",
        promised_at=NOW,
    )  # fmt: skip
    found = the_one(ann)
    assert (found.title, found.since) == ("£5.00 of Harbour credit", "22 November 2026")
    assert found.lines == (
        "You get it with your next order.",
        "Order until the end of 6 December 2026 (GMT): what is earned later could not"
        " be spent any more.",
    )
    assert promises(ann, now=end - 14 * DAYS) == ()
    wallet.forget_programmes()


def test_the_page_says_it_all_and_nothing_runs() -> None:
    client, ann, _ = customer()
    publish(
        plan("one", given="grant", title="<b>Ten</b>"),
        plan("two", given="grant", effect=Effect(kind="trial", entitlement="membership", days=9)),
    )
    give(ann, "one", expires_at=clock.now() + DAYS)
    give(ann, "two")
    page = " ".join(client.get(URL).content.decode().split())
    assert "&lt;b&gt;Ten&lt;/b&gt;" in page
    assert "Promised on 22 November 2026." in page
    assert re.search(r'href="/clm/o/[^"]+">See this offer', page), page
    assert "Nothing at the moment" not in page


def test_no_more_queries_for_many_promises(ann: int) -> None:
    in_force()
    publish(*(plan(f"o{n}", given="grant", conditions={"first_order": True}) for n in range(12)))
    give(ann, "o0")
    promises(ann, now=NOW)
    with CaptureQueriesContext(connection) as queries:
        promises(ann, now=NOW)
    few = len(queries)
    assert few <= 10
    for number in range(1, 12):
        give(ann, f"o{number}")
    with CaptureQueriesContext(connection) as queries, translation.override("id"):
        assert len(promises(ann, now=NOW)) == 12
    assert len(queries) == few


def test_who_has_nothing_yet_reads_what_is_promised_before_how_to_earn() -> None:
    now = clock.now()
    in_force(now=now)
    client, ann, _ = customer()
    page = client.get(URL).content.decode()
    assert page.index("How to earn") < page.index("Nothing at the moment.")
    publish(plan("mine", given="grant"))
    offers.grant_offer(profile_id=ann, offer="mine", key="k", reason="a test", now=now)
    page = client.get(URL).content.decode()
    assert page.index("no store credit yet") < page.index("Mine") < page.index("How to earn")
    assert page.count("Promised to you") == 1
