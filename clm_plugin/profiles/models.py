"""Tables of who it is.

Personal data: ``Profile`` (e-mail, first name, country, language, time zone), ``Identifier.value``
(pseudonymous ids, hashed e-mail), ``MergeRecord.snapshot``; the fact tables are pseudonymous by
the profile. All are exported and erased with the profile.
"""

from __future__ import annotations

from django.db import models
from django.db.models.functions import Lower
from django.utils.translation import gettext_lazy as _

from clm_plugin.personal import PersonalData
from clm_plugin.profiles.fact_models import (
    CategoryFact,
    Facts,
    ItemFact,
    OrderFact,
    ProductFact,
)
from clm_plugin.profiles.life_models import LifeEvent, LifeEventKind
from clm_plugin.profiles.merge_models import KeptApart, MergeRecord
from clm_plugin.profiles.trait_models import TraitDefinition, TraitValue

__all__ = [
    "CategoryFact",
    "Consent",
    "Facts",
    "Identifier",
    "ItemFact",
    "KeptApart",
    "LifeEvent",
    "LifeEventKind",
    "MergeRecord",
    "OrderFact",
    "Prediction",
    "ProductFact",
    "Profile",
    "TraitDefinition",
    "TraitValue",
]


class Profile(models.Model):
    """One person, as far as the shop can tell.

    A merged profile stays as a signpost (``merged_into``) so that old links find the survivor.
    """

    created_at = models.DateTimeField()
    customer_id = models.CharField(max_length=64, default="", blank=True, db_index=True)
    email = models.EmailField(_("e-mail"), default="", blank=True, db_index=True)
    email_verified = models.BooleanField(default=False)
    first_name = models.CharField(_("first name"), max_length=150, default="", blank=True)
    language = models.CharField(max_length=16, default="", blank=True)
    country = models.CharField(max_length=2, default="", blank=True)
    time_zone = models.CharField(max_length=64, default="", blank=True)
    merged_into = models.ForeignKey("self", null=True, on_delete=models.CASCADE, related_name="+")
    name_key = models.GeneratedField(
        expression=Lower("first_name"),
        output_field=models.CharField(max_length=150),
        db_persist=True,
    )
    """The first name as the search types it, so that a beginning is found by index."""

    personal_data = PersonalData(
        person="id",
        holds="who a person is: address, name, country, language, account number",
        why="to know a customer again and to write to her",
        columns=(
            "created_at",
            "customer_id",
            "email",
            "email_verified",
            "first_name",
            "language",
            "country",
            "time_zone",
            "merged_into_id",
        ),
    )

    class Meta:
        permissions = [
            ("view_sensitive_profile", "Can see sensitive traits and life events"),
            ("view_numbers", "Can see the board and other numbers"),
            ("export_list", "Can export lists of people"),
        ]
        indexes = [
            models.Index(
                fields=["name_key"], name="clm_profile_name", opclasses=["varchar_pattern_ops"]
            ),
        ]

    def __str__(self) -> str:
        return self.email or self.first_name or f"Visitor {self.pk}"


class Identifier(models.Model):
    """An actor's name and whose it is: the identity graph, and the alias table of old ids.

    Kinds: ``visitor:…``, ``customer:…``, ``basket:…``, ``guest:<hash>`` (an address typed at
    checkouts), ``email:<hash>``, ``phone:<hash>``, and ``ext:<source>:<id>`` for ids of other
    systems. Only a verified name may join profiles; one that is not is a claim, and gives way.
    Unique: two workers that meet the same new visitor at once make one profile, not two.
    """

    actor = models.CharField(max_length=80, primary_key=True)
    verified = models.BooleanField(default=True, db_default=True)
    profile = models.ForeignKey(Profile, on_delete=models.CASCADE, related_name="identifiers")
    origin = models.BigIntegerField(null=True)
    """The profile it came with, once that one was merged; null: ``profile``. Undo needs it."""
    created_at = models.DateTimeField()

    personal_data = PersonalData(
        person="profile",
        holds="the names a person is known by: visitor, account, basket, hashed address",
        why="to tell whose an event is",
        columns=("actor", "verified", "created_at"),
    )

    def __str__(self) -> str:
        return self.actor


class Consent(models.Model):
    """What a profile agreed to now, per purpose and channel; the events are the history.

    ``channel`` is empty but for marketing, which is agreed to channel by channel.
    """

    profile = models.ForeignKey(Profile, on_delete=models.CASCADE, related_name="consents")
    purpose = models.CharField(max_length=32)
    channel = models.CharField(max_length=16, default="", blank=True)
    granted = models.BooleanField()
    changed_at = models.DateTimeField()
    source = models.CharField(max_length=32, default="")
    """Where the answer was given: banner, account_page, checkout, import, api, unsubscribe, …"""
    text_version = models.CharField(max_length=64, default="", blank=True)
    proof = models.JSONField(default=dict)
    """What was shown (hash of the text, language) and who wrote it down."""

    personal_data = PersonalData(
        person="profile",
        holds="what a person agreed to or refused, per purpose and channel, with the proof",
        why="nothing is done without it, and we can show it was given",
        columns=("purpose", "channel", "granted", "changed_at", "source", "text_version", "proof"),
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["profile", "purpose", "channel"], name="clm_consent_once"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.profile_id} {self.purpose} {self.channel} {self.granted}"


class Prediction(models.Model):
    """Expected value and churn of a customer, written by the model of value when it is ready."""

    profile = models.OneToOneField(
        Profile, primary_key=True, on_delete=models.CASCADE, related_name="prediction"
    )
    value_minor = models.BigIntegerField()
    churn = models.FloatField()
    computed_at = models.DateTimeField()

    personal_data = PersonalData(
        person="profile",
        holds="expected value and risk of leaving",
        why="segments",
        columns=("value_minor", "churn", "computed_at"),
    )

    def __str__(self) -> str:
        return f"{self.profile_id}: {self.value_minor}, {self.churn:.0%}"
