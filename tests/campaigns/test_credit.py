"""The reminders of store credit, from the sweep to the mail; and nothing when it is spent."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from django.core import mail
from django.test import Client, override_settings
from wagtail.models import Locale

from clm_plugin import pipeline
from clm_plugin.campaigns.models import Enrolment
from clm_plugin.campaigns.recipes import credit_reminders, install
from clm_plugin.messages.models import Delivery
from clm_plugin.money import Money
from clm_plugin.testing.clock import FrozenClock
from clm_plugin.wallet import api as wallet
from clm_plugin.wallet.compile import compile_programme
from clm_plugin.wallet.publishing import publish
from tests.campaigns.people import who_agreed
from tests.messages.parts import url as mail_url
from tests.wallet.test_programmes import authored

NOW = datetime(2026, 3, 2, 10, tzinfo=UTC)
END = datetime(2026, 3, 31, 23, tzinfo=UTC)
"""Midnight at the end of 31 March in London, where the clocks went forward on the 29th."""
OPEN = {
    "SHOP": "clm_plugin.testing.memory_shop.MemoryShop",
    "GLOBAL_HOLDOUT": 0.0,
    "TIME_ZONE": "Europe/London",
    "SITE_URL": "https://shop.example",
    "MAIL_FROM": "shop@shop.example",
    "MAIL_SPACING": timedelta(0),
}

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def person() -> int:
    Locale.objects.get_or_create(language_code="en")
    with override_settings(CLM=OPEN):
        publish(compile_programme(authored(name="Harbour credit")), now=NOW)
        for recipe in credit_reminders():
            install(recipe, publish=True)
    return who_agreed().pk


def give(pid: int, minor: int, key: str = "a", end: datetime = END) -> None:
    wallet.grant(
        profile_id=pid, programme="harbour", amount=Money(minor, "GBP"), key=key,
        opens_at=NOW, expires_at=end, source=wallet.Source("order", key), reason="", actor="",
        now=NOW,
    )  # fmt: skip


def pay(pid: int, minor: int, at: datetime) -> None:
    held = wallet.hold(
        profile_id=pid, amount=Money(minor, "GBP"), key=f"h{at}", now=at,
        expires_at=at + timedelta(hours=1), order_id=f"o{at:%d}",
    )  # fmt: skip
    wallet.capture(hold_key=held.key, now=at, order_id=held.order_id)


@override_settings(CLM=OPEN)
def test_a_week_and_a_day_before_it_expires_she_is_told_what_is_left(person: int) -> None:
    give(person, 10_00)
    give(person, 5_00, "b")
    week = END - timedelta(days=7) + timedelta(hours=10)
    pipeline.sweep(now=week)
    assert [m.subject for m in mail.outbox] == ["£15.00 to spend until 31 March 2026"]
    assert "Harbour credit of £15.00" in str(mail.outbox[0].body)
    pay(person, 9_00, week)
    pipeline.sweep(now=END - timedelta(days=1) + timedelta(hours=10))
    assert [m.subject for m in mail.outbox[1:]] == ["Last chance: £6.00 for your order"]
    pipeline.sweep(now=END + timedelta(days=1))
    assert len(mail.outbox) == 2


@override_settings(CLM=OPEN)
def test_credit_that_is_spent_ends_the_journey_that_waits_for_the_morning(person: int) -> None:
    give(person, 10_00)
    night = END - timedelta(days=7)  # midnight: quiet hours hold the mail
    pipeline.sweep(now=night)
    assert Enrolment.objects.get().state == "waiting"
    pay(person, 10_00, night + timedelta(hours=1))
    pipeline.drain(now=night + timedelta(hours=1))
    journey = Enrolment.objects.get()
    assert (journey.state, journey.end_rule) == ("exited", "credit_gone")
    pipeline.sweep(now=night + timedelta(hours=10))
    assert mail.outbox == []


@override_settings(CLM=OPEN)
def test_what_is_spent_between_decision_and_sending_stops_the_mail(person: int) -> None:
    give(person, 10_00)
    week = END - timedelta(days=7) + timedelta(hours=10)
    pipeline.sweep(now=week, send=False)
    pay(person, 10_00, week)
    pipeline.send_mails(now=week)
    assert mail.outbox == []
    row = Delivery.objects.get()
    assert (row.state, row.reason) == ("suppressed", "credit_gone")


@override_settings(CLM=OPEN)
def test_the_page_of_the_mail_does_not_say_how_much_credit_she_has(person: int) -> None:
    """Whoever it was forwarded to may look at it."""
    give(person, 10_00)
    week = END - timedelta(days=7) + timedelta(hours=10)
    pipeline.sweep(now=week)
    with override_settings(ALLOWED_HOSTS=["*"]), FrozenClock(week):
        page = Client().get(mail_url("mail", Delivery.objects.get()))
    assert page.status_code == 200
    text = page.content.decode()
    assert "10.00" not in text
    assert "You have ••• left to spend" in text
    assert "your Harbour credit of <b" in text
