"""An erasure and a worker at the same person's events, step by step: nobody comes back half."""

from __future__ import annotations

import threading
from typing import Any

import pytest
from django.db import connection

from clm_plugin import pipeline
from clm_plugin.models import Event, Facts, Profile, QueuedEvent
from clm_plugin.privacy import erasing
from clm_plugin.profiles.api import profile_id_of
from tests.factories import NOW, days, new, order, store, viewed
from tests.privacy.people import left_of

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif(
        "connection.vendor != 'postgresql'", reason="SQLite has one writer at a time"
    ),
]
ME, NEEDLES = "customer:race1", ("race1", "racing@example.com")


class Paused:
    """A worker that stops between two steps of its batch until it is let go."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, after: str) -> None:
        self.reached, self.go = threading.Event(), threading.Event()
        at = [step.__name__ for step in pipeline.STEPS].index(after) + 1

        def pause(batch: Any) -> None:
            self.reached.set()
            assert self.go.wait(20)

        steps = (*pipeline.STEPS[:at], pause, *pipeline.STEPS[at:])
        monkeypatch.setattr(pipeline, "STEPS", steps)
        self.thread = threading.Thread(target=self._work)
        self.thread.start()
        assert self.reached.wait(20)

    def _work(self) -> None:
        pipeline.process(now=NOW)
        connection.close()

    def finish(self) -> None:
        self.go.set()
        self.thread.join(20)


def erase_beside(profile_id: int, errors: list[BaseException]) -> threading.Thread:
    def run() -> None:
        try:
            erasing.erase(profile_id, now=NOW + days(1), asked_by="console")
        except BaseException as error:
            errors.append(error)
        finally:
            connection.close()

    thread = threading.Thread(target=run)
    thread.start()
    return thread


def known() -> int:
    store(new("customer.registered", ME, NOW - days(3), email="racing@example.com"))
    pipeline.drain(now=NOW)
    store(viewed(ME, "race1-p", NOW), order(ME, "race1-o", NOW), at=NOW)
    found = profile_id_of(ME)
    assert found is not None
    return found


@pytest.mark.parametrize("after", ["identify", "fold", "credit"])
def test_an_erasure_waits_for_the_worker_and_then_takes_what_it_wrote(
    after: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    profile_id, errors = known(), list[BaseException]()
    worker = Paused(monkeypatch, after)
    eraser = erase_beside(profile_id, errors)
    eraser.join(0.7)
    assert eraser.is_alive(), "it does not pass a worker that holds her events"
    worker.finish()
    eraser.join(20)
    assert errors == []
    assert left_of(NEEDLES) == []
    assert not QueuedEvent.objects.exists()


def test_red_first_without_the_shards_it_does_not_wait(monkeypatch: pytest.MonkeyPatch) -> None:
    """The worker has her events in hand and knows her not yet: it would bring her back."""
    monkeypatch.setattr(erasing, "hold_shards", lambda actors: None)
    profile_id, errors = known(), list[BaseException]()
    steps = list(pipeline.STEPS)

    def first(batch: Any) -> None:
        """Nothing: a place to stop before ``identify``."""

    monkeypatch.setattr(pipeline, "STEPS", (first, *steps))
    worker = Paused(monkeypatch, "first")
    eraser = erase_beside(profile_id, errors)
    eraser.join(5)
    assert not eraser.is_alive(), "without the shards' locks nothing holds it up"
    worker.finish()
    assert errors == []


def test_a_worker_that_has_not_begun_finds_her_gone(monkeypatch: pytest.MonkeyPatch) -> None:
    profile_id, errors = known(), list[BaseException]()
    eraser = erase_beside(profile_id, errors)
    eraser.join(20)
    assert errors == []
    assert pipeline.drain(now=NOW + days(2)) == 0
    assert left_of(NEEDLES) == []
    assert not Profile.objects.exists()
    assert not Facts.objects.exists()
    assert not Event.objects.exists()
