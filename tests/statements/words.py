"""Short words for tests of what shoppers read: a programme in force, a customer, her credit."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from itertools import count
from typing import Any

from django.contrib.auth import get_user_model
from django.test import Client

from clm_plugin.models import Identifier, Profile
from clm_plugin.money import Money
from clm_plugin.wallet import api as wallet
from clm_plugin.wallet.plan import EarnRule, Expiry, Programme
from clm_plugin.wallet.publishing import publish

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
PER_FULL = EarnRule(id="a", kind="per_full", amount_minor=10_00, per_minor=50_00)
_keys = count(1)


def plan(**changes: Any) -> Programme:
    fields: dict[str, Any] = {
        "key": "harbour",
        "version": 1,
        "name": "Harbour credit",
        "currency": "GBP",
        "zone": "Europe/London",
        "earn": (PER_FULL,),
        "pending_days": 14,
        "expiry": Expiry(kind="days", days=30),
    }
    return Programme(**(fields | changes))


def in_force(*, now: datetime = NOW, **changes: Any) -> Programme:
    return publish(plan(**changes), now=now)


def customer(name: str = "ann") -> tuple[Client, int, str]:
    """A logged-in customer of whom the plugin knows: her browser, her profile, her id."""
    user = get_user_model().objects.create_user(
        username=name, email=f"{name}@example.com", password="secret"
    )
    client = Client()
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    profile = Profile.objects.create(created_at=NOW)
    Identifier.objects.create(profile=profile, actor=f"customer:{user.pk}", created_at=NOW)
    return client, profile.pk, str(user.pk)


def give(profile_id: int, minor: int = 10_00, **changes: Any) -> wallet.Posted:
    at = changes.get("now", NOW)
    fields: dict[str, Any] = {
        "programme": "harbour",
        "amount": Money(minor, changes.pop("currency", "GBP")),
        "key": f"words:{next(_keys)}",
        "opens_at": at,
        "expires_at": at + timedelta(days=8, hours=12),
        "source": wallet.Source("manual"),
        "reason": "",
        "actor": "staff:eve",
        "now": at,
    }
    return wallet.grant(profile_id=profile_id, **(fields | changes))


def spend(profile_id: int, minor: int, order: str, *, at: datetime = NOW) -> wallet.Posted:
    key = f"words:{next(_keys)}"
    amount = Money(minor, "GBP")
    until = at + timedelta(minutes=30)
    wallet.hold(profile_id=profile_id, amount=amount, key=key, now=at, expires_at=until)
    return wallet.capture(hold_key=key, now=at, order_id=order)
