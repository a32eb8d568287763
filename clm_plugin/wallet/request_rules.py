"""Who may give how much by hand. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

WINDOW = timedelta(days=1)
"""What somebody gave alone counts against her limit for so long."""
WAITS = timedelta(days=7)
"""How long a second person has to agree."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Staff:
    """Somebody of the shop: the number of her login, and the name that is shown.

    ``limit``: what she gives or takes alone within ``WINDOW``, in whole units of a currency.
    """

    id: str
    name: str
    limit: int = 0

    @property
    def actor(self) -> str:
        """How the ledger names her."""
        return f"staff:{self.name}"


def limit_minor(limit: int, digits: int) -> int:
    """A limit of whole units in minor units of a currency with so many digits."""
    units: int = 10**digits
    return max(0, limit) * units


def is_alone(amount_minor: int, given_minor: int, limit_minor: int) -> bool:
    """Whether no second person is needed. What was given before counts too, so that ten small
    grants are no way round the limit of one (reliability, case 41)."""
    return given_minor + amount_minor <= limit_minor
