"""Tables of what we can give.

``Offer`` is authored in Wagtail; engines read ``CompiledOffer`` only.
"""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q

from clm_plugin.offers.authoring import Offer
from clm_plugin.offers.code_models import CodeAlarm, CodeBatch, OfferCode
from clm_plugin.personal import NOTHING, PersonalData

__all__ = [
    "CodeAlarm",
    "CodeBatch",
    "CompiledOffer",
    "Offer",
    "OfferCode",
    "OfferCounter",
    "OfferGrant",
    "OfferSet",
    "Redemption",
]


class CompiledOffer(models.Model):
    """The frozen plan of a published offer (``offers.plan.Offer`` as JSON)."""

    key = models.CharField(max_length=64, primary_key=True)
    version = models.BigIntegerField()
    plan = models.JSONField()
    compiled_at = models.DateTimeField()

    personal_data = NOTHING

    def __str__(self) -> str:
        return f"{self.key} v{self.version}"


class OfferSet(models.Model):
    """One row: a number that changes with every publish, so that processes reload the offers.

    Random and not counted, so that it never comes back after a restore with others behind it.
    """

    id = models.SmallIntegerField(primary_key=True, default=1)
    version = models.BigIntegerField(default=0)

    personal_data = NOTHING

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(id=1), name="clm_offerset_single"),
        ]

    def __str__(self) -> str:
        return f"Offers, version {self.version}"


class OfferGrant(models.Model):
    """An offer given to one person: for what reason, by whom, until when."""

    offer = models.CharField(max_length=64)
    profile = models.ForeignKey("clm_plugin.Profile", on_delete=models.CASCADE, related_name="+")
    key = models.CharField(max_length=150, unique=True)
    """Idempotency key: two workers that grant for the same reason make one grant."""
    fingerprint = models.CharField(max_length=64)
    """Of the parameters, so that a key that comes back with others is refused."""
    source = models.CharField(max_length=16)
    reason = models.CharField(max_length=200, blank=True, default="")
    actor = models.CharField(max_length=64, blank=True, default="")
    """Who gave it by hand: the user's id."""
    granted_at = models.DateTimeField()
    expires_at = models.DateTimeField(null=True)
    due_at = models.DateTimeField(null=True)
    """When she is next told that it ends; None: nothing is left to tell."""
    accepted_at = models.DateTimeField(null=True)
    entitles = models.CharField(max_length=16, blank=True, default="")
    entitles_until = models.DateTimeField(null=True)
    """Fixed when it was taken up: an edit of the offer takes nothing away."""
    revoked_at = models.DateTimeField(null=True)
    revoke_reason = models.CharField(max_length=200, blank=True, default="")
    is_used: bool
    """Of rows from ``with_use``."""

    personal_data = PersonalData(
        person="profile",
        holds="the offers that were given to a person",
        why="an offer is given once, and only she can use it",
        columns=(
            "offer",
            "source",
            "reason",
            "granted_at",
            "expires_at",
            "accepted_at",
            "entitles",
            "entitles_until",
            "revoked_at",
        ),
    )

    class Meta:
        indexes = [
            models.Index(fields=["profile", "offer"], name="clm_grant_profile"),
            models.Index(fields=["offer", "granted_at"], name="clm_grant_offer"),
            # The sweep reads only this.
            models.Index(
                fields=["due_at"], name="clm_grant_due", condition=Q(due_at__isnull=False)
            ),
        ]

    def __str__(self) -> str:
        return f"{self.offer} for {self.profile_id}"


