"""Customers for tests of campaigns."""

from __future__ import annotations

from clm_plugin.models import Consent, Identifier, Profile
from tests.factories import NOW


def who_agreed() -> Profile:
    """Ann, who has an account and agreed to marketing by mail."""
    who = Profile.objects.create(
        created_at=NOW, customer_id="1", email="ann@example.com", first_name="Ann"
    )
    Identifier.objects.create(actor="customer:1", profile=who, created_at=NOW, verified=True)
    Consent.objects.create(
        profile=who, purpose="marketing", channel="mail", granted=True, changed_at=NOW
    )
    return who
