"""The lists that can be taken out as a file, and their columns: one entry each.

Names of columns and values such as stages are keys, not labels: a file means the same in any
language, and what reads it does not break when somebody renames a stage.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from django.db.models import (
    Case,
    CharField,
    DecimalField,
    F,
    IntegerField,
    OuterRef,
    Subquery,
    Value,
    When,
)
from django.db.models.functions import Cast, Coalesce
from django.utils.translation import gettext_lazy as _

from clm_plugin.adapters.files.api import Column
from clm_plugin.conf import settings
from clm_plugin.money import ODD
from clm_plugin.profiles.models import Consent

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise


@dataclass(frozen=True, slots=True, kw_only=True)
class ListExport:
    """A list: its key (file name and audit log), its name, and its columns as of now."""

    key: str
    label: str | _StrPromise
    columns: Callable[[], tuple[Column, ...]]


def _person(path: str) -> tuple[Column, ...]:
    """Who it is; ``path`` leads from the row to the profile."""
    return (
        Column(name="profile", value=f"{path}_id", kind="whole"),
        Column(name="customer_id", value=f"{path}__customer_id"),
        Column(name="email", value=f"{path}__email"),
        Column(name="first_name", value=f"{path}__first_name"),
    )


def _agreed() -> Column:
    """Whether she agreed to marketing mail: empty when never asked. The row's key is hers."""
    said = Consent.objects.filter(profile=OuterRef("pk"), purpose="marketing", channel="mail")
    return Column(
        name="agreed_to_mail", value=Subquery(said.values("granted")[:1]), kind="flag"
    )  # fmt: skip


def _customers() -> tuple[Column, ...]:
    currency = settings.CURRENCY
    return (
        *_person("profile"),
        _agreed(),
        Column(name="language", value="profile__language"),
        Column(name="country", value="profile__country"),
        Column(name="stage", value="profile__standing__stage"),
        Column(name="stage_since", value="profile__standing__since", kind="moment"),
        Column(name="advocate", value="profile__standing__advocate", kind="flag"),
        Column(name="churn_risk", value="profile__standing__churn_risk", kind="flag"),
        Column(name="registered_at", value="registered_at", kind="moment"),
        Column(name="first_seen_at", value="first_seen_at", kind="moment"),
        Column(name="last_seen_at", value="last_seen_at", kind="moment"),
        Column(name="first_order_at", value="first_order_at", kind="moment"),
        Column(name="last_order_at", value="last_order_at", kind="moment"),
        Column(name="orders", value="orders", kind="whole"),
        Column(name="spent", value="spend_minor", kind="money", currency=currency),
        Column(name="refunded", value="refunded_minor", kind="money", currency=currency),
        Column(name="currency", value=Value(currency, output_field=CharField())),
        Column(name="rfm", value="profile__rfm__name"),
    )


def _scores() -> tuple[Column, ...]:
    currency = settings.CURRENCY
    return (
        *_person("profile"),
        _agreed(),
        Column(name="r", value="r", kind="whole"),
        Column(name="f", value="f", kind="whole"),
        Column(name="m", value="m", kind="whole"),
        Column(name="rfm", value="name"),
        Column(name="scored_at", value="scored_at", kind="moment"),
        Column(name="orders", value="profile__facts__orders", kind="whole"),
        Column(name="last_order_at", value="profile__facts__last_order_at", kind="moment"),
        Column(
            name="spent", value="profile__facts__spend_minor", kind="money", currency=currency
        ),
        Column(name="currency", value=Value(currency, output_field=CharField())),
    )  # fmt: skip


def _receipts() -> tuple[Column, ...]:
    return (
        Column(name="receipt", value="id"),
        Column(name="decided_at", value="decided_at", kind="moment"),
        *_person("profile"),
        Column(name="campaign", value="campaign"),
        Column(name="plan_version", value="plan_version", kind="whole"),
        Column(name="channel", value="channel"),
        Column(name="place", value="place"),
        Column(name="yes", value="yes", kind="flag"),
        Column(name="rule", value="rule"),
    )


def _journal() -> tuple[Column, ...]:
    """Every leg of every transaction: one that takes is negative, and each sums to zero."""
    return (
        Column(name="transaction", value="transaction_id"),
        Column(name="at", value="transaction__at", kind="moment"),
        Column(name="kind", value="transaction__kind"),
        Column(name="account", value="account__purpose"),
        Column(name="programme", value="account__programme"),
        Column(name="amount", value=_major("amount_minor", "account__currency"), kind="amount"),
        Column(name="currency", value="account__currency"),
        Column(name="lot", value="lot_id"),
        Column(name="profile", value="account__profile_id", kind="whole"),
        Column(name="customer_id", value="account__profile__customer_id"),
        Column(name="order", value="transaction__order_id"),
        Column(name="source", value="transaction__source_kind"),
        Column(name="source_reference", value="transaction__source_ref"),
        Column(name="reason", value="transaction__reason"),
        Column(name="by", value="transaction__actor"),
        Column(name="key", value="transaction__key"),
        Column(name="reverses", value="transaction__reverses_id"),
    )


