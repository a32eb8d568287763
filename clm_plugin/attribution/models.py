"""Tables of what came of it. Personal data: pseudonymous, by profile.

Money: minor units of the order's currency.
"""

from __future__ import annotations

from django.db import models

from clm_plugin.personal import NOTHING, PersonalData


class Touch(models.Model):
    """A click of a person on a mail or widget; opens and impressions never count."""

    profile = models.ForeignKey("clm_plugin.Profile", on_delete=models.CASCADE, related_name="+")
    campaign = models.CharField(max_length=64)
    channel = models.CharField(max_length=16)
    reference = models.CharField(max_length=64)
    touched_at = models.DateTimeField()

    personal_data = PersonalData(
        person="profile",
        holds="clicks of a person on mails and widgets",
        why="to credit orders to campaigns",
        columns=("campaign", "channel", "touched_at"),
        aged_by="touched_at",
    )

    class Meta:
        constraints = [
            # A click is one touch, however often its event is replayed.
            models.UniqueConstraint(fields=["channel", "reference"], name="clm_touch_once"),
        ]
        indexes = [
            models.Index(fields=["profile", "touched_at"], name="clm_touch_profile"),
            # The clicks of a day are counted by it.
            models.Index(fields=["touched_at"], name="clm_touch_at"),
        ]

    def __str__(self) -> str:
        return f"{self.campaign} {self.channel} {self.reference}"


class Credit(models.Model):
    """An order credited to the last touch before it, inside the attribution window."""

    order_id = models.CharField(max_length=64, primary_key=True)
    """Primary key: an order is credited once."""
    profile = models.ForeignKey("clm_plugin.Profile", on_delete=models.CASCADE, related_name="+")
    touch = models.ForeignKey(Touch, on_delete=models.CASCADE, related_name="credits")
    campaign = models.CharField(max_length=64)
    credited_at = models.DateTimeField()
    currency = models.CharField(max_length=3)
    total_minor = models.BigIntegerField()
    margin_minor = models.BigIntegerField()
    refunded_minor = models.BigIntegerField(default=0)
    cancelled = models.BooleanField(default=False)

    personal_data = PersonalData(
        person="profile",
        holds="orders credited to a campaign",
        why="to see what campaigns earn",
        columns=(
            "order_id",
            "campaign",
            "credited_at",
            "currency",
            "total_minor",
            "margin_minor",
            "refunded_minor",
            "cancelled",
        ),
    )

    class Meta:
        indexes = [
            models.Index(fields=["campaign", "credited_at"], name="clm_credit_campaign"),
            models.Index(fields=["credited_at"], name="clm_credit_at"),
        ]

    def __str__(self) -> str:
        return f"{self.order_id} by {self.campaign}"


class ChannelSpend(models.Model):
    """What a channel cost on a day, as imported: the other side of cost per new visitor.

    ``channel`` is the shop's own name for it; the kinds of a lifecycle model (``search``, ``ads``,
    ``social``, ``affiliates``, ``mail``) lay the money over the stages of the board.
    """

    day = models.DateField()
    channel = models.CharField(max_length=64)
    amount_minor = models.BigIntegerField()
    currency = models.CharField(max_length=3)

    class Meta:
        constraints = [
            # A file imported twice replaces; it must not count the money twice.
            models.UniqueConstraint(fields=["day", "channel", "currency"], name="clm_spend_once"),
        ]

    personal_data = NOTHING

    def __str__(self) -> str:
        return f"{self.day} {self.channel}: {self.amount_minor} {self.currency}"
