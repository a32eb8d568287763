"""Where credit is: accounts, and the counters of programmes with a budget."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q

from clm_plugin.personal import NOTHING, PersonalData

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
            # No double spend, whoever forgot a lock: a customer's balance never goes below what is
            # held. Nobody lends the shop money by owing less than nothing. One CHECK: the database
            # reads each anew with every update.
            models.CheckConstraint(
                condition=Q(
                    purpose="customer", held_minor__gte=0, balance_minor__gte=F("held_minor")
                )
                | Q(purpose="debt", balance_minor__lte=0, held_minor=0)
                | Q(
                    purpose__in=["issued", "redeemed", "expired", "clawed_back"],
                    profile=None,
                    opened_for=None,
                    balance_minor=0,
                    held_minor=0,
                ),
                name="clm_account_balance",
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
