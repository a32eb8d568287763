"""What is left of lots at this moment: for a mail that speaks of them, decided and sent."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from clm_plugin.money import Money
from clm_plugin.shop.api import price
from clm_plugin.wallet.models import Lot
from clm_plugin.wallet.programmes import live_programmes
from clm_plugin.wallet.words import day_of, good_until

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """What somebody has of a programme that opens and expires with one lot."""

    programme: str
    name: str
    amount_minor: int
    currency: str
    opens_at: datetime
    expires_at: datetime | None
    zone: str

    @property
    def amount(self) -> str:
        """As it is written in the language in force."""
        return price(Money(self.amount_minor, self.currency))

    @property
    def until(self) -> str:
        """The last good day by the shop's clock, likewise; "" for credit that does not expire."""
        return good_until(self.expires_at, self.zone)

    @property
    def since(self) -> str:
        """The day on which it opens, likewise."""
        return day_of(self.opens_at, self.zone)


def standings(lot_ids: Iterable[int], *, now: datetime) -> dict[int, Standing]:
    """By lot: what is left of it, with what else expires at the same moment; absent: nothing.

    Three queries at most.
    """
    wanted = list(lot_ids)
    if not wanted:
        return {}
    asked = list(Lot.objects.filter(pk__in=wanted).select_related("account"))
    people = {lot.account.profile_id for lot in asked} - {None}
    same: dict[tuple[int | None, str, datetime | None, bool], int] = {}
    rows = Lot.objects.filter(
        account__profile__in=list(people), account__purpose="customer", remaining_minor__gt=0
    ).select_related("account")
    for lot in rows:
        if lot.expires_at is None or lot.expires_at > now:
            key = _key(lot, now)
            same[key] = same.get(key, 0) + lot.remaining_minor - lot.held_minor
    plans = live_programmes().plans if asked else {}
    found = {}
    for lot in asked:
        plan = plans.get(lot.account.programme)
        left = same.get(_key(lot, now), 0)
        if lot.account.profile_id is None or plan is None or left <= 0:
            continue
        found[lot.pk] = Standing(
            programme=plan.key,
            name=plan.name,
            amount_minor=left,
            currency=lot.account.currency,
            opens_at=lot.opens_at,
            expires_at=lot.expires_at,
            zone=plan.zone,
        )
    return found


def _key(lot: Lot, now: datetime) -> tuple[int | None, str, datetime | None, bool]:
    # Credit that does not expire is told of lot by lot: there is no day that it shares.
    end = lot.expires_at if lot.expires_at is not None else lot.granted_at
    return lot.account.profile_id, lot.account.programme, end, lot.opens_at <= now
