"""Tables of where they are. Personal data: pseudonymous, by profile."""

from __future__ import annotations

from django.db import models


class Standing(models.Model):
    """The stage a profile is in now, and when time alone may move it."""

    profile = models.OneToOneField(
        "clm_plugin.Profile", primary_key=True, on_delete=models.CASCADE, related_name="standing"
    )
    stage = models.CharField(max_length=32)
    since = models.DateTimeField()
    due_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [
            models.Index(fields=["stage", "since"], name="clm_standing_stage"),
            # Time costs nothing while nothing is due: the sweep reads this index only.
            models.Index(
                fields=["due_at"], name="clm_standing_due", condition=models.Q(due_at__isnull=False)
            ),
        ]

    def __str__(self) -> str:
        return f"{self.profile_id}: {self.stage}"


class StageChange(models.Model):
    """A move between stages, with its cause: an event's type, or ``time``."""

    profile = models.ForeignKey(
        "clm_plugin.Profile", on_delete=models.CASCADE, related_name="stage_changes"
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
        ]

    def __str__(self) -> str:
        return f"{self.profile_id}: {self.from_stage} -> {self.to_stage}"


class PurchaseGap(models.Model):
    """Median days between orders, of the whole store or of a category; recomputed nightly."""

    category_id = models.CharField(max_length=64, primary_key=True)
    """Empty for the whole store."""
    median_days = models.FloatField()
    gaps = models.IntegerField()
    """How many gaps the median stands on."""
    computed_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.category_id or 'store'}: {self.median_days:.1f} days"
