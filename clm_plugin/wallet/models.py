"""Tables of the ledger. Amounts are minor units of the account's currency.

Two-phase: a hold sets lots aside (``held_minor``) and posts nothing; its capture posts. The
database refuses what must never be: see each constraint.
"""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q

from clm_plugin.personal import NOTHING, PersonalData
from clm_plugin.wallet.constraints import Immutable, ZeroSum

ERASED = "erased"
"""What stands for words that led to somebody who was erased."""


class Account(models.Model):
    """Where credit is: with a customer (one per person and programme), or gone (the shop's).

    Customers' accounts keep a running balance under their row's lock. The shop's do not: every
    posting would wait for that one row; theirs is the sum of their postings.
    A merge gives the account another ``profile``; ``opened_for`` stays, until an erasure.
    """

    class Purpose(models.TextChoices):
        CUSTOMER = "customer"
        DEBT = "debt"
        ISSUED = "issued"
        REDEEMED = "redeemed"
        EXPIRED = "expired"
        CLAWED_BACK = "clawed_back"

    purpose = models.CharField(max_length=12, choices=Purpose.choices)
    programme = models.CharField(max_length=64)
    currency = models.CharField(max_length=3)
    profile = models.ForeignKey(
        "clm_plugin.Profile", null=True, on_delete=models.SET_NULL, related_name="+"
    )
    opened_for = models.BigIntegerField(null=True)
    balance_minor = models.BigIntegerField(default=0, db_default=0)
    held_minor = models.BigIntegerField(default=0, db_default=0)

    personal_data = PersonalData(
        person="profile",
        holds="accounts of store credit: what a person holds, and what she owes of bonus",
        why="her credit is hers to spend",
        columns=("purpose", "programme", "currency", "balance_minor", "held_minor"),
        erase="anonymise",
        kept="for good; at an erasure its credit expires and the account is nobody's",
    )

    class Meta:
        constraints = [
            # Two first grants at once open one account, not two.
            models.UniqueConstraint(
                fields=["opened_for", "programme", "purpose"], name="clm_account_once"
            ),
            # And one of the shop's per programme, which so has one currency.
            models.UniqueConstraint(
                fields=["programme", "purpose"],
                condition=~Q(purpose__in=["customer", "debt"]),
                name="clm_account_shop_once",
            ),
            # No double spend, whoever forgot a lock: a balance never goes below what is held.
            models.CheckConstraint(
                condition=~Q(purpose="customer")
                | Q(held_minor__gte=0, balance_minor__gte=F("held_minor")),
                name="clm_account_customer",
            ),
            # Nobody lends the shop money by owing less than nothing.
            models.CheckConstraint(
                condition=~Q(purpose="debt") | Q(balance_minor__lte=0, held_minor=0),
                name="clm_account_debt",
            ),
            models.CheckConstraint(
                condition=Q(purpose__in=["customer", "debt"])
                | Q(profile=None, opened_for=None, balance_minor=0, held_minor=0),
                name="clm_account_shop",
            ),
            models.CheckConstraint(
                condition=Q(
                    purpose__in=[
                        "customer",
                        "debt",
                        "issued",
                        "redeemed",
                        "expired",
                        "clawed_back",
                    ]
                ),
                name="clm_account_purpose",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.purpose} {self.programme} {self.profile_id or ''}".strip()


class Budget(models.Model):
    """What a programme with a budget has issued, less what came back: its row is the hard stop.

    Made by the first grant under a budget, and counted by every grant from then on.
    """

    programme = models.CharField(max_length=64, primary_key=True)
    issued_minor = models.BigIntegerField()

    personal_data = NOTHING

    def __str__(self) -> str:
        return f"{self.programme}: {self.issued_minor}"


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
        ]

    def __str__(self) -> str:
        return f"{self.key}: {self.amount_minor} {self.state}"


class HoldShare(models.Model):
    """What a hold sets aside of one lot."""

    hold = models.ForeignKey(Hold, on_delete=models.CASCADE, related_name="shares", db_index=False)
    lot = models.ForeignKey(Lot, on_delete=models.PROTECT, related_name="+")
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
