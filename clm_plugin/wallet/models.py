"""Tables of the ledger. Amounts are minor units of the account's currency.

Two-phase: a hold sets lots aside (``held_minor``) and posts nothing; its capture posts. The
database refuses what must never be: see each constraint.
"""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q

from clm_plugin.personal import PersonalData
from clm_plugin.wallet.account_models import ERASED, Account, Budget
from clm_plugin.wallet.constraints import Immutable, ZeroSum
from clm_plugin.wallet.hold_models import Hold, HoldShare, LedgerProof

__all__ = [
    "ERASED",
    "Account",
    "Budget",
    "Hold",
    "HoldShare",
    "LedgerProof",
    "Lot",
    "Posting",
    "Transaction",
]


class Transaction(models.Model):
    """Something that happened to credit: written once, never edited; what was wrong is reversed.

    ``key`` makes it happen once; ``fingerprint`` tells a repetition from another use of the key.
    ``source_*``: what a grant is for, and whose credit a claw-back takes.
    """

    class Kind(models.TextChoices):
        GRANT = "grant"
        CAPTURE = "capture"
        EXPIRE = "expire"
        CLAW_BACK = "claw_back"
        RESTORE = "restore"
        DEDUCT = "deduct"
        REVERSE = "reverse"
        REPAY = "repay"

    kind = models.CharField(max_length=10, choices=Kind.choices)
    programme = models.CharField(max_length=64, default="", blank=True)
    """Empty when it spans several (an order paid with credit of two programmes)."""
    currency = models.CharField(max_length=3)
    key = models.CharField(max_length=200)
    fingerprint = models.CharField(max_length=32)
    at = models.DateTimeField()
    reason = models.CharField(max_length=200, default="", blank=True)
    actor = models.CharField(max_length=80, default="", blank=True)
    order_id = models.CharField(max_length=64, default="", blank=True)
    source_kind = models.CharField(max_length=32, default="", blank=True)
    source_ref = models.CharField(max_length=128, default="", blank=True)
    owed_minor = models.BigIntegerField(default=0, db_default=0)
    """Of a claw-back: what the caller keeps from the money she refunds."""
    reverses = models.OneToOneField(
        "self", null=True, on_delete=models.PROTECT, related_name="reversed_by"
    )

    personal_data = PersonalData(
        person="",
        holds="transactions of the ledger: when, why, by whom, for which order",
        why="the books must balance, and say why",
        columns=(),
        erase="keep",
        kept="for good; at an erasure order, source, reason and actor are struck out",
    )

    class Meta:
        indexes = [
            models.Index(
                fields=["order_id"], name="clm_transaction_order", condition=~Q(order_id="")
            ),
            models.Index(
                fields=["source_kind", "source_ref"],
                name="clm_transaction_source",
                condition=~Q(source_ref=""),
            ),
            models.Index(fields=["at"], name="clm_transaction_at"),
        ]
        constraints = [
            # It happens once, however often it is asked for.
            models.UniqueConstraint(fields=["key"], name="clm_transaction_once"),
            Immutable(
                name="clm_transaction_immutable",
                words=(
                    "key",
                    "fingerprint",
                    "reason",
                    "actor",
                    "order_id",
                    "source_kind",
                    "source_ref",
                ),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.pk} of {self.at:%Y-%m-%d}"


class Lot(models.Model):
    """Credit of one grant, with its dates. Its account's lock is its lock."""

    account = models.ForeignKey(
        Account, on_delete=models.PROTECT, related_name="lots", db_index=False
    )
    granted_minor = models.BigIntegerField()
    remaining_minor = models.BigIntegerField()
    held_minor = models.BigIntegerField(default=0, db_default=0)
    granted_at = models.DateTimeField()
    opens_at = models.DateTimeField()
    expires_at = models.DateTimeField(null=True)
    source_kind = models.CharField(max_length=32, default="", blank=True)
    source_ref = models.CharField(max_length=128, default="", blank=True)
    reason = models.CharField(max_length=200, default="", blank=True)
    due_at = models.DateTimeField(null=True)
    """When it is next looked at: its owner is told that it opened, that it will expire, and at last
    it expires; null when nothing is to come."""
    replaces = models.ForeignKey("self", null=True, on_delete=models.PROTECT, related_name="+")
    """The lot that was spent and had expired when the order was refunded."""

    personal_data = PersonalData(
        person="account__profile",
        holds="store credit of a person: amount, what is left, from when and until when",
        why="each part of her credit has dates of its own",
        columns=(
            "granted_at",
            "granted_minor",
            "remaining_minor",
            "held_minor",
            "account__currency",
            "account__programme",
            "opens_at",
            "expires_at",
            "source_kind",
            "source_ref",
            "reason",
        ),
        erase="keep",
        kept="for good; at an erasure it is nobody's",
    )

    class Meta:
        indexes = [
            # None of them names an amount: a hold and a capture leave every index as it is.
            models.Index(fields=["account", "expires_at"], name="clm_lot_left"),
            models.Index(fields=["expires_at"], name="clm_lot_expiry"),
            models.Index(fields=["due_at"], name="clm_lot_due", condition=~Q(due_at=None)),
            models.Index(
                fields=["source_kind", "source_ref"],
                name="clm_lot_source",
                condition=~Q(source_ref=""),
            ),
        ]
        constraints = [
            # What is held is there, what is left was granted: a lot is never spent twice.
            models.CheckConstraint(
                condition=Q(
                    held_minor__gte=0,
                    remaining_minor__gte=F("held_minor"),
                    granted_minor__gte=F("remaining_minor"),
                ),
                name="clm_lot_amounts",
            ),
            models.CheckConstraint(
                condition=Q(expires_at=None) | Q(expires_at__gt=F("opens_at")),
                name="clm_lot_dates",
            ),
        ]

    def __str__(self) -> str:
        return f"lot {self.pk}: {self.remaining_minor} of {self.granted_minor}"


class Posting(models.Model):
    """One leg of a transaction: what it adds to an account (and lot), or takes from it."""

    transaction = models.ForeignKey(Transaction, on_delete=models.PROTECT, related_name="postings")
    account = models.ForeignKey(
        Account, on_delete=models.PROTECT, related_name="postings", db_index=False
    )
    lot = models.ForeignKey(Lot, null=True, on_delete=models.PROTECT, related_name="postings")
    amount_minor = models.BigIntegerField()

    personal_data = PersonalData(
        person="account__profile",
        holds="movements of a person's store credit",
        why="her history, and the proof that the books are right",
        columns=(
            "transaction__at",
            "transaction__kind",
            "amount_minor",
            "account__currency",
            "account__programme",
            "transaction__order_id",
            "transaction__reason",
            "lot_id",
        ),
        erase="keep",
        kept="for good; at an erasure it is nobody's",
    )

    class Meta:
        indexes = [models.Index(fields=["account", "transaction"], name="clm_posting_account")]
        constraints = [
            models.CheckConstraint(condition=~Q(amount_minor=0), name="clm_posting_amount"),
            Immutable(name="clm_posting_immutable"),
            # Money comes from somewhere: a transaction with a leg missing does not commit.
            ZeroSum(name="clm_posting_zero_sum"),
        ]

    def __str__(self) -> str:
        return f"{self.amount_minor:+} of transaction {self.transaction_id}"
