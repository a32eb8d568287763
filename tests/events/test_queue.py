"""Claiming, finishing, failing and replaying."""

from datetime import timedelta

import pytest
from django.db import transaction

from clm_plugin.events import api as events
from clm_plugin.models import DeadLetter, QueuedEvent
from tests.factories import NOW, store, viewed

pytestmark = pytest.mark.django_db


def test_a_claim_gives_events_in_order_of_receipt() -> None:
    for i in range(5):
        store(viewed("visitor:a", str(i)))
    with transaction.atomic():
        held = events.claim(now=NOW)
        assert [event.payload["product_id"] for event in held.events] == list("01234")
        events.finish(held)
    assert not QueuedEvent.objects.exists()


def test_nothing_is_claimed_before_it_is_due() -> None:
    store(viewed("visitor:a"))
    with transaction.atomic():
        assert not events.claim(now=NOW - timedelta(seconds=1)).events


def test_a_failing_event_waits_longer_each_time_and_dies_at_last() -> None:
    store(viewed("visitor:a"))
    now, waits = NOW, []
    for attempt in range(5):
        with transaction.atomic():
            held = events.claim(now=now)
            dead = events.postpone(held, held.events[0], reason="boom", now=now)
        assert dead == (attempt == 4)
        if not dead:
            due = QueuedEvent.objects.get().due_at
            waits.append(due - now)
            now = due
    assert waits == sorted(waits)
    assert DeadLetter.objects.get().reason == "boom"
    assert not QueuedEvent.objects.exists()
    assert events.replay(now=now) == 1
    assert QueuedEvent.objects.get().attempts == 0
    assert events.dead_letters() == 0
