"""Tables of what happened.

The log is append-only and never updated; all that is still to do lives in the narrow queue.
Personal data: ``Event.actor`` (pseudonymous) and ``Event.payload`` (e-mail and first name of
orders and accounts); exported and erased with the profile. No foreign keys, so that the log can be
partitioned by month.
"""

from __future__ import annotations

from django.db import models


class Event(models.Model):
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

    def __str__(self) -> str:
        return str(self.key)


class QueuedEvent(models.Model):
    """An event that is still to be processed; deleted in the transaction of its effects."""

    pk = models.CompositePrimaryKey("shard", "event_id")
    shard = models.SmallIntegerField()
    event_id = models.UUIDField()
    attempts = models.SmallIntegerField(default=0)
    due_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.shard}/{self.event_id}"


class Shard(models.Model):
    """A part of the queue. Its row lock is what keeps two workers off the same profile's order."""

    id = models.SmallIntegerField(primary_key=True)

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

    def __str__(self) -> str:
        return f"{self.name}: {self.value}"


class DeadLetter(models.Model):
    """An event that failed every try, with the reason; replayed from the console or by command."""

    event_id = models.UUIDField(primary_key=True)
    shard = models.SmallIntegerField()
    reason = models.TextField()
    failed_at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["failed_at"], name="clm_dead_failed")]

    def __str__(self) -> str:
        return f"{self.event_id}: {self.reason[:60]}"
