"""Celery's entries: no logic, ids in, one call each. Every task may run twice."""

from __future__ import annotations

import time
from contextlib import suppress

from celery import shared_task
from celery.signals import worker_shutting_down
from django.db import DatabaseError
from django.utils import timezone

from clm_plugin import clock, health, jobs, pipeline, refold, scheduled, upkeep
from clm_plugin.insights import api as insights
from clm_plugin.offers import api as offers
from clm_plugin.segments import api as segments

_LINGER, _PAUSE = 1.0, 0.2
_TURN = 5.0
"""Seconds after which a busy worker lets other tasks have their turn."""


@worker_shutting_down.connect
def say_goodbye(**_: object) -> None:
    """A worker that leaves takes the signs of life along; another one's next sweep renews them."""
    with suppress(DatabaseError):
        health.stop("worker", "scheduler")


@shared_task(name="clm_plugin.process")
def process() -> int:
    """Work off the queue, then stay for a second: wake-ups that came meanwhile are served at once.

    Under steady traffic it puts itself behind the other tasks after a few seconds, so that sweeps
    are never starved, even by one worker with one process.
    """
    total, turn = pipeline.process(now=clock.now()), time.monotonic() + _TURN
    if not total:
        return 0  # another worker is at it, and stays; if both did, wake-ups would pile up
    until = time.monotonic() + _LINGER
    while time.monotonic() < min(until, turn):
        if done := pipeline.process(now=clock.now()):
            total += done
            until = time.monotonic() + _LINGER
        else:
            time.sleep(_PAUSE)
    if time.monotonic() >= turn:
        jobs.send("clm_plugin.process")
    return total


@shared_task(name="clm_plugin.sweep")
def sweep() -> None:
    """What is due by time, and what a lost wake-up left. Also the sign of life of all parts."""
    health.beat("worker", "scheduler", now=timezone.now())
    pipeline.sweep(now=clock.now())
    health.beat("sweep", now=timezone.now())


@shared_task(name="clm_plugin.publish")
def publish() -> None:
    """What marketers gave a date: campaigns, offers, programmes and the like, live or offline."""
    scheduled.publish_scheduled(now=clock.now())


@shared_task(name="clm_plugin.evaluate")
def evaluate() -> None:
    """Everybody for the segments that were published, and events in between."""
    if segments.evaluate(now=clock.now(), between=lambda: pipeline.process(now=clock.now())):
        jobs.send("clm_plugin.evaluate")


@shared_task(name="clm_plugin.restage")
def restage() -> None:
    """Everybody placed anew, after the lifecycle model changed; the board shows it at once."""
    pipeline.restage(now=clock.now())
    insights.recount(now=clock.now(), days=1)


@shared_task(name="clm_plugin.retell")
def retell() -> None:
    """Traits and life events that were declared or edited, told anew from the log."""
    refold.retell_stale(now=clock.now())


@shared_task(name="clm_plugin.read_in")
def read_in(import_id: int) -> None:
    """Go on with an import: looking through it, or reading it in."""
    from clm_plugin.adapters.files.running import work

    work(import_id, now=clock.now())


@shared_task(name="clm_plugin.make_codes")
def make_codes() -> None:
    """The next part of the codes that somebody asked for."""
    if offers.make_due(now=clock.now()):
        jobs.send("clm_plugin.make_codes")


@shared_task(name="clm_plugin.reconcile")
def reconcile() -> None:
    """Orders and refunds whose signal was lost."""
    from clm_plugin.adapters.reconcile import reconcile as run

    run(now=clock.now())


@shared_task(name="clm_plugin.count")
def count() -> None:
    """The board's counters, as often as they are cheap."""
    insights.refresh(now=clock.now())


@shared_task(name="clm_plugin.nightly")
def nightly() -> None:
    """What is worked out anew once a night."""
    upkeep.upkeep(now=clock.now())
