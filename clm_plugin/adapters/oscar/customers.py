"""Accounts of the shop: the project's user model, whichever it is."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib.auth import get_user_model
from django.core.exceptions import FieldDoesNotExist
from django.db.models import F, Value

from clm_plugin.adapters.oscar.columns import column_or_empty, keys
from clm_plugin.shop.api import Customer

if TYPE_CHECKING:
    from collections.abc import Iterable

    from django.db.models import QuerySet

_COLUMNS = ("pk", "mail", "first", "last", "joined", "staff")


def read_customers(ids: Iterable[str]) -> dict[str, Customer]:
    """Accounts by id; one query."""
    user = get_user_model()
    rows = _columns(user._default_manager.filter(pk__in=keys(user, ids)))
    return {customer.id: customer for customer in map(_customer, rows)}


def read_registrations(after: str, limit: int) -> list[Customer]:
    """Accounts in order of their keys, behind ``after``."""
    user = get_user_model()
    accounts = user._default_manager.order_by("pk")
    if after:
        accounts = accounts.filter(pk__gt=user._meta.pk.to_python(after))
    return [_customer(row) for row in _columns(accounts)[:limit]]


def _columns(accounts: QuerySet[Any]) -> Any:
    user = get_user_model()
    mail = user.get_email_field_name()
    return accounts.annotate(
        mail=F(mail),
        first=column_or_empty(user, "first_name"),
        last=column_or_empty(user, "last_name"),
        joined=F("date_joined") if _has_joined(user) else Value(None),
        staff=F("is_staff"),
    ).values_list(*_COLUMNS)


def _has_joined(user: Any) -> bool:
    try:
        user._meta.get_field("date_joined")
    except FieldDoesNotExist:
        return False
    return True


def _customer(row: tuple[Any, ...]) -> Customer:
    pk, mail, first, last, joined, staff = row
    return Customer(
        id=str(pk),
        email=mail or "",
        first_name=first,
        last_name=last,
        registered_at=joined,
        is_staff=staff,
    )


def customer_from(user: Any) -> Customer:
    """An account from an instance that is at hand; no query."""
    return Customer(
        id=str(user.pk),
        email=getattr(user, user.get_email_field_name(), "") or "",
        first_name=getattr(user, "first_name", ""),
        last_name=getattr(user, "last_name", ""),
        registered_at=getattr(user, "date_joined", None),
        is_staff=getattr(user, "is_staff", False),
    )
