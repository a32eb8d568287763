"""What people earned of programmes already, for the caps; few queries for any number of people."""

from __future__ import annotations

from collections import defaultdict
from datetime import timedelta
from typing import TYPE_CHECKING

from django.db.models import BigIntegerField, Case, Q, Sum, Value, When

from clm_plugin.wallet.earning import NOTHING, SoFar
from clm_plugin.wallet.models import Budget, Posting

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence
    from datetime import datetime

    from clm_plugin.wallet.plan import Programme

EARNED = ("order", "event", "promise")
"""Kinds of sources that a programme's own rules grant from; what colleagues and campaigns give is
under no cap of the rules."""


def so_far(
    programmes: Sequence[Programme], profile_ids: Collection[int], *, now: datetime
) -> dict[tuple[int, str], SoFar]:
    """By (profile, programme): what was earned less what was taken back; absent: nothing.

    At most one query for the caps and one for the budgets, none where no programme has any.
    """
    capped = [
        plan
        for plan in programmes
        if plan.caps.period_minor is not None or plan.caps.customer_minor is not None
    ]
    earned = _earned(capped, profile_ids, now) if capped and profile_ids else {}
    left = budgets_left(programmes)
    return {
        (pid, plan.key): SoFar(
            period_minor=earned.get((pid, plan.key), (0, 0))[0],
            customer_minor=earned.get((pid, plan.key), (0, 0))[1],
            budget_left_minor=left.get(plan.key),
        )
        for plan in programmes
        for pid in profile_ids
    }


def budgets_left(programmes: Sequence[Programme]) -> dict[str, int]:
    """What is left of the budgets, by programme; at most one query."""
    budgets = {p.key: p.budget_minor for p in programmes if p.budget_minor is not None}
    if not budgets:
        return {}
    rows = Budget.objects.filter(programme__in=budgets)
    issued = dict(rows.values_list("programme", "issued_minor"))
    return {key: max(budget - issued.get(key, 0), 0) for key, budget in budgets.items()}


def for_guest(programmes: Sequence[Programme]) -> dict[str, SoFar]:
    """Likewise for somebody who has earned nothing yet."""
    left = budgets_left(programmes)
    return {
        plan.key: SoFar(budget_left_minor=left[plan.key]) if plan.key in left else NOTHING
        for plan in programmes
    }


def _earned(
    programmes: Sequence[Programme], profile_ids: Collection[int], now: datetime
) -> dict[tuple[int, str], tuple[int, int]]:
    whens = [
        When(
            account__programme=plan.key,
            transaction__at__gt=now - timedelta(days=plan.caps.period_days),
            then="amount_minor",
        )
        for plan in programmes
    ]
    rows = (
        Posting.objects.filter(
            Q(transaction__kind__in=("grant", "claw_back", "reverse")),
            account__profile__in=list(profile_ids),
            account__programme__in=[plan.key for plan in programmes],
            account__purpose="customer",
            lot__source_kind__in=EARNED,
        )
        .order_by()
        .values_list("account__profile", "account__programme")
        .annotate(
            recently=Sum(Case(*whens, default=Value(0), output_field=BigIntegerField())),
            ever=Sum("amount_minor"),
        )
    )
    found: dict[tuple[int, str], tuple[int, int]] = defaultdict(lambda: (0, 0))
    for pid, programme, period, ever in rows:
        found[pid, programme] = (max(period, 0), max(ever, 0))
    return found
