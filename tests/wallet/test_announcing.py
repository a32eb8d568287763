"""What happens to credit, as events: when, once, and nobody's sign of life."""

from __future__ import annotations

import pytest

from clm_plugin import pipeline
from clm_plugin.models import Event, Profile
from clm_plugin.wallet import api as wallet
from tests.factories import NOW, days
from tests.wallet.shop_events import cancelled, left, person, placed, programme, spend, types

pytestmark = pytest.mark.django_db


def test_time_opens_reminds_and_expires_and_each_is_an_event_once() -> None:
    programme(expiry_days=30)
    placed("100", 50_00)
    for day in (14, 15, 38, 44, 45, 46):
        pipeline.sweep(now=NOW + days(day), send=False)
        pipeline.sweep(now=NOW + days(day), send=False)
    assert types() == [
        "credit.granted", "credit.opened", "credit.expiring", "credit.expiring", "credit.expired",
    ]  # fmt: skip
    rows = Event.objects.filter(type="credit.expiring").order_by("id")
    assert [event.payload["days"] for event in rows] == [7, 1]
    assert left() == [0]


def test_the_sweep_is_asked_for_when_credit_is_due_and_not_before() -> None:
    programme(expiry_days=30)
    placed("100", 50_00)
    due = pipeline.next_due()
    assert due is not None
    assert due <= NOW + days(14)
    assert wallet.next_due() == NOW + days(14)


def test_spending_and_clawing_are_events_too() -> None:
    programme(pending_days=0)
    placed("100", 50_00)
    spend("101", 4_00, NOW)
    cancelled("100")
    pipeline.drain(now=NOW)
    assert types() == ["credit.granted", "credit.spent", "credit.clawed_back"]


def test_our_own_news_are_no_sign_of_life() -> None:
    programme()
    placed("100", 50_00)
    pipeline.sweep(now=NOW + days(20), send=False)
    assert types()[-1] == "credit.opened"
    assert Profile.objects.get(pk=person()).facts.last_seen_at == NOW
