"""What a page says about store credit and the basket, within the time a page can spare.

Never raises: when our side fails or is slow there is nothing to say, and the shop sells without.
"""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

from django.db import InterfaceError, OperationalError, connection

from clm_plugin import clock
from clm_plugin.adapters import later
from clm_plugin.adapters.guard import hurried
from clm_plugin.adapters.tender.data import CreditUse, LeftOut
from clm_plugin.adapters.tender.rules import coin_of, used
from clm_plugin.adapters.tender.wish import wish_of
from clm_plugin.events.api import actor
from clm_plugin.money import Money
from clm_plugin.profiles.api import customer_of, profile_id_of
from clm_plugin.shop.api import get_shop
from clm_plugin.statements import api as statements
from clm_plugin.wallet import api as wallet

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from django.http import HttpRequest

    from clm_plugin.shop.api import Basket

logger = logging.getLogger("clm_plugin")


def credit_use(
    request: HttpRequest, purchase: Callable[[], Basket | None] | None = None
) -> CreditUse | None:
    """Store credit and the request's basket (or what ``purchase`` returns, as it will be paid).

    None when there is nothing to say: no basket, a guest, a shop without store credit, a failure of
    ours. Only the logged-in customer's own credit is shown, never that of a device.
    """
    if connection.needs_rollback or later.is_resting():
        return None
    try:
        shop = get_shop()
        if not shop.supports_store_credit:
            return None
        if not customer_of(request):
            return None
        with hurried():
            profile_id = profile_of(request)
            if profile_id is None:
                return None
            found = purchase() if purchase else shop.request_purchase(request)
            return _use(request, profile_id, found, clock.now()) if found else None
    except (OperationalError, InterfaceError) as error:
        logger.warning("clm: store credit is not shown, the database is slow: %s", error)
        later.rest()
    except Exception:
        logger.exception("clm: store credit is not shown")
    return None


def profile_of(request: HttpRequest) -> int | None:
    """The profile whose credit this request may spend: the logged-in customer's; None: nobody's."""
    customer = customer_of(request)
    return profile_id_of(actor("customer", customer)) if customer else None


def _use(request: HttpRequest, profile_id: int, purchase: Basket, now: datetime) -> CreditUse:
    """At most four queries: programmes, lots, and two for the balance."""
    currency, total = purchase.total.currency, purchase.total.minor
    wish, bought = wish_of(request), wallet.purchase_of(purchase)
    found = wallet.quote(profile_id, bought, now=now, with_earning=False)
    amount, coin = 0, coin_of(currency, get_shop().decimal_places)
    if wish is not None and wish.currency == currency:
        amount = used(wish.minor, found.up_to_minor, total, coin=coin)
    balance = wallet.balance(profile_id, currency, now=now)
    return CreditUse(
        total=purchase.total,
        available=Money(balance.available_minor, currency),
        pending=Money(balance.pending_minor, currency),
        held=Money(balance.held_minor, currency),
        up_to=Money(used(None, found.up_to_minor, total, coin=coin), currency),
        amount=Money(amount, currency),
        good_until=good_until(balance.next_expiry_at),
        next_expiry=Money(balance.next_expiry_minor, currency),
        left_out=tuple(LeftOut(each.title, each.reason) for each in found.left_out),
        purchase=purchase,
    )


def good_until(end: datetime | None) -> str:
    """The end of credit as people read it, by the shop's clock: "24 March 2026, end of the day
    (GMT)"; "" for none."""
    return "" if end is None else statements.until(end, statements.zone_of(None))
