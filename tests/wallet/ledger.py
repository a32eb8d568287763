"""Short words for tests of the ledger."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from itertools import count
from typing import Any

from clm_plugin.models import Account, Lot, Profile
from clm_plugin.money import Money
from clm_plugin.wallet import api as wallet
from clm_plugin.wallet.api import Held, Posted, Source

NOW = datetime(2026, 5, 4, 10, 0, tzinfo=UTC)
TEA = "tea"
_keys = count(1)


def new_key() -> str:
    return f"key-{next(_keys)}"


def days(number: float) -> timedelta:
    return timedelta(days=number)


def person(**fields: Any) -> int:
    return Profile.objects.create(created_at=NOW, **fields).pk


def gbp(minor: int) -> Money:
    return Money(minor, "GBP")


def give(profile_id: int, minor: int = 1000, **kwargs: Any) -> Posted:
    """Open credit that expires in 30 days, unless told otherwise."""
    given: dict[str, Any] = {
        "programme": TEA,
        "amount": gbp(minor),
        "key": new_key(),
        "opens_at": NOW,
        "expires_at": NOW + days(30),
        "source": Source("manual", ""),
        "reason": "a test",
        "actor": "staff:eve",
        "now": NOW,
    }
    return wallet.grant(profile_id=profile_id, **(given | kwargs))


def set_aside(profile_id: int, minor: int, **kwargs: Any) -> Held:
    given: dict[str, Any] = {
        "amount": gbp(minor),
        "key": new_key(),
        "now": NOW,
        "expires_at": NOW + timedelta(minutes=30),
    }
    return wallet.hold(profile_id=profile_id, **(given | kwargs))


def pay(profile_id: int, minor: int, order_id: str, **kwargs: Any) -> Posted:
    """Hold and capture."""
    at = kwargs.get("now", NOW)
    held = set_aside(profile_id, minor, **({"expires_at": at + timedelta(minutes=30)} | kwargs))
    return wallet.capture(hold_key=held.key, now=at, order_id=order_id)


def free(profile_id: int, *, now: datetime = NOW, currency: str = "GBP") -> int:
    return wallet.balance(profile_id, currency, now=now).available_minor


LOTS = (
    f"SELECT l.id, l.remaining_minor, l.held_minor, a.profile_id FROM {Lot._meta.db_table} l"
    f" JOIN {Account._meta.db_table} a ON a.id = l.account_id"
)
DEBTS = (
    f"SELECT profile_id, -SUM(balance_minor) FROM {Account._meta.db_table}"
    " WHERE purpose = 'debt' AND balance_minor < 0 GROUP BY profile_id"
)
