"""How things read in JSON: times in UTC (ISO 8601), money in minor units with its currency."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

from clm_plugin.conf import settings
from clm_plugin.profiles.api import CHANNELS, PURPOSES
from clm_plugin.profiles.models import Facts, Profile, TraitValue


class FactsShape(serializers.ModelSerializer):
    currency = serializers.SerializerMethodField()

    class Meta:
        model = Facts
        fields = (
            "first_seen_at",
            "last_seen_at",
            "registered_at",
            "sessions",
            "page_views",
            "product_views",
            "searches",
            "orders",
            "items_bought",
            "spend_minor",
            "margin_minor",
            "refunded_minor",
            "currency",
            "first_order_at",
            "last_order_at",
            "gap_days",
            "main_category",
            "basket_items",
            "basket_minor",
            "first_channel",
            "last_channel",
        )

    def get_currency(self, facts: Facts) -> str:
        return str(settings.CURRENCY)


class StandingShape(serializers.Serializer):
    """The stage she is in, and since when."""

    key = serializers.CharField(source="stage")
    since = serializers.DateTimeField()


class ProfileShape(serializers.ModelSerializer):
    """A person; ``stage`` and ``facts`` are null until her first event was processed."""

    stage = StandingShape(source="standing", allow_null=True, read_only=True)
    flags = serializers.SerializerMethodField()
    facts = FactsShape(allow_null=True, read_only=True)

    class Meta:
        model = Profile
        fields = (
            "id",
            "customer_id",
            "email",
            "first_name",
            "language",
            "country",
            "time_zone",
            "created_at",
            "stage",
            "flags",
            "facts",
        )

    def get_flags(self, profile: Profile) -> list[str]:
        standing = getattr(profile, "standing", None)
        return [name for name in ("advocate", "churn_risk") if getattr(standing, name, False)]


class EventShape(serializers.Serializer):
    """An event of the log. What is sensitive is left out of ``payload`` for who may not see it."""

    id = serializers.UUIDField()
    type = serializers.CharField()
    actor = serializers.CharField()
    object_id = serializers.CharField()
    occurred_at = serializers.DateTimeField()
    received_at = serializers.DateTimeField()
    source = serializers.CharField()  # type: ignore[assignment]  # a field of that name
    payload = serializers.SerializerMethodField()

    def get_payload(self, event: Any) -> dict[str, Any]:
        told, hidden = dict(event.payload), self.context["hidden"]
        if event.type.startswith("life_event.") and told.get("kind") in hidden.life_events:
            return {}
        if hidden.traits and isinstance(told.get("traits"), dict):
            kept = {key: one for key, one in told["traits"].items() if key not in hidden.traits}
            told["traits"] = kept
        return told


class NewEventShape(serializers.Serializer):
    """One event; ``id`` makes a repeat count once, ``customer_id`` or ``profile`` says who."""

    id = serializers.CharField(max_length=64)
    type = serializers.CharField(max_length=40)
    customer_id = serializers.CharField(max_length=48, required=False, default="")
    profile = serializers.IntegerField(min_value=1, max_value=2**62, required=False, default=0)
    object_id = serializers.CharField(max_length=64, required=False, default="", allow_blank=True)
    occurred_at = serializers.DateTimeField(required=False, default=None, allow_null=True)
    payload = serializers.DictField(required=False, default=dict)

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        if bool(attrs["customer_id"]) == bool(attrs["profile"]):
            raise serializers.ValidationError("give customer_id or profile, one of them")
        return attrs


class EventBatch(serializers.Serializer):
    events = serializers.ListField(child=serializers.DictField(), min_length=1, max_length=100)


class TraitShape(serializers.ModelSerializer):
    value = serializers.SerializerMethodField(method_name="value_of")

    class Meta:
        model = TraitValue
        fields = ("key", "value", "told_at", "source")

    def value_of(self, trait: TraitValue) -> Any:
        for value in (trait.text, trait.number, trait.moment):
            if value is not None:
                return value
        return None


class SaidConsent(serializers.Serializer):
    purpose = serializers.CharField()
    channel = serializers.CharField()
    granted = serializers.BooleanField()
    changed_at = serializers.DateTimeField()
    source = serializers.CharField()  # type: ignore[assignment]  # a field of that name
    text_version = serializers.CharField()


class GivenConsent(serializers.Serializer):
    purpose = serializers.ChoiceField(choices=PURPOSES)
    channel = serializers.ChoiceField(choices=("", *CHANNELS), default="")
    granted = serializers.BooleanField()
    source = serializers.CharField(max_length=32)  # type: ignore[assignment]  # likewise
    text = serializers.CharField(max_length=5000, default="", allow_blank=True)
    text_version = serializers.CharField(max_length=64, default="", allow_blank=True)


class Members(serializers.Serializer):
    profiles = serializers.ListField(
        child=serializers.IntegerField(min_value=1, max_value=2**62), min_length=1, max_length=5000
    )
