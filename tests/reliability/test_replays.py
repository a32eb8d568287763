"""Replays change nothing, at any concurrency, and a day later."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from django.db import connection

from clm_plugin import pipeline
from clm_plugin.models import Event, EventKey, QueuedEvent, StageChange
from tests.factories import NOW
from tests.reliability.state import difference, state
from tests.reliability.stories import lives

if TYPE_CHECKING:
    from tests.reliability.crew import Crew

CONNECTIONS, EVENTS, COPIES = 8, 500, 2
pytestmark = pytest.mark.django_db(transaction=True)


def test_shuffled_copies_from_eight_connections(crew: Crew) -> None:
    seed, late = 21, NOW + timedelta(hours=25)
    told = len(lives(25, EVENTS, seed, named=True))
    print(f"seed {seed}: {told} events")
    # Each connection tells every event twice, shuffled: 16 copies in all.
    crew.run("tell", CONNECTIONS, seed=seed, copies=COPIES, at_time=NOW.isoformat())
    assert Event.objects.count() == EventKey.objects.count() == told
    crew.run("drain", 2, now=NOW.isoformat(), trace=False)
    before, moves = state(), StageChange.objects.count()
    crew.run("tell", CONNECTIONS, seed=seed + 1, copies=COPIES, of=seed, at_time=late.isoformat())
    assert not QueuedEvent.objects.exists()
    assert pipeline.drain(now=late) == 0
    assert Event.objects.count() == told
    assert difference(before, state()) == []
    assert StageChange.objects.count() == moves


def test_it_is_the_unique_key_that_does_it(crew: Crew) -> None:
    """The check of the check: without the primary key of the keys, copies are stored."""
    drop = "ALTER TABLE clm_plugin_eventkey DROP CONSTRAINT clm_plugin_eventkey_pkey"
    with connection.cursor() as cursor:
        cursor.execute(drop)
    try:
        crew.run("tell", CONNECTIONS, seed=1, copies=1, at_time=NOW.isoformat())
        assert Event.objects.count() > len(lives(25, EVENTS, 1, named=True))
    finally:
        with connection.cursor() as cursor:
            cursor.execute("TRUNCATE clm_plugin_eventkey")
            cursor.execute("ALTER TABLE clm_plugin_eventkey ADD PRIMARY KEY (key)")
