"""Counters of store credit, rolled up every night, so that its screens ask some hundred rows where
the ledger has millions. No personal data."""

from __future__ import annotations

from django.db import models

from clm_plugin.personal import NOTHING


class CreditDay(models.Model):
    """What happened to the credit of a programme on a day of the shop's zone, in minor units.

    Signed as the ledger's accounts count it: what was issued is positive, less what was reversed.
    """

    pk = models.CompositePrimaryKey("day", "programme")
    day = models.DateField()
    programme = models.CharField(max_length=64)
    currency = models.CharField(max_length=3)
    issued_minor = models.BigIntegerField(default=0)
    redeemed_minor = models.BigIntegerField(default=0)
    expired_minor = models.BigIntegerField(default=0)
    clawed_back_minor = models.BigIntegerField(default=0)
    debt_minor = models.BigIntegerField(default=0)
    liability_minor = models.BigIntegerField(default=0)
    """By how much the liability changed."""

    personal_data = NOTHING

    def __str__(self) -> str:
        return f"{self.day} {self.programme}: {self.liability_minor:+}"


class CreditCount(models.Model):
    """One row: up to which transaction the days are counted, and how lots came to their ends."""

    id = models.SmallIntegerField(primary_key=True, default=1)
    through = models.BigIntegerField(default=0)
    counted_at = models.DateTimeField()
    lives = models.JSONField(default=list)
    """``wallet.api.Lives`` of each programme, as lists."""

    personal_data = NOTHING

    class Meta:
        constraints = [models.CheckConstraint(condition=models.Q(id=1), name="clm_credit_count")]

    def __str__(self) -> str:
        return f"counted through transaction {self.through}"
