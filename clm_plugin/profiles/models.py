"""Tables of who it is.

Personal data: ``Profile`` (e-mail, first name, country, language, time zone), ``Identifier.value``
(pseudonymous ids, hashed e-mail), ``MergeRecord.snapshot``; the fact tables are pseudonymous by
the profile. All are exported and erased with the profile.
"""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

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

    def __str__(self) -> str:
        return self.email or self.first_name or f"Visitor {self.pk}"


class Identifier(models.Model):
    """An actor's name and whose it is: the identity graph, and the alias table of old ids.

    Kinds: ``visitor:…``, ``customer:…``, ``basket:…``, ``email:<hash>``, ``phone:<hash>`` and
    ``ext:<source>:<id>`` for ids of other systems. Only a verified name may join profiles.
    Unique: two workers that meet the same new visitor at once make one profile, not two.
    """

    actor = models.CharField(max_length=80, primary_key=True)
    verified = models.BooleanField(default=True, db_default=True)
    profile = models.ForeignKey(Profile, on_delete=models.CASCADE, related_name="identifiers")
    created_at = models.DateTimeField()

    def __str__(self) -> str:
        return self.actor


class Facts(models.Model):
    """What the events add up to, one row a profile: a pure fold, rebuilt from the log at any time.

    Every column is a sum, a minimum, a maximum or a latest-wins value with its own time, so the
    order in which events are folded does not matter. Money: minor units of ``CLM["CURRENCY"]``.
    Times: UTC.
    """

    profile = models.OneToOneField(
        Profile, primary_key=True, on_delete=models.CASCADE, related_name="facts"
    )
    first_seen_at = models.DateTimeField(null=True)
    last_seen_at = models.DateTimeField(null=True)
    registered_at = models.DateTimeField(null=True)
    sessions = models.IntegerField(default=0)
    page_views = models.IntegerField(default=0)
    product_views = models.IntegerField(default=0)
    searches = models.IntegerField(default=0)
    checkouts_started = models.IntegerField(default=0)
    reviews = models.IntegerField(default=0)
    basket_id = models.CharField(max_length=64, default="")
    basket_items = models.IntegerField(default=0)
    basket_minor = models.BigIntegerField(default=0)
    basket_at = models.DateTimeField(null=True)
    basket_event = models.UUIDField(null=True)
    first_channel = models.CharField(max_length=64, default="")
    first_channel_at = models.DateTimeField(null=True)
    last_channel = models.CharField(max_length=64, default="")
    last_channel_at = models.DateTimeField(null=True)
    orders = models.IntegerField(default=0)
    items_bought = models.IntegerField(default=0)
    spend_minor = models.BigIntegerField(default=0)
    margin_minor = models.BigIntegerField(default=0)
    refunded_minor = models.BigIntegerField(default=0)
    first_order_at = models.DateTimeField(null=True)
    last_order_at = models.DateTimeField(null=True)
    main_category = models.CharField(max_length=64, default="")
    """The category with the most spend."""
    gap_days = models.FloatField(null=True)
    """Mean days between orders; null under two orders."""

    class Meta:
        indexes = [
            models.Index(fields=["last_seen_at"], name="clm_facts_seen"),
            models.Index(fields=["last_order_at"], name="clm_facts_last_order"),
        ]

    def __str__(self) -> str:
        return f"Facts of {self.profile_id}"


class OrderFact(models.Model):
    """An order as far as facts need it. Unique by order: an order counts once, whoever tells it."""

    order_id = models.CharField(max_length=64, primary_key=True)
    profile = models.ForeignKey(Profile, null=True, on_delete=models.CASCADE, related_name="orders")
    """Null until ``order.placed`` arrives, when a refund of it came first."""
    placed_at = models.DateTimeField(null=True)
    currency = models.CharField(max_length=3, default="")
    total_minor = models.BigIntegerField(default=0)
    margin_minor = models.BigIntegerField(default=0)
    items = models.IntegerField(default=0)
    refunded_minor = models.BigIntegerField(default=0)
    cancelled_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [models.Index(fields=["profile", "placed_at"], name="clm_order_profile")]

    def __str__(self) -> str:
        return self.order_id


class ItemFact(models.Model):
    """A product in an order: the raw material of "often bought together"."""

    order = models.ForeignKey(OrderFact, on_delete=models.CASCADE, related_name="lines")
    product_id = models.CharField(max_length=64)
    category_id = models.CharField(max_length=64, default="")
    quantity = models.IntegerField(default=1)
    total_minor = models.BigIntegerField(default=0)

    class Meta:
        constraints = [
            # A replayed order must not count its lines twice.
            models.UniqueConstraint(fields=["order", "product_id"], name="clm_item_once"),
        ]

    def __str__(self) -> str:
        return f"{self.order_id}: {self.quantity} x {self.product_id}"


class ProductFact(models.Model):
    """What a profile did with a product."""

    profile = models.ForeignKey(Profile, on_delete=models.CASCADE, related_name="+")
    product_id = models.CharField(max_length=64)
    views = models.IntegerField(default=0)
    last_viewed_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["profile", "product_id"], name="clm_product_once"),
        ]

    def __str__(self) -> str:
        return f"{self.profile_id} {self.product_id}"


class CategoryFact(models.Model):
    """What a profile viewed and bought in a category."""

    profile = models.ForeignKey(Profile, on_delete=models.CASCADE, related_name="+")
    category_id = models.CharField(max_length=64)
    views = models.IntegerField(default=0)
    quantity = models.IntegerField(default=0)
    spend_minor = models.BigIntegerField(default=0)
    last_bought_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["profile", "category_id"], name="clm_category_once"),
        ]

    def __str__(self) -> str:
        return f"{self.profile_id} {self.category_id}"


class Consent(models.Model):
    """What a profile agreed to now, per purpose; the events of the log are the history."""

    profile = models.ForeignKey(Profile, on_delete=models.CASCADE, related_name="consents")
    purpose = models.CharField(max_length=32)
    granted = models.BooleanField()
    changed_at = models.DateTimeField()
    source = models.CharField(max_length=32, default="")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["profile", "purpose"], name="clm_consent_once"),
        ]

    def __str__(self) -> str:
        return f"{self.profile_id} {self.purpose} {self.granted}"


class Prediction(models.Model):
    """Expected value and churn of a customer, written by the model of value when it is ready."""

    profile = models.OneToOneField(
        Profile, primary_key=True, on_delete=models.CASCADE, related_name="prediction"
    )
    value_minor = models.BigIntegerField()
    churn = models.FloatField()
    computed_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.profile_id}: {self.value_minor}, {self.churn:.0%}"
