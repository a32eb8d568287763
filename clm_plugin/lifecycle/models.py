"""Tables of where they are.

``LifecycleModel`` is authored in Wagtail; engines read ``CurrentModel`` only.
"""

from __future__ import annotations

from django.db import models

from clm_plugin.lifecycle.authoring import LifecycleModel
from clm_plugin.personal import NOTHING, PersonalData

__all__ = [
    "CurrentModel",
    "LifecycleModel",
    "PurchaseGap",
    "Restaging",
    "StageChange",
    "Standing",
]


class CurrentModel(models.Model):
    """One row at most: the model in use (``lifecycle.data.Model`` as JSON). No row: the default.

    ``version`` is random and not counted, so that it never comes back after a restore with another
    model behind it.
    """

    personal_data = NOTHING

    id = models.SmallIntegerField(primary_key=True, default=1)
    version = models.BigIntegerField()
    source = models.CharField(max_length=64, default="")
    """The primary key of the authored model; empty for the built-in one."""
    model = models.JSONField(default=dict)
    since = models.DateTimeField()
    restaged_to = models.BigIntegerField(null=True)
    """Profiles up to this id stand by this model already; null: everybody does."""

    class Meta:
        constraints = [
            models.CheckConstraint(condition=models.Q(id=1), name="clm_currentmodel_single"),
        ]

    def __str__(self) -> str:
        return f"Model {self.source or 'default'}, version {self.version}"


class Restaging(models.Model):
    """A run that places everybody anew, in ranges of ids: resumed where it stopped."""

    personal_data = NOTHING

    cause = models.CharField(max_length=16)
    version = models.BigIntegerField()
    """Of the model that it places by."""
    requested_at = models.DateTimeField()
    finished_at = models.DateTimeField(null=True)
    superseded = models.BooleanField(default=False)
    """Ended early, for a later run does its work again."""
    reached = models.BigIntegerField(default=0)
    """The last id of the ranges that are done."""
    last_id = models.BigIntegerField()
    """The highest profile id when it was requested; newer ones are placed by the model in use."""
    moved = models.BigIntegerField(default=0)

    class Meta:
        indexes = [
            models.Index(
                fields=["id"], name="clm_restaging_open", condition=models.Q(finished_at=None)
            ),
        ]

    def __str__(self) -> str:
        return f"{self.cause}: {self.reached} of {self.last_id}"


class Standing(models.Model):
    """The stage a profile is in now, its flags, and when time alone may change them."""

    personal_data = PersonalData(
        person="profile",
        holds="the stage a person is in, whether she recommends us, whether we may lose her",
        why="to say the right thing at the right time, and not to disturb",
        columns=("stage", "since", "due_at", "advocate", "churn_risk"),
    )

    profile = models.OneToOneField(
        "clm_plugin.Profile", primary_key=True, on_delete=models.CASCADE, related_name="standing"
    )
    stage = models.CharField(max_length=32)
    since = models.DateTimeField()
    due_at = models.DateTimeField(null=True)
    advocate = models.BooleanField(default=False)
    churn_risk = models.BooleanField(default=False)

    class Meta:
        indexes = [
            models.Index(fields=["stage", "since"], name="clm_standing_stage"),
            # Time costs nothing while nothing is due: the sweep reads this index only.
            models.Index(
                fields=["due_at"], name="clm_standing_due", condition=models.Q(due_at__isnull=False)
            ),
            # Few carry a flag: an index of those few.
            models.Index(
                fields=["profile"], name="clm_standing_advocate", condition=models.Q(advocate=True)
            ),
            models.Index(
                fields=["profile"], name="clm_standing_risk", condition=models.Q(churn_risk=True)
            ),
        ]

    def __str__(self) -> str:
        return f"{self.profile_id}: {self.stage}"


class StageChange(models.Model):
    """A move between stages, with its cause: an event's type, ``time``, ``model``, …"""

    personal_data = PersonalData(
        person="profile",
        holds="the way of a person through the stages",
        why="to see what wins people and what loses them",
        columns=("from_stage", "to_stage", "changed_at", "cause"),
    )

    profile = models.ForeignKey(
        "clm_plugin.Profile",
        on_delete=models.CASCADE,
        related_name="stage_changes",
        db_index=False,  # the index of both serves it
    )
    from_stage = models.CharField(max_length=32, default="")
    to_stage = models.CharField(max_length=32)
    changed_at = models.DateTimeField()
    cause = models.CharField(max_length=40)
    event_id = models.UUIDField(null=True)

    class Meta:
        indexes = [
            models.Index(fields=["profile", "changed_at"], name="clm_change_profile"),
            models.Index(fields=["changed_at"], name="clm_change_at"),
            # The people behind an arrow of the board, found without reading the moves themselves.
            models.Index(
                fields=["from_stage", "to_stage", "changed_at", "profile"], name="clm_change_pair"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.profile_id}: {self.from_stage} -> {self.to_stage}"


class PurchaseGap(models.Model):
    """Median days between orders, of the whole store or of a category; recomputed nightly."""

    personal_data = NOTHING

    category_id = models.CharField(max_length=64, primary_key=True)
    """Empty for the whole store."""
    median_days = models.FloatField()
    gaps = models.IntegerField()
    """How many gaps the median stands on."""
    worth_minor = models.BigIntegerField(null=True)
    """What the middle one of the repeat buyers spent; of the whole store only."""
    computed_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.category_id or 'store'}: {self.median_days:.1f} days"
