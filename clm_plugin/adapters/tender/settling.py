"""Orders that say they were paid with credit, and the ledger does not know.

In our own adapters order and capture are one transaction, and there are none. A shop that cannot do
that (its orders are in another system) may die between the two: then this finishes what it began.
"""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

from clm_plugin.adapters.tender.errors import CreditError
from clm_plugin.adapters.tender.paying import complete
from clm_plugin.adapters.tender.refunding import give_back
from clm_plugin.shop.api import CREDIT_TENDER, get_shop
from clm_plugin.wallet import api as wallet

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

    from clm_plugin.shop.api import Order

logger = logging.getLogger("clm_plugin")


def settle(orders: Iterable[Order], *, now: datetime) -> int:
    """Capture what was held for orders that stand; returns how many needed it.

    One query for a page of orders, and nothing for those without credit. A second run finds
    nothing. What cannot be captured any more is logged, and ``clm_verify`` names it.
    """
    paid = {
        order.id: order.paid_by_credit.minor
        for order in orders
        if order.paid_by_credit and not order.is_cancelled
    }
    known = wallet.paid_on(paid) if paid else {}
    done = 0
    for order_id, minor in paid.items():
        if order_id in known:
            continue
        holds = [each for each in wallet.held_for(order_id) if each.amount_minor == minor]
        if not holds:
            continue
        try:
            complete(key=holds[-1].key, order_id=order_id, now=now)
        except CreditError:
            logger.error("clm: order %s was paid with credit that is not there", order_id)
        else:
            done += 1
            _give_back(order_id, now)
    return done


def _give_back(order_id: str, now: datetime) -> None:
    """What was refunded before the ledger knew that it was paid found nothing to open again."""
    for each in get_shop().tenders([order_id]).get(order_id, ()):
        if each.code == CREDIT_TENDER and each.refunded.minor:
            give_back(
                order_id=order_id, amount=each.refunded, refund_id=f"settled:{order_id}", now=now
            )
