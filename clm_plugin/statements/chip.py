"""The chip: balance and nearest expiry in a few words. Two queries, and one for the programmes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from clm_plugin.conf import settings
from clm_plugin.money import Money
from clm_plugin.shop.api import price
from clm_plugin.statements.data import Chip
from clm_plugin.statements.days import moment, short_beginning, short_day, until, zone_of
from clm_plugin.statements.explaining import whole
from clm_plugin.wallet import api as wallet

if TYPE_CHECKING:
    from datetime import datetime
    from zoneinfo import ZoneInfo

    from clm_plugin.wallet.api import Lot

_PARTS = 3


def chip(profile_id: int, *, now: datetime) -> Chip | None:
    """Somebody's chip, in the shop's currency or else in the first she has; None: nothing to show.

    Credit of other currencies is not converted and not added (reliability, case 39).
    """
    lots = wallet.lots(profile_id, now=now)
    if not lots:
        return None
    currencies = dict.fromkeys(lot.currency for lot in lots)
    currency = settings.CURRENCY if settings.CURRENCY in currencies else next(iter(currencies))
    its = [lot for lot in lots if lot.currency == currency]
    return _chip(its, currency, now)


def _chip(lots: list[Lot], currency: str, now: datetime) -> Chip | None:
    plans = wallet.live_programmes().plans
    free = [lot for lot in lots if lot.is_open(now) and lot.free_minor]
    pending = [lot for lot in lots if lot.is_pending(now)]
    if not free and not pending:
        return None
    ends: dict[datetime, int] = {}
    zones: dict[datetime, ZoneInfo] = {}
    for lot in free:
        if lot.expires_at is not None:
            ends[lot.expires_at] = ends.get(lot.expires_at, 0) + lot.free_minor
            zones.setdefault(lot.expires_at, zone_of(plans.get(lot.programme)))
    first, opening = min(ends, default=None), min(pending, key=_opens, default=None)
    waiting = sum(lot.remaining_minor for lot in pending)
    available = sum(lot.free_minor for lot in free)
    its = None if opening is None else zone_of(plans.get(opening.programme))
    shown = sorted(ends)[:_PARTS]
    rest = available - sum(ends[end] for end in shown)
    return Chip(
        amount=whole(Money(available, currency)) if available else "",
        until="" if first is None else short_day(first, zones[first], now),
        parts=tuple((price(Money(ends[end], currency)), until(end, zones[end])) for end in shown),
        is_part=first is not None and ends[first] < available,
        rest=price(Money(rest, currency)) if rest and shown else "",
        pending=price(Money(waiting, currency)) if waiting else "",
        opens=moment(opening.opens_at, its) if opening and its else "",
        opens_day=short_beginning(opening.opens_at, its, now) if opening and its else "",
    )


def _opens(lot: Lot) -> datetime:
    return lot.opens_at
