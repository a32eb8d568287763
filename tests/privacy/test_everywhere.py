"""Erased in a shop that runs: nothing is left in database, broker, logs or files."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

import pytest
import redis

from clm_plugin import jobs
from clm_plugin.clock import now
from clm_plugin.models import Event, QueuedEvent
from clm_plugin.privacy.api import erase
from tests.factories import days, new, store, viewed
from tests.privacy.people import CANARIES, EMAIL, ME, NAME, VISITOR, left_of, make_canary
from tests.services.workers import eventually

if TYPE_CHECKING:
    from pathlib import Path

    from tests.services.workers import StartWorker

pytestmark = pytest.mark.django_db(transaction=True)


def broker_dump(url: str) -> str:
    """Every key and value of the broker, whatever its kind."""
    with redis.Redis.from_url(url) as broker:
        return " ".join(f"{key!r} {broker.dump(key)!r}" for key in broker.keys("*")).lower()


def test_nothing_is_left_in_database_broker_logs_and_files(
    celery_worker_process: StartWorker, valkey_url: str, tmp_path: Path, settings: object
) -> None:
    canary = make_canary()
    worker = celery_worker_process(environment={"DEMO_VAR": str(tmp_path / "var")})
    store(viewed(ME, "canary-live", now()), at=now())
    eventually(lambda: not QueuedEvent.objects.exists(), why="the worker is alive")
    worker.kill()  # it leaves wake-ups behind, and what it had in hand
    store(new("search.made", VISITOR, now(), query="canary late"), at=now())
    jobs.send("clm_plugin.process")
    jobs.send("clm_plugin.nightly")
    assert broker_dump(valkey_url), "the broker holds messages"
    assert erase(canary.profile_id, now=now() + days(1), asked_by="console") is not None
    assert left_of() == []

    again = celery_worker_process(environment={"DEMO_VAR": str(tmp_path / "var")})
    store(
        new("profile.identified", ME, now(), traits={"email": EMAIL, "first_name": NAME}),
        viewed(VISITOR, "canary-late", now()),
        at=now(),
    )
    eventually(lambda: not QueuedEvent.objects.exists(), seconds=30)
    time.sleep(0.5)
    assert left_of() == []
    assert not Event.objects.filter(actor=ME).exists()
    told = " ".join([worker.log(), again.log(), broker_dump(valkey_url)]).lower()
    assert [needle for needle in CANARIES if needle in told] == []
    for file in tmp_path.rglob("*"):
        if file.is_file():
            text = file.read_bytes().decode(errors="replace").lower()
            assert [needle for needle in CANARIES if needle in text] == [], file
