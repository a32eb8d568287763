"""Tables of what we decide to do.

``Campaign`` is authored in Wagtail; engines read ``CompiledPlan`` only. Personal data: ``Receipt``,
``Enrolment`` and ``Impression`` are pseudonymous, by profile.
"""

from __future__ import annotations

from django.db import models

from clm_plugin.campaigns.authoring import Campaign
from clm_plugin.personal import NOTHING, PersonalData

__all__ = ["Campaign", "CompiledPlan", "Enrolment", "Impression", "PlanSet", "Receipt"]


class CompiledPlan(models.Model):
    """The frozen plan of a published campaign (``campaigns.data.Plan`` as JSON)."""

    campaign = models.CharField(max_length=64, primary_key=True)
    version = models.IntegerField()
    plan = models.JSONField()
    compiled_at = models.DateTimeField()

    personal_data = NOTHING

    def __str__(self) -> str:
        return f"{self.campaign} v{self.version}"


class PlanSet(models.Model):
    """One row: a number that changes with every publish, so that processes reload their plans.

    Random and not counted, so that it never comes back after a restore with other plans behind it.
    """

    id = models.SmallIntegerField(primary_key=True, default=1)
    version = models.BigIntegerField(default=0)

    personal_data = NOTHING

    class Meta:
        constraints = [
            models.CheckConstraint(condition=models.Q(id=1), name="clm_planset_single"),
        ]

    def __str__(self) -> str:
        return f"Plans, version {self.version}"


class Enrolment(models.Model):
    """A profile on its way through a campaign, for one object (a basket, …)."""

    class State(models.TextChoices):
        WAITING = "waiting"
        DONE = "done"
        EXITED = "exited"

    profile = models.ForeignKey("clm_plugin.Profile", on_delete=models.CASCADE, related_name="+")
    campaign = models.CharField(max_length=64)
    object_id = models.CharField(max_length=64, default="")
    state = models.CharField(max_length=8, choices=State.choices, default=State.WAITING)
    step_id = models.CharField(max_length=64, default="")
    """The last step taken; empty while the trigger still matures."""
    entered_at = models.DateTimeField()
    due_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)
    end_rule = models.CharField(max_length=40, default="")

    personal_data = PersonalData(
        person="profile",
        holds="the campaigns a person is or was on her way through",
        why="each step is taken once",
        columns=(
            "campaign",
            "object_id",
            "state",
            "step_id",
            "entered_at",
            "due_at",
            "ended_at",
            "end_rule",
        ),
        aged_by="ended_at",
    )

    class Meta:
        constraints = [
            # Two workers that see the same basket enrol it once.
            models.UniqueConstraint(
                fields=["campaign", "profile", "object_id"], name="clm_enrolment_once"
            ),
        ]
        indexes = [
            models.Index(
                fields=["due_at"], name="clm_enrolment_due", condition=models.Q(state="waiting")
            ),
            models.Index(fields=["profile"], name="clm_enrolment_profile"),
        ]

    def __str__(self) -> str:
        return f"{self.profile_id} in {self.campaign} ({self.state})"


class Receipt(models.Model):
    """Why a person got, or did not get, a mail or a widget: one row a decision, yes and no."""

    id = models.UUIDField(primary_key=True)
    profile = models.ForeignKey("clm_plugin.Profile", on_delete=models.CASCADE, related_name="+")
    campaign = models.CharField(max_length=64)
    plan_version = models.IntegerField()
    channel = models.CharField(max_length=8)
    place = models.CharField(max_length=64)
    object_id = models.CharField(max_length=64, default="")
    yes = models.BooleanField()
    rule = models.CharField(max_length=40)
    inputs = models.JSONField(default=dict)
    decided_at = models.DateTimeField()

    personal_data = PersonalData(
        person="profile",
        holds="why a person got, or did not get, a mail or a widget",
        why="to explain every decision, and to keep caps",
        columns=("decided_at", "campaign", "channel", "place", "yes", "rule", "inputs"),
        kept="400 days by default",
        aged_by="decided_at",
        days=400,
    )

    class Meta:
        indexes = [
            models.Index(fields=["profile", "decided_at"], name="clm_receipt_profile"),
            models.Index(fields=["campaign", "decided_at"], name="clm_receipt_campaign"),
            models.Index(
                fields=["profile", "channel"], name="clm_receipt_yes", condition=models.Q(yes=True)
            ),
        ]

    def __str__(self) -> str:
        return f"{self.campaign} {'yes' if self.yes else 'no'}: {self.rule}"


class Impression(models.Model):
    """What a shopper did with a widget, by its receipt; first time of each."""

    receipt = models.OneToOneField(
        Receipt, primary_key=True, on_delete=models.CASCADE, related_name="impression"
    )
    shown_at = models.DateTimeField(null=True)
    clicked_at = models.DateTimeField(null=True)
    dismissed_at = models.DateTimeField(null=True)

    personal_data = PersonalData(
        person="receipt__profile",
        holds="what a person did with a widget",
        why="to see what works",
        columns=("shown_at", "clicked_at", "dismissed_at"),
        kept="with its receipt",
    )

    def __str__(self) -> str:
        return f"Impression of {self.receipt_id}"
