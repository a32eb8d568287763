"""What an order earned: as the ledger has it or, in its first minutes, as the rules foresee it.

The thank-you page and the order mail are made in the moment of the order; the pipeline grants a
second later.
"""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from clm_plugin.events.api import actor
from clm_plugin.money import Money
from clm_plugin.profiles.api import profile_id_of
from clm_plugin.shop.api import get_shop
from clm_plugin.statements.data import Earns
from clm_plugin.statements.days import moment, until, zone_of
from clm_plugin.statements.explaining import whole
from clm_plugin.statements.preview import earns
from clm_plugin.wallet import api as wallet

if TYPE_CHECKING:
    from datetime import datetime

    from clm_plugin.wallet.api import Boost, Lot

_FRESH = timedelta(minutes=10)
"""An order that is older and earned nothing in the ledger earns nothing any more."""


def order_earned(
    order_id: str, *, now: datetime, boost: Boost = wallet.no_boost
) -> tuple[Earns, ...]:
    """What an order earned, by programme. One or two queries, and in its first minutes the shop's
    for the order and at most four of ours beside the boost's."""
    lots = wallet.earned_on([order_id]).get(order_id, [])
    if lots:
        plans = wallet.live_programmes().plans
        return tuple(
            _of_lot(lot, plans.get(lot.programme), now) for lot in lots if _counts(lot, now)
        )
    if not any(plan.order_rules for plan in wallet.programmes(now)):
        return ()
    order = get_shop().order(order_id)
    if order is None or order.is_cancelled or abs(now - order.placed_at) > _FRESH:
        return ()
    owner = profile_id_of(actor("customer", order.customer_id)) if order.customer_id else None
    found = earns(owner, order, now=order.placed_at, boost=boost)
    return tuple(each for each in found if each.amount)


def _counts(lot: Lot, now: datetime) -> bool:
    """Not what was taken back before it opened."""
    return lot.remaining_minor > 0 or not lot.is_pending(now)


def _of_lot(lot: Lot, plan: wallet.Programme | None, now: datetime) -> Earns:
    zone = zone_of(plan)
    pending = lot.is_pending(now)
    minor = lot.remaining_minor if pending else lot.granted_minor
    return Earns(
        programme=plan.name if plan else lot.programme,
        amount=whole(Money(minor, lot.currency)),
        amount_minor=minor,
        opens=moment(lot.opens_at, zone) if pending else "",
        until="" if lot.expires_at is None else until(lot.expires_at, zone),
    )
