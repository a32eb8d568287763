"""Tables of privacy itself. No personal data: hashes, counts and texts that everybody saw."""

from __future__ import annotations

from django.db import models

from clm_plugin.personal import NOTHING


class Erasure(models.Model):
    """That somebody was erased, when, and how many rows: nothing that says who it was."""

    erased_at = models.DateTimeField()
    asked_by = models.CharField(max_length=16)
    """``console``, ``account``, ``command`` or ``restore``."""
    rows = models.JSONField(default=dict)
    """Rows that were deleted or made nobody's, by table."""

    personal_data = NOTHING

    class Meta:
        permissions = [
            ("export_person", "Can export all data of a person"),
            ("erase_person", "Can erase a person"),
        ]

    def __str__(self) -> str:
        return f"Erasure {self.erased_at:%Y-%m-%d}"


class ConsentText(models.Model):
    """A text that asked for consent, word for word: what a proof's hash stands for."""

    hash = models.CharField(max_length=64, primary_key=True)
    version = models.CharField(max_length=64, default="")
    language = models.CharField(max_length=16, default="")
    text = models.TextField()
    first_shown_at = models.DateTimeField()

    personal_data = NOTHING

    def __str__(self) -> str:
        return f"{self.version} ({self.language})"
