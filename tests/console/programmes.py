"""Published programmes for tests of the console."""

from __future__ import annotations

from clm_plugin.models import Programme


def publish(key: str, *, days: int = 30, name: str = "", currency: str = "GBP") -> Programme:
    """A live programme whose credit is good for so many days after it opens."""
    programme = Programme(
        key=key,
        name=name or key.title(),
        currency=currency,
        earn=[("percent", {"percent": 5})],
        expiry_kind=Programme.ExpiryKind.DAYS,
        expiry_days=days,
    )
    programme.save()
    programme.save_revision().publish()
    return programme
