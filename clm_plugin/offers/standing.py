"""Grants that can still be used: for news that they end, and for mails that speak of them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from clm_plugin.offers.beside import BESIDE
from clm_plugin.offers.data import OfferGrant as Grant
from clm_plugin.offers.data import Shopper
from clm_plugin.offers.granting import as_data
from clm_plugin.offers.live import live_offers
from clm_plugin.offers.marks import ends_at
from clm_plugin.offers.models import OfferCode, OfferCounter, OfferGrant, Redemption
from clm_plugin.offers.rules import fits
from clm_plugin.offers.taking_up import worth
from clm_plugin.offers.wording import until
from clm_plugin.profiles.api import profiles
from clm_plugin.segments.api import segments_of_many

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from datetime import datetime

    from clm_plugin.offers.plan import Offer


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """A grant that can still be used, and the offer as it is published now."""

    grant: Grant
    offer: Offer

    @property
    def until(self) -> str:
        """Until when, by the offer's clock and in the language in force; "" for no end."""
        return until(ends_at(self.grant.expires_at, self.offer), self.offer.zone)


def standings(grant_ids: Iterable[int], *, now: datetime) -> dict[int, Standing]:
    """By grant: what can still be used; absent: nothing. No query for none, else seven
    at most (and that for offers which were published meanwhile)."""
    wanted = list(grant_ids)
    if not wanted:
        return {}
    rows = {row.pk: row for row in OfferGrant.objects.filter(pk__in=wanted)}
    offers = usable(rows.values(), live_offers(), now=now)
    return {pk: Standing(grant=as_data(rows[pk]), offer=offers[pk]) for pk in offers}


def usable(
    rows: Iterable[OfferGrant], plans: Mapping[str, Offer], *, now: datetime
) -> dict[int, Offer]:
    """By grant: the offer, where the grant can still be used. Five queries at most.

    Not what is over, taken back, used in an order or taken up beside one, nor what an offer would
    refuse: it is offline, its limits are reached, or it is not for her any more.
    """
    open_ = {
        row.pk: row
        for row in rows
        if (plan := plans.get(row.offer)) is not None
        and plan.is_open(now)
        and as_data(row).is_open(now)
        and (row.accepted_at is None or plan.effect.kind not in BESIDE)
    }
    gone = _gone(open_) if open_ else set()
    left = {pk: (row, plans[row.offer]) for pk, row in open_.items() if pk not in gone}
    full, people = _full(left.values()), _people(left.values())
    return {
        pk: plan
        for pk, (row, plan) in left.items()
        if not full & {(plan.key, "total"), (plan.key, "budget"), (plan.key, _own(row))}
        and fits(plan, people.get(row.profile_id, Shopper()), now=now)
    }


def _gone(open_: Mapping[int, OfferGrant]) -> set[int]:
    """Those used in an order that stands, and those whose code was taken back."""
    used = Redemption.objects.filter(grant__in=list(open_), state=Redemption.State.CONFIRMED)
    taken = OfferCode.objects.filter(grant__in=list(open_), revoked_at__isnull=False)
    return {
        pk
        for rows in (used, taken)
        for pk in rows.values_list("grant_id", flat=True)
        if pk is not None
    }


def _own(row: OfferGrant) -> str:
    return f"profile:{row.profile_id}"


def _full(left: Iterable[tuple[OfferGrant, Offer]]) -> set[tuple[str, str]]:
    """The limits (offer, scope) that have no room; a day's has some tomorrow. One query at most."""
    most: dict[tuple[str, str], int] = {}
    for row, plan in left:
        limits = plan.limits
        for scope, number, least in (
            ("total", limits.total, 1),
            ("budget", limits.budget_minor, worth(plan) or 1),
            (_own(row), limits.per_profile, 1),
        ):
            if number is not None:
                most[plan.key, scope] = number - least
    if not most:
        return set()
    counters = OfferCounter.objects.filter(
        offer__in={key for key, _ in most}, scope__in={scope for _, scope in most}
    ).values_list("offer", "scope", "used")
    # The plan's limit, not the row's: that one is brought up to date by the next use only.
    return {(key, scope) for key, scope, used in counters if used > most.get((key, scope), used)}


def _people(left: Iterable[tuple[OfferGrant, Offer]]) -> dict[int, Shopper]:
    """Who they are, where their offers ask; two queries at most."""
    asked = {
        row.profile_id
        for row, plan in left
        if plan.conditions.first_order or plan.conditions.stages or plan.conditions.segments
    }
    if not asked:
        return {}
    inside = segments_of_many(asked)
    rows = profiles().filter(id__in=asked).values_list("id", "standing__stage", "facts__orders")
    return {
        pk: Shopper(
            profile_id=pk,
            stage=stage or "",
            segments=frozenset(inside.get(pk, ())),
            orders=orders or 0,
        )
        for pk, stage, orders in rows
    }
