"""Beat entries, installed idempotently into django-celery-beat and then the shop's to edit."""

from __future__ import annotations

from typing import Final

SCHEDULES: Final = (
    # name, task, seconds (interval) or (minute, hour) of a daily run
    ("clm: sweep", "clm_plugin.sweep", 15),
    ("clm: count for the board", "clm_plugin.count", 15),
    ("clm: publish what is scheduled", "clm_plugin.publish", 60),
    ("clm: reconcile orders", "clm_plugin.reconcile", 300),
    ("clm: nightly", "clm_plugin.nightly", ("17", "3")),
)


def install_schedules() -> list[str]:
    """Create the entries that are missing; what the shop changed stays. Returns the new names."""
    from django_celery_beat.models import CrontabSchedule, IntervalSchedule, PeriodicTask

    made = []
    for name, task, when in SCHEDULES:
        if PeriodicTask.objects.filter(name=name).exists():
            continue
        if isinstance(when, tuple):
            crontab, _ = CrontabSchedule.objects.get_or_create(minute=when[0], hour=when[1])
            PeriodicTask.objects.create(name=name, task=task, crontab=crontab)
        else:
            every, _ = IntervalSchedule.objects.get_or_create(
                every=when, period=IntervalSchedule.SECONDS
            )
            # A sweep nobody took within its interval is superseded by the next one.
            PeriodicTask.objects.create(
                name=name, task=task, interval=every, expire_seconds=when * 4
            )
        made.append(name)
    return made
