"""One grant of a programme: its terms, its budget, its key. What cannot be granted is logged."""

from __future__ import annotations

import logging
from dataclasses import replace
from typing import TYPE_CHECKING

from clm_plugin.money import Money
from clm_plugin.wallet.earning import SoFar
from clm_plugin.wallet.errors import OverBudget, WalletError
from clm_plugin.wallet.granting import grant
from clm_plugin.wallet.models import Transaction
from clm_plugin.wallet.terms import terms

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

    from clm_plugin.wallet.data import Source
    from clm_plugin.wallet.plan import Programme

logger = logging.getLogger("clm_plugin")

ACTOR = "programme"
"""Who acts where a programme's own rules do."""


def known_keys(keys: Iterable[str]) -> set[str]:
    """Which of these keys the ledger has; one query, none for none."""
    wanted = list(keys)
    if not wanted:
        return set()
    return set(Transaction.objects.filter(key__in=wanted).values_list("key", flat=True))


def award(
    plan: Programme,
    profile_id: int,
    minor: int,
    *,
    at: datetime,
    key: str,
    source: Source,
    reason: str,
    now: datetime,
) -> bool:
    """Grant what was earned at a moment; False when the ledger refuses, with a line in the log.

    A refusal (the budget is used up, the terms are over) is about this one grant: it must not stop
    the events behind it.
    """
    found = terms(plan, at)
    if minor <= 0 or found is None or (found.expires_at is not None and found.expires_at <= now):
        return False
    try:
        grant(
            profile_id=profile_id,
            programme=plan.key,
            amount=Money(minor, plan.currency),
            key=key,
            opens_at=found.opens_at,
            expires_at=found.expires_at,
            source=source,
            reason=reason,
            actor=ACTOR,
            now=now,
            budget_minor=plan.budget_minor,
        )
    except OverBudget as refusal:
        logger.info("clm: the budget of programme %s is used up: %s", plan.key, refusal)
        return False
    except WalletError as refusal:
        logger.warning("clm: %s of programme %s was not granted: %s", key, plan.key, refusal)
        return False
    return True


def after(so_far: SoFar, minor: int) -> SoFar:
    """The sums with one more grant, for the next one of the same batch."""
    left = so_far.budget_left_minor
    return replace(
        so_far,
        period_minor=so_far.period_minor + minor,
        customer_minor=so_far.customer_minor + minor,
        budget_left_minor=None if left is None else max(left - minor, 0),
    )
