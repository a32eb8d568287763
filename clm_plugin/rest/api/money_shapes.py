"""How store credit and codes read in JSON. Amounts are minor units of the currency beside them."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

from clm_plugin.money import MAX_MINOR

_CURRENCY = "^[A-Z]{3}$"


class WholeNumber(serializers.IntegerField):
    """A number, never a text or a truth value that happens to look like one."""

    def to_internal_value(self, data: Any) -> int:
        if type(data) is not int:
            raise serializers.ValidationError("must be a whole number of minor units")
        return int(super().to_internal_value(data))


class Amount(serializers.Serializer):
    amount_minor = WholeNumber(min_value=1, max_value=MAX_MINOR)
    currency = serializers.RegexField(_CURRENCY)


class GrantShape(Amount):
    """``opens_at`` is now, and ``expires_at`` as the programme says, unless given."""

    programme = serializers.CharField(max_length=64)
    opens_at = serializers.DateTimeField(required=False, default=None, allow_null=True)
    expires_at = serializers.DateTimeField(required=False, default=None, allow_null=True)
    reason = serializers.CharField(max_length=200)
    reference = serializers.CharField(max_length=128, required=False, default="")


class DeductShape(Amount):
    programme = serializers.CharField(max_length=64)
    reason = serializers.CharField(max_length=200)


class HoldShape(Amount):
    """``minutes`` until it is let go by itself; ``most``: what each programme may pay of it."""

    order_id = serializers.CharField(max_length=64, required=False, default="")
    minutes = serializers.IntegerField(min_value=1, max_value=7 * 24 * 60, required=False)
    most = serializers.DictField(
        child=WholeNumber(min_value=0, max_value=MAX_MINOR),
        required=False,
        default=None,
        allow_null=True,
    )


class CaptureShape(serializers.Serializer):
    """Less than was held lets go of the rest."""

    order_id = serializers.CharField(max_length=64)
    amount_minor = WholeNumber(
        min_value=1, max_value=MAX_MINOR, required=False, default=None, allow_null=True
    )


class ReasonShape(serializers.Serializer):
    reason = serializers.CharField(max_length=200)


class ShareShape(serializers.Serializer):
    lot_id = serializers.IntegerField()
    programme = serializers.CharField()
    amount_minor = serializers.IntegerField()


class PostedShape(serializers.Serializer):
    """What the ledger posted; ``repeated``: this key was answered before, with the same."""

    transaction_id = serializers.IntegerField(allow_null=True)
    kind = serializers.CharField()
    amount_minor = serializers.IntegerField()
    currency = serializers.CharField()
    shares = ShareShape(many=True)
    repeated = serializers.BooleanField()


class HeldShape(serializers.Serializer):
    key = serializers.CharField()
    state = serializers.CharField()
    amount_minor = serializers.IntegerField()
    currency = serializers.CharField()
    expires_at = serializers.DateTimeField()
    order_id = serializers.CharField()
    shares = ShareShape(many=True)
    repeated = serializers.BooleanField()


class BalanceShape(serializers.Serializer):
    currency = serializers.CharField()
    available_minor = serializers.IntegerField()
    pending_minor = serializers.IntegerField()
    held_minor = serializers.IntegerField()
    debt_minor = serializers.IntegerField()
    next_expiry_at = serializers.DateTimeField(allow_null=True)
    next_expiry_minor = serializers.IntegerField()
    next_opening_at = serializers.DateTimeField(allow_null=True)
    next_opening_minor = serializers.IntegerField()


class LotShape(serializers.Serializer):
    id = serializers.IntegerField()
    programme = serializers.CharField()
    currency = serializers.CharField()
    granted_minor = serializers.IntegerField()
    remaining_minor = serializers.IntegerField()
    held_minor = serializers.IntegerField()
    granted_at = serializers.DateTimeField()
    opens_at = serializers.DateTimeField()
    expires_at = serializers.DateTimeField(allow_null=True)
    reason = serializers.CharField()


class MovementShape(serializers.Serializer):
    """``owed_minor`` of it became a debt that later credit pays; below nought: is owed no more."""

    transaction_id = serializers.IntegerField()
    at = serializers.DateTimeField()
    kind = serializers.CharField()
    amount_minor = serializers.IntegerField()
    owed_minor = serializers.IntegerField()
    programme = serializers.CharField()
    currency = serializers.CharField()
    reason = serializers.CharField()
    order_id = serializers.CharField()


class CreditShape(serializers.Serializer):
    profile = serializers.IntegerField()
    balances = BalanceShape(many=True)
    lots = LotShape(many=True)


class HistoryShape(serializers.Serializer):
    """``before``: what to ask for the next page with; null at the end."""

    results = MovementShape(many=True)
    before = serializers.IntegerField(allow_null=True)
