"""Tables of merges: the log with all that an undo needs, and who must stay apart."""

from __future__ import annotations

from django.conf import settings
from django.db import models

from clm_plugin.personal import PersonalData


class MergeRecord(models.Model):
    """A merge, with all that is needed to undo it (``profiles.data.Snapshot`` as JSON)."""

    personal_data = PersonalData(
        person="survivor",
        holds="which profiles were joined, when and why, and their names as of then",
        why="to undo a merge that was wrong",
        columns=("merged_id", "reason", "merged_at", "undone_at"),
    )

    survivor = models.ForeignKey("clm_plugin.Profile", on_delete=models.CASCADE, related_name="+")
    merged = models.ForeignKey("clm_plugin.Profile", on_delete=models.CASCADE, related_name="+")
    reason = models.CharField(max_length=64)
    merged_at = models.DateTimeField()
    snapshot = models.JSONField(default=dict)
    undone_at = models.DateTimeField(null=True)
    undone_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+"
    )

    class Meta:
        indexes = [models.Index(fields=["merged_at"], name="clm_merge_at")]

    def __str__(self) -> str:
        return f"{self.merged_id} into {self.survivor_id}"


class KeptApart(models.Model):
    """Two profiles that somebody said are two people: no link joins them again.

    A profile that is merged hands what keeps it apart on to the survivor (``inherited_from``).
    """

    personal_data = PersonalData(
        person="low",
        holds="that two profiles are two people",
        why="so that an undone merge is not done again",
        columns=("high_id", "since"),
    )

    low = models.ForeignKey("clm_plugin.Profile", on_delete=models.CASCADE, related_name="+")
    high = models.ForeignKey("clm_plugin.Profile", on_delete=models.CASCADE, related_name="+")
    since = models.DateTimeField()
    inherited_from = models.ForeignKey(
        MergeRecord, null=True, on_delete=models.CASCADE, related_name="+"
    )

    class Meta:
        constraints = [
            # Said twice, or by two at once, it is said once.
            models.UniqueConstraint(fields=["low", "high"], name="clm_apart_once"),
            # One pair has one row, whichever of the two is named first.
            models.CheckConstraint(
                condition=models.Q(low__lt=models.F("high")), name="clm_apart_sorted"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.low_id} | {self.high_id}"