class Redemption(models.Model):
    """One use of an offer in one order: reserved before payment, confirmed with it, or freed.

    ``profile`` is empty for a guest, and for who was erased; numbers and money stay.
    """

    class State(models.TextChoices):
        RESERVED = "reserved"
        CONFIRMED = "confirmed"
        FREED = "freed"

    offer = models.CharField(max_length=64)
    code = models.ForeignKey(
        OfferCode, null=True, on_delete=models.SET_NULL, related_name="redemptions"
    )
    public_code = models.ForeignKey(
        OfferCode, null=True, on_delete=models.SET_NULL, related_name="public_redemptions"
    )
    """The public code by which it came; ``code`` is one that is good for one order."""
    grant = models.ForeignKey(
        OfferGrant, null=True, on_delete=models.SET_NULL, related_name="redemptions"
    )
    profile = models.ForeignKey(
        "clm_plugin.Profile", null=True, on_delete=models.SET_NULL, related_name="+"
    )
    guest = models.CharField(max_length=24, blank=True, default="")
    """Of somebody without a profile who typed a public code: a digest of her session, so that the
    limit for each customer is hers too."""
    order_id = models.CharField(max_length=64)
    state = models.CharField(max_length=9, choices=State.choices, default=State.RESERVED)
    day = models.DateField()
    """Of the reservation, in the offer's zone: whose daily limit it counts against."""
    discount_minor = models.BigIntegerField(default=0)
    order_minor = models.BigIntegerField(null=True)
    """What the order came to in the end; None while unknown."""
    currency = models.CharField(max_length=3)
    reserved_at = models.DateTimeField()
    until = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)
    end_reason = models.CharField(max_length=40, blank=True, default="")

    personal_data = PersonalData(
        person="profile",
        holds="the orders in which a person used an offer",
        why="each code is used once, and limits hold",
        columns=("offer", "order_id", "state", "discount_minor", "reserved_at"),
        erase="anonymise",
    )

    class Meta:
        constraints = [
            # Two sessions with one code: the second one is told before it pays.
            models.UniqueConstraint(
                fields=["code"],
                name="clm_redemption_code_once",
                condition=Q(state__in=["reserved", "confirmed"]),
            ),
            # A grant without a code is good for one order as well.
            models.UniqueConstraint(
                fields=["grant"],
                name="clm_redemption_grant_once",
                condition=Q(state__in=["reserved", "confirmed"]),
            ),
            # An offer counts once in an order, however often the checkout asks.
            models.UniqueConstraint(
                fields=["order_id", "offer"],
                name="clm_redemption_order_once",
                condition=Q(state__in=["reserved", "confirmed"]),
            ),
            models.CheckConstraint(
                condition=Q(discount_minor__gte=0), name="clm_redemption_no_cash"
            ),
        ]
        indexes = [
            # The sweep reads only this.
            models.Index(
                fields=["until"], name="clm_redemption_due", condition=Q(state="reserved")
            ),
            models.Index(fields=["offer", "state"], name="clm_redemption_offer"),
            models.Index(fields=["profile", "offer"], name="clm_redemption_profile"),
            models.Index(
                fields=["guest", "offer"], name="clm_redemption_guest", condition=Q(guest__gt="")
            ),
        ]

    def __str__(self) -> str:
        return f"{self.offer} in order {self.order_id} ({self.state})"


class OfferCounter(models.Model):
    """How much of a limit is used: uses in all, of a day, of a person, or money of the budget.

    Rows are made when first needed and taken up in the order of their scope, so that two orders
    never wait for each other in a circle.
    """

    offer = models.CharField(max_length=64)
    scope = models.CharField(max_length=32)
    """``budget``, ``day:2026-11-22``, ``profile:17``, ``session:<a guest's digest>``, ``total``."""
    profile = models.ForeignKey(
        "clm_plugin.Profile", null=True, on_delete=models.CASCADE, related_name="+"
    )
    most = models.BigIntegerField()
    used = models.BigIntegerField(default=0)

    personal_data = PersonalData(
        person="profile",
        holds="how often a person used an offer",
        why="limits for each customer",
        columns=("offer", "used"),
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["offer", "scope"], name="clm_counter_once"),
            # The last line of defence: whatever the code does, no limit is overdrawn.
            models.CheckConstraint(
                condition=Q(used__gte=0, used__lte=F("most")), name="clm_counter_within"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.offer} {self.scope}: {self.used} of {self.most}"
