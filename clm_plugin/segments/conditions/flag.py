"""A flag of the lifecycle: advocate, or at risk to leave."""

from __future__ import annotations

from dataclasses import dataclass

from clm_plugin.segments.data import Condition
from clm_plugin.segments.fields import choice, yes_no


@dataclass(frozen=True, kw_only=True)
class Flagged(Condition):
    """A flag of the lifecycle: advocate, or at risk to leave."""

    kind = "flag"
    flag: str = choice(("advocate", "churn_risk"))
    is_set: bool = yes_no(default=True)
