"""What credit may pay of a basket and what the basket earns: for basket, payment, product page."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from django.db.models import F, Q

from clm_plugin.wallet.earned_so_far import for_guest, so_far
from clm_plugin.wallet.earning import earned, no_boost
from clm_plugin.wallet.models import Lot as LotRow
from clm_plugin.wallet.programmes import live_programmes
from clm_plugin.wallet.spending import Purse, spendable
from clm_plugin.wallet.words import in_words

if TYPE_CHECKING:
    from datetime import datetime

    from clm_plugin.wallet.earning import Boost, SoFar
    from clm_plugin.wallet.plan import LeftOut, Programme
    from clm_plugin.wallet.purchase import Purchase


@dataclass(frozen=True, slots=True, kw_only=True)
class Quote:
    """``up_to_minor``: the most that credit may pay now, of what is available; ``most``: the same
    by programme, as ``hold`` takes it (every programme in force is named, so that what this basket
    may not be paid with is at 0).

    ``left_out``: what credit cannot pay, ``earn_left_out``: what earns nothing and which caps bit,
    each with the reason in the language in force. ``will_earn``: the name of a programme and what
    the basket earns of it, minor units of ``currency``, where that is something.
    """

    currency: str
    available_minor: int = 0
    up_to_minor: int = 0
    most: dict[str, int] = field(default_factory=dict)
    left_out: tuple[LeftOut, ...] = ()
    will_earn: tuple[tuple[str, int], ...] = ()
    earn_left_out: tuple[LeftOut, ...] = ()


def quote(
    profile_id: int | None,
    purchase: Purchase,
    *,
    now: datetime,
    boost: Boost = no_boost,
    with_earning: bool = True,
) -> Quote:
    """The quote of a basket; ``profile_id`` None: a guest, who has nothing yet.

    ``boost`` is what ``earn`` will be given; ``with_earning`` False where only what credit may pay
    is asked for. At most four queries beside the boost's: programmes, lots, caps, budgets; without
    earning two.
    """
    plans = tuple(
        plan for plan in live_programmes().plans.values() if plan.currency == purchase.currency
    )
    purses = _purses(profile_id, purchase.currency, now) if profile_id is not None else {}
    found = spendable(plans, purchase, purses)
    will_earn, notes = (
        _earnings(profile_id, plans, purchase, now, boost) if with_earning else ((), [])
    )
    most = {plan.key: 0 for plan in plans} | dict.fromkeys(purses, 0) | found.per_programme
    return Quote(
        currency=purchase.currency,
        available_minor=sum(purse.available_minor for purse in purses.values()),
        up_to_minor=found.amount_minor,
        most=most,
        left_out=tuple(in_words(out, purchase.currency) for out in found.left_out),
        will_earn=will_earn,
        earn_left_out=tuple(in_words(out, purchase.currency) for out in notes),
    )


def _purses(profile_id: int, currency: str, now: datetime) -> dict[str, Purse]:
    """What she can spend now, by programme; one query."""
    rows = LotRow.objects.filter(
        Q(expires_at=None) | Q(expires_at__gt=now),
        account__profile=profile_id,
        account__purpose="customer",
        account__currency=currency,
        opens_at__lte=now,
        remaining_minor__gt=F("held_minor"),
    ).values_list("account__programme", "remaining_minor", "held_minor", "expires_at")
    amounts: dict[str, int] = defaultdict(int)
    ends: dict[str, datetime] = {}
    for programme, remaining, held, expires_at in rows:
        amounts[programme] += remaining - held
        if expires_at is not None:
            ends[programme] = min(ends.get(programme, expires_at), expires_at)
    return {
        key: Purse(available_minor=amount, expires_at=ends.get(key))
        for key, amount in amounts.items()
    }


def _earnings(
    profile_id: int | None,
    plans: tuple[Programme, ...],
    purchase: Purchase,
    now: datetime,
    boost: Boost,
) -> tuple[tuple[tuple[str, int], ...], list[LeftOut]]:
    earning = [plan for plan in plans if plan.order_rules and plan.earns_at(now)]
    known: dict[str, SoFar] = {}
    if profile_id is None:
        known = for_guest(earning)
    else:
        rows = so_far(earning, [profile_id], now=now)
        known = {key: sums for (_, key), sums in rows.items()}
    will_earn, notes = [], []
    for plan in earning:
        percent = boost(profile_id, plan.key, now)
        found = earned(plan, purchase, known[plan.key], at=now, boost_percent=percent)
        if found.amount_minor:
            will_earn.append((plan.name, found.amount_minor))
        notes += [out for out in (*found.left_out, *found.capped) if out not in notes]
    return tuple(will_earn), notes
