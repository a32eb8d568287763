"""What a page says about store credit and the basket, within the time a page can spare.

Never raises: when our side fails or is slow there is nothing to say, and the shop sells without.
"""

from __future__ import annotations

import logging
from dataclasses import replace
from typing import TYPE_CHECKING

from django.db import InterfaceError, OperationalError, connection

from clm_plugin import clock
from clm_plugin.adapters import later
from clm_plugin.adapters.guard import hurried
from clm_plugin.adapters.tender.data import CreditUse, LeftOut, WillEarn
from clm_plugin.adapters.tender.rules import used
from clm_plugin.adapters.tender.wish import wish_of
from clm_plugin.events.api import actor
from clm_plugin.money import Money
from clm_plugin.profiles.api import customer_of, profile_id_of
from clm_plugin.shop.api import get_shop
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

    None when there is nothing to say: no basket, no programme, a shop without store credit, a
    failure of ours. Only the logged-in customer's own credit is shown, never that of a device.
    """
    if connection.needs_rollback or later.is_resting():
        return None
    try:
        shop = get_shop()
        if not shop.supports_store_credit:
            return None
        with hurried():
            found = purchase() if purchase else shop.request_purchase(request)
            return _use(request, found, clock.now()) if found else None
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


def _use(request: HttpRequest, purchase: Basket, now: datetime) -> CreditUse:
    """Four queries for a guest who sees what she would earn, seven for a customer, and two more
    when she pays with credit: what credit pays earns nothing."""
    currency, total = purchase.total.currency, purchase.total.minor
    profile_id, wish = profile_of(request), wish_of(request)
    basket = wallet.purchase_of(purchase)
    found = wallet.quote(profile_id, basket, now=now)
    amount = 0
    if wish is not None and wish.currency == currency:
        amount = used(wish.minor, found.up_to_minor, total)
    earned = found
    if amount and found.will_earn:
        earned = wallet.quote(profile_id, replace(basket, paid_by_credit_minor=amount), now=now)
    balance = wallet.Balance(currency=currency)
    if profile_id is not None:
        balance = wallet.balance(profile_id, currency, now=now)
    return CreditUse(
        total=purchase.total,
        available=Money(balance.available_minor, currency),
        pending=Money(balance.pending_minor, currency),
        held=Money(balance.held_minor, currency),
        up_to=Money(used(None, found.up_to_minor, total), currency),
        amount=Money(amount, currency),
        is_customer=bool(customer_of(request)),
        next_expiry_at=balance.next_expiry_at,
        next_expiry=Money(balance.next_expiry_minor, currency),
        left_out=tuple(LeftOut(each.title, each.reason) for each in found.left_out),
        will_earn=tuple(WillEarn(name, Money(minor, currency)) for name, minor in earned.will_earn),
    )
