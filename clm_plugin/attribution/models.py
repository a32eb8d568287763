"""Tables of what came of it. Personal data: pseudonymous, by profile.

Money: minor units of the order's currency.
"""

from __future__ import annotations

from django.db import models


class Touch(models.Model):
    """A click of a person on a mail or widget; opens and impressions never count."""

    profile = models.ForeignKey("clm_plugin.Profile", on_delete=models.CASCADE, related_name="+")
    campaign = models.CharField(max_length=64)
    channel = models.CharField(max_length=16)
    reference = models.CharField(max_length=64)
    touched_at = models.DateTimeField()

    class Meta:
        constraints = [
            # A click is one touch, however often its event is replayed.
            models.UniqueConstraint(fields=["channel", "reference"], name="clm_touch_once"),
        ]
        indexes = [models.Index(fields=["profile", "touched_at"], name="clm_touch_profile")]

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

    class Meta:
        indexes = [models.Index(fields=["campaign", "credited_at"], name="clm_credit_campaign")]

    def __str__(self) -> str:
        return f"{self.order_id} by {self.campaign}"
