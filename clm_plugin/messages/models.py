"""Tables of mail.

Personal data: ``Delivery`` (address, subject, lines of the basket); ``Suppression`` has a hash.
"""

from __future__ import annotations

import secrets

from django.db import models

from clm_plugin.personal import PersonalData


def new_token() -> str:
    """128 random bits, URL-safe; a link holds this id and nothing else."""
    return secrets.token_urlsafe(16)


class Delivery(models.Model):
    """One message to one person. The row is claimed before the effect and never sent twice."""

    class State(models.TextChoices):
        QUEUED = "queued"
        SENDING = "sending"
        SENT = "sent"
        FAILED = "failed"
        SUPPRESSED = "suppressed"
        UNKNOWN = "unknown"
        """The process died, or the server fell silent, between claim and answer: not repeated."""

    token = models.CharField(max_length=32, unique=True, default=new_token)
    key = models.CharField(max_length=160, unique=True)
    """Idempotency key (campaign, profile, object, step): a second intent changes nothing."""
    profile = models.ForeignKey("clm_plugin.Profile", on_delete=models.CASCADE, related_name="+")
    receipt_id = models.UUIDField()
    campaign = models.CharField(max_length=64)
    plan_version = models.IntegerField()
    step_id = models.CharField(max_length=64)
    object_id = models.CharField(max_length=64, default="")
    address = models.EmailField()
    subject = models.CharField(max_length=200, default="")
    state = models.CharField(max_length=10, choices=State.choices, default=State.QUEUED)
    reason = models.CharField(max_length=200, default="")
    links = models.JSONField(default=list)
    """Targets of the links of the sent mail, by position."""
    content = models.JSONField(default=dict)
    """The step's content as of the decision, so that an edit never changes a mail on its way."""
    due_at = models.DateTimeField()
    send_by = models.DateTimeField()
    created_at = models.DateTimeField()
    claimed_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)

    personal_data = PersonalData(
        person="profile",
        holds="mails to a person: address, subject, content, state",
        why="a mail is sent once, its links work, and we can say what was sent",
        columns=(
            "created_at",
            "campaign",
            "address",
            "subject",
            "state",
            "reason",
            "content",
            "links",
            "claimed_at",
            "ended_at",
        ),
        kept="400 days by default",
        aged_by="created_at",
        days=400,
    )

    class Meta:
        indexes = [
            models.Index(
                fields=["due_at"],
                name="clm_delivery_due",
                condition=models.Q(state__in=["queued", "sending"]),
            ),
            models.Index(fields=["profile", "created_at"], name="clm_delivery_profile"),
            models.Index(fields=["campaign", "created_at"], name="clm_delivery_campaign"),
        ]

    def __str__(self) -> str:
        return f"{self.campaign} to profile {self.profile_id} ({self.state})"


class MailClick(models.Model):
    """A link of a mail was fetched. Only a confirmed click (a browser ran our script) counts."""

    id = models.UUIDField(primary_key=True)
    delivery = models.ForeignKey(Delivery, on_delete=models.CASCADE, related_name="clicks")
    link = models.SmallIntegerField()
    clicked_at = models.DateTimeField()
    suspicious = models.CharField(max_length=32, default="")
    """Why it looks like a scanner; empty otherwise."""
    confirmed_at = models.DateTimeField(null=True)

    personal_data = PersonalData(
        person="delivery__profile",
        holds="which links of a mail were opened",
        why="to see what works",
        columns=("link", "clicked_at", "suspicious", "confirmed_at"),
        kept="with its mail",
    )

    def __str__(self) -> str:
        return f"{self.delivery_id} link {self.link}"


class Suppression(models.Model):
    """An address that must get no marketing mail, by hash, so that erasure may keep it."""

    address_hash = models.CharField(max_length=64, primary_key=True)
    reason = models.CharField(max_length=32)
    suppressed_at = models.DateTimeField()

    personal_data = PersonalData(
        person="",
        holds="hashes of addresses that must get no marketing mail",
        why="a refusal outlives everything else, erasure too",
        columns=(),
        erase="keep",
        kept="for good",
    )

    def __str__(self) -> str:
        return f"{self.reason} {self.suppressed_at:%Y-%m-%d}"