def _lots() -> tuple[Column, ...]:
    currency = "account__currency"
    return (
        Column(name="lot", value="id"),
        Column(name="programme", value="account__programme"),
        Column(name="granted_at", value="granted_at", kind="moment"),
        Column(name="opens_at", value="opens_at", kind="moment"),
        Column(name="expires_at", value="expires_at", kind="moment"),
        Column(name="granted", value=_major("granted_minor", currency), kind="amount"),
        Column(name="left", value=_major("remaining_minor", currency), kind="amount"),
        Column(name="held", value=_major("held_minor", currency), kind="amount"),
        Column(name="currency", value=currency),
        Column(name="source", value="source_kind"),
        Column(name="source_reference", value="source_ref"),
        Column(name="reason", value="reason"),
    )


def _by_hand() -> tuple[Column, ...]:
    return (
        Column(name="number", value="id"),
        Column(name="kind", value="kind"),
        *_person("profile"),
        Column(name="programme", value="programme"),
        Column(name="amount", value=_major("amount_minor", "currency"), kind="amount"),
        Column(name="currency", value="currency"),
        Column(name="reason", value="reason"),
        Column(name="state", value="state"),
        Column(name="asked_by", value="requested_name"),
        Column(name="asked_at", value="requested_at", kind="moment"),
        Column(name="closed_by", value="closed_name"),
        Column(name="closed_at", value="closed_at", kind="moment"),
        Column(name="closed_why", value="closed_why"),
        Column(name="transaction", value="transaction_id"),
    )


def _offers() -> tuple[Column, ...]:
    numbers = ("granted", "accepted", "codes", "codes_free", "codes_revoked", "reserved", "used")
    return (
        Column(name="offer", value="key"),
        Column(name="name", value="name"),
        Column(name="live", value="live", kind="flag"),
        *(Column(name=name, value=Coalesce(name, 0), kind="whole") for name in numbers),
        Column(name="discount", value=_major("discount_minor", "currency"), kind="amount"),
        Column(name="revenue", value=_major("revenue_minor", "currency"), kind="amount"),
        Column(name="currency", value="currency"),
    )


def _credit_days() -> tuple[Column, ...]:
    names = ("issued", "redeemed", "expired", "clawed_back", "debt", "liability")
    return (
        Column(name="day", value="day"),
        Column(name="programme", value="programme"),
        Column(name="currency", value="currency"),
        *(
            Column(
                name="liability_change" if name == "liability" else name,
                value=_major(f"{name}_minor", "currency"),
                kind="amount",
            )
            for name in names
        ),
    )


def _major(minor: str, currency: str) -> Case:
    """Minor units in whole ones, where every row has a currency of its own."""

    def divided(digits: int) -> Cast:
        exact: DecimalField[Any, Any] = DecimalField(max_digits=24, decimal_places=3)
        # A product: SQLite divides whole numbers without a rest.
        share: DecimalField[Any, Any] = DecimalField(max_digits=24, decimal_places=6)
        return Cast(Cast(F(minor), exact) * Value(Decimal(1).scaleb(-digits), share), exact)

    return Case(
        *(
            When(**{f"{currency}__in": codes}, then=divided(digits))
            for digits, codes in ODD.items()
        ),
        default=divided(2),
    )


def _answers() -> tuple[Column, ...]:
    return (
        *_person("profile"),
        Column(name="stage", value="profile__standing__stage"),
        Column(name="survey", value="key"),
        Column(name="score", value=Cast("number", IntegerField()), kind="whole"),
        Column(name="answer", value="text"),
        Column(name="answered_at", value="told_at", kind="moment"),
    )


def _merges() -> tuple[Column, ...]:
    return (
        *_person("survivor"),
        Column(name="merged", value="merged_id", kind="whole"),
        Column(name="reason", value="reason"),
        Column(name="merged_at", value="merged_at", kind="moment"),
        Column(name="undone_at", value="undone_at", kind="moment"),
        Column(name="undone_by", value="undone_by__username"),
    )


LISTS: dict[str, ListExport] = {
    each.key: each
    for each in (
        ListExport(key="account", label=_("Movements of an account"), columns=_journal),
        ListExport(key="credit_days", label=_("Store credit by day"), columns=_credit_days),
        ListExport(key="credit_requests", label=_("Credit by hand"), columns=_by_hand),
        ListExport(key="offers", label=_("Offers"), columns=_offers),
        ListExport(key="lots", label=_("Lots"), columns=_lots),
        ListExport(key="transactions", label=_("Transactions"), columns=_journal),
        ListExport(key="customers", label=_("Customers"), columns=_customers),
        ListExport(key="receipts", label=_("Receipts"), columns=_receipts),
        ListExport(key="rfm", label=_("RFM scores"), columns=_scores),
        ListExport(key="survey_answers", label=_("Answers to a survey"), columns=_answers),
        ListExport(key="merges", label=_("Merges"), columns=_merges),
    )
}
