"""Limits and budgets, exact at any concurrency.

A use is counted by one conditional UPDATE: it waits for whoever counts in the same row, and looks
at the number that is there then. The row's CHECK refuses what the condition might let through.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from django.db import connection
from django.db.models import F, Sum, Value
from django.db.models.functions import Greatest

from clm_plugin.offers.errors import LimitReached
from clm_plugin.offers.models import OfferCounter, Redemption

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import date

    from clm_plugin.offers.plan import Offer

OPEN = (Redemption.State.RESERVED, Redemption.State.CONFIRMED)
TOTAL, BUDGET = "total", "budget"

_TEXTS = {
    "total": "the offer has been used as often as it may be",
    "day": "the offer has been used as often today as it may be",
    "profile": "this customer has used the offer as often as she may",
    "session": "this customer has used the offer as often as she may",
    "budget": "the budget of the offer has no room for this",
}


@dataclass(frozen=True, slots=True, order=True)
class Need:
    """What a use counts against one limit; sorted as rows are taken up by everybody."""

    offer: str
    scope: str
    most: int
    amount: int
    profile_id: int | None = None


def day_of(offer: Offer, now: datetime) -> date:
    """The day in the offer's own zone."""
    return now.astimezone(ZoneInfo(offer.zone)).date()


def needs_of(
    offer: Offer, *, profile_id: int | None, day: date, minor: int, guest: str = ""
) -> list[Need]:
    """The limits that a use counts against. ``guest``: a session's digest, of who has no profile;
    without either, nobody's own limit counts."""
    limits, found = offer.limits, []
    if limits.budget_minor is not None:
        found.append(Need(offer.key, BUDGET, limits.budget_minor, minor))
    if limits.per_day is not None:
        found.append(Need(offer.key, f"day:{day.isoformat()}", limits.per_day, 1))
    if limits.per_profile is not None and profile_id is not None:
        found.append(
            Need(offer.key, f"profile:{profile_id}", limits.per_profile, 1, profile_id=profile_id)
        )
    elif limits.per_profile is not None and guest:
        found.append(Need(offer.key, f"session:{guest}", limits.per_profile, 1))
    if limits.total is not None:
        found.append(Need(offer.key, TOTAL, limits.total, 1))
    return found


def needs_again(row: Redemption) -> list[Need]:
    """The limits that a use counted against, of an offer that is offline: as they were then."""
    scopes = dict(_scopes(row))
    counters = OfferCounter.objects.filter(offer=row.offer, scope__in=scopes)
    return [
        Need(row.offer, each.scope, each.most, scopes[each.scope], each.profile_id)
        for each in counters
    ]


def take(needs: Iterable[Need]) -> None:
    """Count all of these, in the caller's transaction. Raises LimitReached where one is full."""
    for need in sorted(needs, key=lambda each: (each.offer, each.scope)):
        if not _count(need) and not (_make(need) and _count(need)):
            raise LimitReached(_TEXTS[need.scope.partition(":")[0]])


def _count(need: Need) -> bool:
    # An amount below nought gives money back; that fits even where the limit was lowered.
    room = {} if need.amount < 0 else {"used__lte": need.most - need.amount}
    rows = OfferCounter.objects.filter(offer=need.offer, scope=need.scope, **room)
    used = F("used") + need.amount
    most = Greatest(Value(need.most), used) if need.amount < 0 else Value(need.most)
    return bool(rows.update(used=used, most=most))


def _make(need: Need) -> bool:
    """Make a missing row, with what was used before there was this limit; False: it was there."""
    if OfferCounter.objects.filter(offer=need.offer, scope=need.scope).exists():
        return False
    used = used_so_far(need.offer, need.scope)
    row = OfferCounter(
        offer=need.offer,
        scope=need.scope,
        profile_id=need.profile_id,
        most=max(need.most, used),
        used=used,
    )
    OfferCounter.objects.bulk_create([row], ignore_conflicts=True)
    return True


def used_so_far(offer: str, scope: str) -> int:
    """What the redemptions themselves say."""
    rows = Redemption.objects.filter(offer=offer, state__in=OPEN)
    name, _, value = scope.partition(":")
    if name == BUDGET:
        return int(rows.aggregate(sum=Sum("discount_minor"))["sum"] or 0)
    if name == "day":
        rows = rows.filter(day=value)
    elif name == "profile":
        rows = rows.filter(profile=int(value))
    elif name == "session":
        rows = rows.filter(guest=value)
    return rows.count()


def give_back(freed: Iterable[Redemption]) -> None:
    """Take these uses out of every counter they are in, in the caller's transaction."""
    amounts: dict[tuple[str, str], int] = {}
    for each in freed:
        for scope, amount in _scopes(each):
            amounts[each.offer, scope] = amounts.get((each.offer, scope), 0) + amount
    for (offer, scope), amount in sorted(amounts.items()):
        if amount:
            OfferCounter.objects.filter(offer=offer, scope=scope).update(
                used=Greatest(F("used") - amount, Value(0))
            )


def _scopes(row: Redemption) -> list[tuple[str, int]]:
    """Every counter that a use may be in, and as how much."""
    scopes = [(BUDGET, row.discount_minor), (f"day:{row.day.isoformat()}", 1), (TOTAL, 1)]
    if row.profile_id is not None:
        scopes.append((f"profile:{row.profile_id}", 1))
    if row.guest:
        scopes.append((f"session:{row.guest}", 1))
    return scopes


def recount(profile_id: int) -> None:
    """Set a person's own counters to what her redemptions say (after a merge, or its undo)."""
    rows = Redemption.objects.filter(profile=profile_id, state__in=OPEN)
    used: dict[str, int] = {}
    for offer in rows.values_list("offer", flat=True):
        used[offer] = used.get(offer, 0) + 1
    scope = f"profile:{profile_id}"
    mosts = dict(OfferCounter.objects.filter(scope=scope).values_list("offer", "most"))
    for offer in sorted(set(used) | set(mosts)):
        number = used.get(offer, 0)
        OfferCounter.objects.update_or_create(
            offer=offer,
            scope=scope,
            defaults={
                "profile_id": profile_id,
                "used": number,
                "most": max(number, mosts.get(offer, number)),
            },
        )


def wrong_counters(*, limit: int = 100) -> list[str]:
    """Counters that do not say what the redemptions say; [] is what should come out. One query."""
    from clm_plugin.offers.claims import COUNTERS

    with connection.cursor() as cursor:
        cursor.execute(f"{COUNTERS.offenders} ORDER BY 1, 2 LIMIT {int(limit)}")
        return [COUNTERS.words.format(*row) for row in cursor.fetchall()]
