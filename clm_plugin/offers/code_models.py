"""Tables of codes.

A code is kept as it is written: its owner must be shown it again, in mails, on her page and to
support, and it opens nothing but a discount; see ``docs/howto/offers.md``.
"""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q

from clm_plugin.personal import NOTHING, PersonalData


class CodeBatch(models.Model):
    """Codes made in bulk that belong to nobody; each is good for one order."""

    class State(models.TextChoices):
        MAKING = "making"
        DONE = "done"
        REVOKED = "revoked"

    offer = models.CharField(max_length=64)
    name = models.CharField(max_length=100, blank=True, default="")
    wanted = models.PositiveIntegerField()
    made = models.PositiveIntegerField(default=0)
    state = models.CharField(max_length=8, choices=State.choices, default=State.MAKING)
    made_by = models.CharField(max_length=64, blank=True, default="")
    """The user who asked for them, by id."""
    created_at = models.DateTimeField()
    expires_at = models.DateTimeField(null=True)
    done_at = models.DateTimeField(null=True)
    revoke_reason = models.CharField(max_length=200, blank=True, default="")

    personal_data = NOTHING

    class Meta:
        constraints = [
            # Two workers at one batch make no code too many.
            models.CheckConstraint(condition=Q(made__lte=F("wanted")), name="clm_batch_not_over"),
        ]
        indexes = [
            models.Index(
                fields=["created_at"], name="clm_batch_making", condition=Q(state="making")
            ),
            models.Index(fields=["offer", "created_at"], name="clm_batch_offer"),
        ]

    def __str__(self) -> str:
        return f"{self.made} of {self.wanted} codes of {self.offer}"


class OfferCode(models.Model):
    """A code: bound to a person by her grant, one of a batch, or public.

    Whether it has expired is told by ``expires_at``; nobody has to mark it. A public code is never
    reserved or used up: its uses are counted by the offer's limits alone.
    """

    class State(models.TextChoices):
        FREE = "free"
        RESERVED = "reserved"
        USED = "used"
        REVOKED = "revoked"

    text = models.CharField(max_length=20, unique=True)
    """As ``alphabet.read_code`` reads it: no two codes can be mistaken for each other."""
    written = models.CharField(max_length=20, blank=True, default="")
    """A public code as its author wrote it (SPRING26); empty for every other one."""
    offer = models.CharField(max_length=64)
    grant = models.OneToOneField(
        "clm_plugin.OfferGrant", null=True, on_delete=models.CASCADE, related_name="code"
    )
    """One to one: two mails that ask for her code at once get the same one. CASCADE: a code that
    was hers must never become everybody's."""
    batch = models.ForeignKey(
        CodeBatch, null=True, on_delete=models.CASCADE, related_name="codes", db_index=False
    )
    state = models.CharField(max_length=8, choices=State.choices, default=State.FREE)
    made_at = models.DateTimeField()
    expires_at = models.DateTimeField(null=True)
    revoked_at = models.DateTimeField(null=True)
    revoke_reason = models.CharField(max_length=200, blank=True, default="")

    personal_data = PersonalData(
        person="grant__profile",
        holds="the codes that are a person's own",
        why="only she can use them, and each once",
        columns=("text", "offer", "state", "made_at", "expires_at"),
    )

    class Meta:
        constraints = [
            # A code of nobody and of no batch could be used by everybody: only a public one may.
            models.CheckConstraint(
                condition=Q(grant__isnull=False, batch__isnull=True, written="")
                | Q(grant__isnull=True, batch__isnull=False, written="")
                | Q(grant__isnull=True, batch__isnull=True, written__gt=""),
                name="clm_code_of_somebody",
            ),
            # Two colleagues at once: one of them is told that there is a public code.
            models.UniqueConstraint(
                fields=["offer"],
                name="clm_code_one_public",
                condition=Q(written__gt="", revoked_at=None),
            ),
        ]
        indexes = [
            models.Index(fields=["offer", "state"], name="clm_code_offer"),
            models.Index(fields=["batch", "state"], name="clm_code_batch"),
        ]

    def __str__(self) -> str:
        return f"{self.as_written} ({self.state})"

    @property
    def is_public(self) -> bool:
        return bool(self.written)

    @property
    def as_written(self) -> str:
        return self.written or self.text


class CodeAlarm(models.Model):
    """An hour in which codes were guessed in bulk. Unique: one row and one alarm an hour."""

    hour = models.DateTimeField(primary_key=True)
    first_at = models.DateTimeField()
    last_at = models.DateTimeField()
    wrong = models.PositiveIntegerField()
    """Wrong codes that one process counted in the hour, when it last looked."""

    personal_data = NOTHING

    def __str__(self) -> str:
        return f"{self.wrong} wrong codes since {self.first_at:%Y-%m-%d %H:%M}"
