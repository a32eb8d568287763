"""The lists that can be taken out as a file, and their columns: one entry each.

Names of columns and values such as stages are keys, not labels: a file means the same in any
language, and what reads it does not break when somebody renames a stage.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.db.models import CharField, OuterRef, Subquery, Value
from django.utils.translation import gettext_lazy as _

from clm_plugin.adapters.files.api import Column
from clm_plugin.conf import settings
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


LISTS: dict[str, ListExport] = {
    each.key: each
    for each in (
        ListExport(key="customers", label=_("Customers"), columns=_customers),
        ListExport(key="receipts", label=_("Receipts"), columns=_receipts),
        ListExport(key="rfm", label=_("RFM scores"), columns=_scores),
    )
}
