"""Credit set aside for orders that are being paid; and the proofs of the books."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from clm_plugin.personal import NOTHING, PersonalData
from clm_plugin.wallet.constraints import Function
from clm_plugin.wallet.functions import CAPTURE, HOLD, SET_ASIDE


class Hold(models.Model):
    """Credit set aside for an order that is being paid, until it is captured, released, or late."""

    class State(models.TextChoices):
        PENDING = "pending"
        POSTED = "posted"
        VOIDED = "voided"

    key = models.CharField(max_length=200)
    fingerprint = models.CharField(max_length=32)
    profile = models.ForeignKey(
        "clm_plugin.Profile", null=True, on_delete=models.SET_NULL, related_name="+"
    )
    currency = models.CharField(max_length=3)
    amount_minor = models.BigIntegerField()
    state = models.CharField(max_length=8, choices=State.choices, default=State.PENDING)
    order_id = models.CharField(max_length=64, default="", blank=True)
    held_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    closed_at = models.DateTimeField(null=True)
    reason = models.CharField(max_length=200, default="", blank=True)
    """Why it was released."""

    personal_data = PersonalData(
        person="profile",
        holds="store credit set aside for an order that is being paid",
        why="credit is not spent twice",
        columns=("held_at", "amount_minor", "currency", "state", "order_id", "closed_at", "reason"),
        erase="anonymise",
        kept="for good; at an erasure it is released and nobody's",
    )

    class Meta:
        indexes = [
            models.Index(fields=["expires_at"], name="clm_hold_late", condition=Q(state="pending")),
            models.Index(fields=["order_id"], name="clm_hold_order", condition=~Q(order_id="")),
        ]
        constraints = [
            models.UniqueConstraint(fields=["key"], name="clm_hold_once"),
            models.CheckConstraint(condition=Q(amount_minor__gt=0), name="clm_hold_amount"),
            models.CheckConstraint(
                condition=Q(state__in=["pending", "posted", "voided"]), name="clm_hold_state"
            ),
            # What a till waits for is one statement each.
            Function(name="clm_wallet_set_aside", sql=SET_ASIDE),
            Function(name="clm_wallet_hold", sql=HOLD),
            Function(name="clm_wallet_capture", sql=CAPTURE),
        ]

    def __str__(self) -> str:
        return f"{self.key}: {self.amount_minor} {self.state}"


class HoldShare(models.Model):
    """What a hold sets aside of one lot."""

    hold = models.ForeignKey(Hold, on_delete=models.CASCADE, related_name="shares", db_index=False)
    lot = models.ForeignKey("clm_plugin.Lot", on_delete=models.PROTECT, related_name="+")
    amount_minor = models.BigIntegerField()

    personal_data = PersonalData(
        person="hold__profile",
        holds="which lots a hold sets aside",
        why="the credit that expires first is spent first",
        columns=("lot_id", "amount_minor"),
        erase="keep",
        kept="with its hold",
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["hold", "lot"], name="clm_hold_share_once"),
            models.CheckConstraint(condition=Q(amount_minor__gt=0), name="clm_hold_share_amount"),
        ]

    def __str__(self) -> str:
        return f"{self.amount_minor} of lot {self.lot_id}"


class LedgerProof(models.Model):
    """The last proofs of the books. Anybody may look here whether the ledger is right."""

    at = models.DateTimeField()
    ok = models.BooleanField()
    checks = models.JSONField(default=list)
    """The checks as ``clm_verify --json`` prints them."""
    seconds = models.FloatField(default=0)

    personal_data = NOTHING

    class Meta:
        indexes = [models.Index(fields=["-at"], name="clm_proof_at")]

    def __str__(self) -> str:
        return f"{'right' if self.ok else 'WRONG'} as of {self.at:%Y-%m-%d %H:%M}"
