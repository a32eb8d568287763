"""The reminders of offers that end, from the sweep to the mail; and nothing when it is used."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from typing import Any

import pytest
from django.core import mail
from django.test import Client, override_settings
from wagtail.models import Locale

from clm_plugin import pipeline
from clm_plugin.campaigns import given, plans
from clm_plugin.campaigns.about import look
from clm_plugin.campaigns.models import Enrolment
from clm_plugin.campaigns.recipes import install, offer_reminders
from clm_plugin.messages.models import Delivery
from clm_plugin.messages.preview import preview
from clm_plugin.offers import api as offers
from clm_plugin.offers.models import OfferCode, OfferGrant
from clm_plugin.testing.clock import FrozenClock
from tests.campaigns.people import who_agreed
from tests.messages.parts import url
from tests.offers.plans import plan, publish

NOW = datetime(2026, 3, 2, 10, tzinfo=UTC)
END = datetime(2026, 3, 31, 23, tzinfo=UTC)
"""Midnight at the end of 31 March in London, where the clocks went forward on the 29th."""
WEEK, DAY = (END - timedelta(days=days, hours=-10) for days in (7, 1))
"""The mornings after the marks: at midnight quiet hours hold mails."""
OPEN = {
    "SHOP": "clm_plugin.testing.memory_shop.MemoryShop",
    "GLOBAL_HOLDOUT": 0.0,
    "TIME_ZONE": "Europe/London",
    "SITE_URL": "https://shop.example",
    "MAIL_FROM": "shop@shop.example",
    "MAIL_SPACING": timedelta(0),
}
UNTIL = "until the end of 31 March 2026 (BST)"

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def ann() -> int:
    Locale.objects.get_or_create(language_code="en")
    publish(plan(title="10 % off", zone="Europe/London"))
    with override_settings(CLM=OPEN):
        for recipe in offer_reminders():
            install(recipe, publish=True)
    return who_agreed().pk


def give(profile_id: int) -> int:
    return offers.grant_offer(
        profile_id=profile_id, offer="ten", key="k", reason="", now=NOW, expires_at=END
    ).id


def use(grant: int, profile_id: int, at: datetime) -> None:
    code, until = offers.code_for(grant, now=at), at + timedelta(hours=1)
    offers.reserve(code=code, profile_id=profile_id, order_id="7", now=at, until=until)
    offers.confirm("7", now=at)


def sweep(at: datetime, **more: Any) -> None:
    """What the worker does in a minute: the sweep, then what it has told."""
    for _ in range(2):
        pipeline.sweep(now=at, **more)


@override_settings(CLM=OPEN)
def test_a_week_and_a_day_before_it_ends_she_gets_her_code_again(ann: int) -> None:
    grant = give(ann)
    assert not OfferCode.objects.exists()
    sweep(WEEK)
    (first,) = mail.outbox
    assert first.subject == "Yours for another week: 10 % off"
    code = offers.shown_code(OfferCode.objects.get(grant=grant).text)
    html = str(first.alternatives[0][0])  # type: ignore[attr-defined]
    assert f"It is good {UNTIL}." in str(first.body)
    assert f"It is good <b>{UNTIL}</b>." in html
    assert code in str(first.body)
    assert code in html
    sweep(DAY)
    assert [each.subject for each in mail.outbox[1:]] == ["Last chance: 10 % off"]
    assert code in str(mail.outbox[1].body)
    sweep(END + timedelta(days=1))
    assert len(mail.outbox) == 2
    assert OfferGrant.objects.count() == 1, "it is the same offer, handed out again"


@override_settings(CLM=OPEN)
def test_the_mails_link_leads_to_her_offer(ann: int) -> None:
    give(ann)
    sweep(WEEK)
    row = Delivery.objects.get()
    (path,) = [link for link in row.links if link.startswith("/clm/o/")]
    with override_settings(ALLOWED_HOSTS=["*"]), FrozenClock(WEEK):
        page = Client().get(path)
    assert page.status_code == 200
    assert b"10 % off" in page.content


@override_settings(CLM=OPEN)
def test_an_offer_that_is_used_ends_the_journey_that_waits_for_the_morning(ann: int) -> None:
    grant, night = give(ann), END - timedelta(days=7)
    sweep(night)
    assert Enrolment.objects.get().state == "waiting"
    use(grant, ann, night + timedelta(hours=1))
    pipeline.drain(now=night + timedelta(hours=1))
    journey = Enrolment.objects.get()
    assert (journey.state, journey.end_rule) == ("exited", "offer_gone")
    sweep(WEEK)
    assert mail.outbox == []


@override_settings(CLM=OPEN)
def test_a_use_of_an_offer_that_is_everybodys_asks_nothing(
    ann: int, django_assert_num_queries: Any
) -> None:
    """Each order of a sale is one; red before: all journeys that wait were gone through."""
    live = list(plans.live_plans(plans.plan_version()))
    used = SimpleNamespace(type="offer.redeemed", actor="customer:1", payload={"offer": "sale"})
    with django_assert_num_queries(0):
        given.end_used(live, [used], {"customer:1": ann}, now=NOW)  # type: ignore[list-item]
    used.payload["grant_id"] = 7
    with django_assert_num_queries(1):
        given.end_used(live, [used], {"customer:1": ann}, now=NOW)  # type: ignore[list-item]


@override_settings(CLM=OPEN)
@pytest.mark.parametrize("fate", ["revoked", "offline"])
def test_what_is_taken_back_at_night_is_not_promised_in_the_morning(ann: int, fate: str) -> None:
    grant = give(ann)
    sweep(END - timedelta(days=7))
    if fate == "revoked":
        offers.revoke_grant(grant, reason="a mistake", now=NOW)
    else:
        offers.withdraw_offer("ten")
    sweep(WEEK)
    assert mail.outbox == []
    journey = Enrolment.objects.get()
    assert (journey.state, journey.end_rule) == ("exited", "offer_gone")


@override_settings(CLM=OPEN)
def test_what_is_used_between_decision_and_sending_stops_the_mail(ann: int) -> None:
    grant = give(ann)
    sweep(WEEK, send=False)
    use(grant, ann, WEEK)
    pipeline.send_mails(now=WEEK)
    assert mail.outbox == []
    row = Delivery.objects.get()
    assert (row.state, row.reason) == ("suppressed", "offer_gone")


@override_settings(CLM=OPEN)
def test_a_journey_of_somebody_else_hands_nothing_out(ann: int) -> None:
    """After a merge was undone, the journey may be one person's and the grant another's."""
    object_id = f"offer:{give(ann)}"
    found = look([object_id], now=WEEK)
    assert (found.gone(object_id, ann), found.gone(object_id, ann + 1)) == ("", "offer_gone")
    assert found.gone("7", ann) == ""


@override_settings(CLM=OPEN)
def test_the_page_of_the_mail_has_no_code(ann: int) -> None:
    """Case 6: whoever it was forwarded to may look at it."""
    grant = give(ann)
    sweep(WEEK)
    row = Delivery.objects.get()
    with override_settings(ALLOWED_HOSTS=["*"]), FrozenClock(WEEK):
        answer = Client().get(url("mail", row))
    page = answer.content.decode()
    assert answer.status_code == 200
    assert "10 % off is waiting for you" in page, "red before: “is waiting for you”"
    assert f"It is good <b>{UNTIL}</b>." in page
    text = OfferCode.objects.get(grant=grant).text
    assert text not in page
    assert offers.shown_code(text) not in page


@override_settings(CLM=OPEN)
def test_the_preview_shows_an_example_of_what_will_stand_there(ann: int, rf: Any) -> None:
    from clm_plugin.campaigns.authoring import Campaign

    made = preview(rf.get("/"), Campaign.objects.get(key="offer-ends-7")).content.decode()
    assert offers.EXAMPLE_CODE in made
    assert "An example offer is waiting for you" in made
    assert "{{" not in made
