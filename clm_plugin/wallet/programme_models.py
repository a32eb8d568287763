"""Tables of programmes: what engines run, what was ever in force, and what waits for an order.

``Programme`` is authored in Wagtail; engines read ``CompiledProgramme`` only.
"""

from __future__ import annotations

from django.db import models

from clm_plugin.personal import NOTHING, PersonalData
from clm_plugin.wallet.authoring import Programme

__all__ = ["CompiledProgramme", "Programme", "ProgrammeSet", "ProgrammeVersion", "Promise"]


class CompiledProgramme(models.Model):
    """The plan in force of a programme. It stays when the programme is taken offline, marked as
    withdrawn: what was granted has to be spendable to its last day."""

    key = models.CharField(max_length=48, primary_key=True)
    version = models.IntegerField()
    plan = models.JSONField()
    compiled_at = models.DateTimeField()

    personal_data = NOTHING

    def __str__(self) -> str:
        return f"{self.key} {self.version}"


class ProgrammeVersion(models.Model):
    """A plan that was in force from ``published_at`` until the next one. Never changed.

    Unique: two publishes at once must not both become version 7.
    """

    key = models.CharField(max_length=48)
    version = models.IntegerField()
    plan = models.JSONField()
    published_at = models.DateTimeField()

    personal_data = NOTHING

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["key", "version"], name="clm_programme_version_once"),
        ]

    def __str__(self) -> str:
        return f"{self.key} {self.version}"


class ProgrammeSet(models.Model):
    """One row: a number that changes with every publish, so that processes reload the programmes.

    Random and not counted, so that it never comes back after a restore with others behind it.
    """

    id = models.SmallIntegerField(primary_key=True, default=1)
    version = models.BigIntegerField(default=0)

    personal_data = NOTHING

    class Meta:
        constraints = [
            models.CheckConstraint(condition=models.Q(id=1), name="clm_programmeset_single"),
        ]

    def __str__(self) -> str:
        return f"Programmes, version {self.version}"


class Promise(models.Model):
    """Credit that waits for an order of hers before it is granted (reliability, case 38).

    Unique by key: an event that is told twice promises once. ``order_id`` is the order that kept
    the promise; when that order is cancelled, the promise waits again.
    """

    profile = models.ForeignKey("clm_plugin.Profile", on_delete=models.CASCADE, related_name="+")
    key = models.CharField(max_length=160, unique=True)
    programme = models.CharField(max_length=48)
    rule = models.CharField(max_length=64)
    amount_minor = models.BigIntegerField()
    currency = models.CharField(max_length=3)
    promised_at = models.DateTimeField()
    order_id = models.CharField(max_length=64, default="", blank=True)

    personal_data = PersonalData(
        person="profile",
        holds="store credit that waits for a first order",
        why="to grant a welcome once there is an order",
        columns=("programme", "amount_minor", "currency", "promised_at", "order_id"),
    )

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(amount_minor__gt=0), name="clm_promise_positive"
            ),
        ]
        indexes = [
            models.Index(
                fields=["profile"],
                name="clm_promise_open",
                condition=models.Q(order_id=""),
            ),
            models.Index(fields=["order_id"], name="clm_promise_order"),
        ]

    def __str__(self) -> str:
        return f"{self.profile_id}: {self.amount_minor} {self.currency}"
