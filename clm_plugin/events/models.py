"""Tables of what happened.

The log is append-only and never updated; all that is still to do lives in the narrow queue.
Personal data: ``Event.actor`` (pseudonymous), ``Event.payload`` (e-mail and first name of orders
and accounts) and ``Event.raw`` (whatever an outside source sent along); exported and erased with
the profile. No foreign keys, so that the log can be partitioned by month.
"""

from __future__ import annotations

from django.db import models

from clm_plugin.personal import NOTHING, PersonalData


class Event(models.Model):
    personal_data = PersonalData(
        person="actor",
        by="actor",
        holds="what somebody did in the shop, with the e-mail and name given with it",
        why="everything else is worked out from it",
        columns=("type", "occurred_at", "received_at", "source", "payload", "raw"),
        kept="by the retention rule of the event's type, and until the person is erased",
    )

    id = models.UUIDField(primary_key=True)
    type = models.CharField(max_length=40)
    version = models.SmallIntegerField(default=1)
    actor = models.CharField(max_length=80)
    object_id = models.CharField(max_length=64, default="")
    occurred_at = models.DateTimeField()
    received_at = models.DateTimeField()
    source = models.CharField(max_length=16)
    payload = models.JSONField(default=dict)
    links = models.JSONField(null=True)
    raw = models.JSONField(null=True)
    """What an outside source sent, as it was sent, where the payload is our reading of it. Beside
    the payload and in its row: no step of the flow reads it, and it goes when the event goes."""

    class Meta:
        indexes = [
            models.Index(fields=["actor", "occurred_at"], name="clm_event_actor"),
            # Segments ask who did something lately; retention asks what of a type is old.
            models.Index(fields=["type", "occurred_at"], name="clm_event_type"),
        ]

    def __str__(self) -> str:
        return f"{self.type} {self.id}"


class EventKey(models.Model):
    """The dedupe key of an event: 16 bytes of BLAKE2b over (source, the source's own id).

    The primary key is what keeps a replay out, at any concurrency. Keys of shop records are kept
    for good (``keep_until`` null), keys of browsers for 30 days.
    """

    key = models.UUIDField(primary_key=True)
    keep_until = models.DateField(null=True)

    personal_data = PersonalData(
        person="",
        holds="hashes of the ids of what was counted already",
        why="a record that is told twice counts once; also keeps erased orders out",
        columns=(),
        erase="keep",
        kept="30 days for browsers, for good for records of the shop",
    )

    def __str__(self) -> str:
        return str(self.key)


class QueuedEvent(models.Model):
    """An event that is still to be processed; deleted in the transaction of its effects."""

    pk = models.CompositePrimaryKey("shard", "event_id")
    shard = models.SmallIntegerField()
    event_id = models.UUIDField()
    attempts = models.SmallIntegerField(default=0)
    due_at = models.DateTimeField()

    personal_data = PersonalData(
        person="event_id",
        by="event",
        holds="which events are still to be processed",
        why="nothing is lost when a worker stops",
        columns=("due_at", "attempts"),
        kept="until processed",
    )

    def __str__(self) -> str:
        return f"{self.shard}/{self.event_id}"


class Shard(models.Model):
    """A part of the queue. Its row lock is what keeps two workers off the same profile's order."""

    id = models.SmallIntegerField(primary_key=True)

    personal_data = NOTHING

    def __str__(self) -> str:
        return str(self.id)


class Cursor(models.Model):
    """How far a reader of the shop's records has come (``backfill.orders``, ``reconcile.refunds``).

    Moved in the transaction that stores what was read, so a stopped run goes on where it was. No
    personal data: a cursor names a moment and a row.
    """

    name = models.CharField(max_length=64, primary_key=True)
    value = models.CharField(max_length=128)
    updated_at = models.DateTimeField()

    personal_data = NOTHING

    def __str__(self) -> str:
        return f"{self.name}: {self.value}"


class DeadLetter(models.Model):
    """An event that failed every try, with the reason; replayed from the console or by command."""

    event_id = models.UUIDField(primary_key=True)
    shard = models.SmallIntegerField()
    reason = models.TextField()
    failed_at = models.DateTimeField()

    personal_data = PersonalData(
        person="event_id",
        by="event",
        holds="events that could not be processed, with the reason",
        why="to correct the cause and replay them",
        columns=("failed_at", "reason"),
        kept="half a year, or until replayed",
        aged_by="failed_at",
        days=180,
    )

    class Meta:
        indexes = [models.Index(fields=["failed_at"], name="clm_dead_failed")]

    def __str__(self) -> str:
        return f"{self.event_id}: {self.reason[:60]}"
