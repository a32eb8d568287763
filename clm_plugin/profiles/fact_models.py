"""Tables of facts: what the events add up to. Money: minor units; times: UTC."""

from __future__ import annotations

from django.db import models

from clm_plugin.personal import PersonalData


class Facts(models.Model):
    """What the events add up to, one row a profile: a pure fold, rebuilt from the log at any time.

    Every column is a sum, a minimum, a maximum or a latest-wins value with its own time, so the
    order in which events are folded does not matter. Money: minor units of ``CLM["CURRENCY"]``.
    Times: UTC.
    """

    profile = models.OneToOneField(
        "clm_plugin.Profile", primary_key=True, on_delete=models.CASCADE, related_name="facts"
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
    praises = models.IntegerField(default=0)
    """Reviews with five stars."""
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

    personal_data = PersonalData(
        person="profile",
        holds="sums of what a person did: visits, orders, spend, basket, where she came from",
        why="stages, segments and campaigns",
        columns=(
            "first_seen_at",
            "last_seen_at",
            "registered_at",
            "sessions",
            "page_views",
            "product_views",
            "searches",
            "checkouts_started",
            "reviews",
            "basket_items",
            "basket_minor",
            "basket_at",
            "first_channel",
            "last_channel",
            "orders",
            "items_bought",
            "spend_minor",
            "margin_minor",
            "refunded_minor",
            "first_order_at",
            "last_order_at",
            "main_category",
            "gap_days",
        ),
    )

    class Meta:
        indexes = [
            models.Index(fields=["last_seen_at", "profile"], name="clm_facts_seen"),
            models.Index(fields=["last_order_at"], name="clm_facts_last_order"),
            # The list of customers sorts by these, over any number of people.
            models.Index(fields=["orders", "profile"], name="clm_facts_orders"),
            models.Index(fields=["spend_minor", "profile"], name="clm_facts_spend"),
        ]

    def __str__(self) -> str:
        return f"Facts of {self.profile_id}"


class OrderFact(models.Model):
    """An order as far as facts need it. Unique by order: an order counts once, whoever tells it."""

    order_id = models.CharField(max_length=64, primary_key=True)
    profile = models.ForeignKey(
        "clm_plugin.Profile", null=True, on_delete=models.CASCADE, related_name="orders"
    )
    """Null until ``order.placed`` arrives, when a refund of it came first."""
    placed_at = models.DateTimeField(null=True)
    currency = models.CharField(max_length=3, default="")
    total_minor = models.BigIntegerField(default=0)
    margin_minor = models.BigIntegerField(default=0)
    items = models.IntegerField(default=0)
    refunded_minor = models.BigIntegerField(default=0)
    cancelled_at = models.DateTimeField(null=True)

    personal_data = PersonalData(
        person="profile",
        holds="orders: number, day, totals",
        why="spend, stages and the store's statistics",
        columns=(
            "order_id",
            "placed_at",
            "currency",
            "total_minor",
            "margin_minor",
            "items",
            "refunded_minor",
            "cancelled_at",
        ),
        erase="anonymise",
        kept="until the person is erased; then for good without number, name and time of day",
    )

    class Meta:
        indexes = [
            models.Index(fields=["profile", "placed_at"], name="clm_order_profile"),
            # The orders of a day are counted by it.
            models.Index(fields=["placed_at"], name="clm_order_placed"),
        ]

    def __str__(self) -> str:
        return self.order_id


class ItemFact(models.Model):
    """A product in an order: the raw material of "often bought together"."""

    order = models.ForeignKey(OrderFact, on_delete=models.CASCADE, related_name="lines")
    product_id = models.CharField(max_length=64)
    category_id = models.CharField(max_length=64, default="")
    quantity = models.IntegerField(default=1)
    total_minor = models.BigIntegerField(default=0)

    personal_data = PersonalData(
        person="order__profile",
        holds="the products in an order",
        why="what is often bought together",
        columns=("order_id", "product_id", "category_id", "quantity", "total_minor"),
        erase="keep",
        kept="with its order",
    )

    class Meta:
        constraints = [
            # A replayed order must not count its lines twice.
            models.UniqueConstraint(fields=["order", "product_id"], name="clm_item_once"),
        ]

    def __str__(self) -> str:
        return f"{self.order_id}: {self.quantity} x {self.product_id}"


class ProductFact(models.Model):
    """What a profile did with a product."""

    profile = models.ForeignKey("clm_plugin.Profile", on_delete=models.CASCADE, related_name="+")
    product_id = models.CharField(max_length=64)
    views = models.IntegerField(default=0)
    last_viewed_at = models.DateTimeField(null=True)

    personal_data = PersonalData(
        person="profile",
        holds="the products a person looked at",
        why="recommendations and segments",
        columns=("product_id", "views", "last_viewed_at"),
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["profile", "product_id"], name="clm_product_once"),
        ]

    def __str__(self) -> str:
        return f"{self.profile_id} {self.product_id}"


class CategoryFact(models.Model):
    """What a profile viewed and bought in a category."""

    profile = models.ForeignKey("clm_plugin.Profile", on_delete=models.CASCADE, related_name="+")
    category_id = models.CharField(max_length=64)
    views = models.IntegerField(default=0)
    quantity = models.IntegerField(default=0)
    spend_minor = models.BigIntegerField(default=0)
    last_bought_at = models.DateTimeField(null=True)

    personal_data = PersonalData(
        person="profile",
        holds="the categories a person looked at and bought in",
        why="recommendations and segments",
        columns=("category_id", "views", "quantity", "spend_minor", "last_bought_at"),
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["profile", "category_id"], name="clm_category_once"),
        ]

    def __str__(self) -> str:
        return f"{self.profile_id} {self.category_id}"
