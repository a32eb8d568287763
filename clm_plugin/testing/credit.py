"""Store credit for tests of hosts: a programme without rules, and somebody who has credit of it."""

from __future__ import annotations

from datetime import timedelta
from uuid import uuid4

from clm_plugin import clock
from clm_plugin.models import Identifier, Profile, Programme
from clm_plugin.money import Money
from clm_plugin.wallet import api as wallet


def publish_programme(key: str = "tests", *, currency: str = "GBP") -> None:
    """A programme whose credit may pay for everything but shipping and gift cards."""
    made = Programme(key=key, name="Test credit", currency=currency)
    made.save()
    made.save_revision().publish()


def give_credit(name: str, minor: int, *, key: str = "tests", currency: str = "GBP") -> int:
    """Open credit for an actor (``customer:17``); returns the profile, made if need be."""
    now = clock.now()
    found = Identifier.objects.filter(actor=name).first()
    if found is None:
        profile = Profile.objects.create(created_at=now)
        found = Identifier.objects.create(actor=name, profile=profile, created_at=now)
    wallet.grant(
        profile_id=found.profile_id,
        programme=key,
        amount=Money(minor, currency),
        key=f"test:{uuid4().hex}",
        opens_at=now,
        expires_at=now + timedelta(days=90),
        source=wallet.Source("manual", ""),
        reason="for a test",
        actor="test",
        now=now,
    )
    return found.profile_id
