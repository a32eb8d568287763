"""Who is alive: heartbeats of the moving parts, and the answer of ``GET /clm/health``."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django.db import DatabaseError, models

from clm_plugin.personal import NOTHING


class Heartbeat(models.Model):
    """When a part of the machinery last showed itself (``worker``, ``scheduler``, ``sweep``).

    Real time, not the plugin's clock: the demo may move that. No personal data.
    """

    part = models.CharField(max_length=32, primary_key=True)
    beat_at = models.DateTimeField()

    personal_data = NOTHING

    def __str__(self) -> str:
        return f"{self.part} at {self.beat_at:%H:%M:%S}"


STALE = timedelta(seconds=90)


def beat(*parts: str, now: datetime) -> None:
    """Note that these parts are alive at ``now`` (real time)."""
    Heartbeat.objects.bulk_create(
        [Heartbeat(part=part, beat_at=now) for part in parts],
        update_conflicts=True,
        unique_fields=["part"],
        update_fields=["beat_at"],
    )


def stop(*parts: str) -> None:
    """Note that these parts went away, so that nobody takes an old sign of life for a new one."""
    Heartbeat.objects.filter(part__in=parts).delete()


def report(*, now: datetime, clock_now: datetime) -> dict[str, Any]:
    """The state of database, broker, worker, scheduler, last sweep and queue lag (JSON values).

    ``now`` is real time (heartbeats), ``clock_now`` the plugin's clock (queue).
    """
    from clm_plugin.events.api import lag
    from clm_plugin.jobs import broker_reachable

    try:
        beats = dict(Heartbeat.objects.values_list("part", "beat_at"))
        waiting, age = lag(now=clock_now)
    except DatabaseError:
        return {"ok": False, "database": False}
    alive = {part: part in beats and now - beats[part] < STALE for part in ("worker", "scheduler")}
    broker = broker_reachable()
    sweep = beats.get("sweep")
    return {
        "ok": broker and all(alive.values()),
        "database": True,
        "broker": broker,
        **alive,
        "last_sweep": sweep.isoformat() if sweep else None,
        "queue": {"waiting": waiting, "lag_seconds": round(age.total_seconds(), 1)},
    }
