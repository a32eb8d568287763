"""Hold before any card is charged, capture with the order, release when it comes to nothing."""

from __future__ import annotations

import logging
import secrets
from typing import TYPE_CHECKING

from django.db import Error
from django.utils.translation import gettext as _

from clm_plugin.adapters.guard import hurried
from clm_plugin.adapters.tender.errors import CreditChanged, CreditUnavailable
from clm_plugin.adapters.tender.rules import coin_of, used
from clm_plugin.adapters.tender.wish import wish_of
from clm_plugin.conf import settings
from clm_plugin.exceptions import ClmError
from clm_plugin.money import Money
from clm_plugin.shop.api import get_shop, price
from clm_plugin.wallet import api as wallet

if TYPE_CHECKING:
    from datetime import datetime

    from django.http import HttpRequest

    from clm_plugin.shop.api import Basket

logger = logging.getLogger("clm_plugin")

PATIENCE_MS = 3_000
"""The longest that a shopper who pays with credit waits for a statement of ours, or for a lock."""


def hold_key(order_id: str) -> str:
    """A key for one attempt to pay an order. Order numbers come again after a failed attempt, and
    twice at once from two tabs: each attempt is a hold of its own."""
    return f"order:{order_id}:{secrets.token_hex(8)}"


def begin(
    *,
    profile_id: int | None,
    purchase: Basket,
    amount: Money,
    order_id: str,
    key: str,
    now: datetime,
) -> wallet.Held:
    """Set ``amount`` aside for an order that is about to be paid. Call it before any card.

    The rules are asked anew: the basket or the balance may have changed since the page was shown.
    The same key and amount again give the same hold, and one that is late is taken anew. Raises
    CreditChanged when so much cannot be used any more, CreditUnavailable when we fail; then
    nothing may be charged, and the error's text is for the shopper.
    """
    if profile_id is None:
        raise _changed(Money(0, amount.currency))
    expires_at = now + settings.CREDIT_HOLD
    coin = coin_of(amount.currency, get_shop().decimal_places)
    try:
        with hurried(PATIENCE_MS):
            bought = wallet.purchase_of(purchase)
            quote = wallet.quote(profile_id, bought, now=now, with_earning=False)
            up_to = used(None, quote.up_to_minor, purchase.total.minor, coin=coin)
            if up_to < amount.minor:
                raise _changed(Money(up_to, amount.currency))
            return wallet.hold(
                profile_id=profile_id,
                amount=amount,
                key=key,
                now=now,
                expires_at=expires_at,
                order_id=order_id,
                most=quote.most,
            )
    except wallet.NotEnough as error:
        # Taken by another tab between the question and the lock.
        left = used(error.available_minor, up_to, purchase.total.minor, coin=coin)
        raise _changed(Money(left, amount.currency)) from error
    except CreditChanged:
        raise
    except (ClmError, Error) as error:
        raise _unavailable(error) from error


def check_wish(request: HttpRequest, amount: Money) -> None:
    """Whether the shopper still wishes to use so much. Raises CreditChanged when she changed her
    mind in another tab: what this page showed is not what she would pay."""
    wish = wish_of(request)
    allowed = 0
    if wish is not None and wish.currency == amount.currency:
        allowed = amount.minor if wish.minor is None else wish.minor
    if amount.minor > allowed:
        raise _changed(Money(allowed, amount.currency))


def resume(*, key: str, order_id: str, now: datetime) -> None:
    """Go on with a payment that was sent elsewhere (a bank's page) and comes back.

    A hold that timed out meanwhile is taken anew. Call it before anything is captured. Raises
    CreditChanged when the credit is gone, CreditUnavailable when we fail.
    """
    try:
        with hurried(PATIENCE_MS):
            wallet.rehold(hold_key=key, now=now, expires_at=now + settings.CREDIT_HOLD)
    except wallet.NotEnough as error:
        raise _changed(Money(0, "XXX")) from error
    except (wallet.WalletError, Error) as error:
        raise _unavailable(error) from error


def complete(*, key: str, order_id: str, now: datetime) -> None:
    """Spend what was set aside. Call it in the transaction that writes the order.

    A hold that timed out is taken anew if the credit is still there. Raises CreditChanged or
    CreditUnavailable: the order must not stand, and what was charged goes back.
    """
    try:
        with hurried(PATIENCE_MS):
            try:
                wallet.capture(hold_key=key, now=now, order_id=order_id)
            except wallet.HoldClosed:
                wallet.rehold(hold_key=key, now=now, expires_at=now + settings.CREDIT_HOLD)
                wallet.capture(hold_key=key, now=now, order_id=order_id)
    except (wallet.WalletError, Error) as error:
        logger.warning("clm: order %s is not placed, its credit is gone: %s", order_id, error)
        raise CreditUnavailable(
            _(
                "Your store credit could not be used, so the order was not placed. Whatever was "
                "charged goes back to you: look at the total, and try again."
            )
        ) from error


def abandon(*, key: str, reason: str, now: datetime) -> None:
    """Give back what was set aside, when no order came of it. Never raises: the hold times out.

    Does nothing to a hold that was captured.
    """
    try:
        with hurried(PATIENCE_MS):
            wallet.release(hold_key=key, now=now, reason=reason)
    except wallet.HoldClosed:
        pass  # captured, or late and released already
    except Exception:
        logger.exception("clm: the hold %s is left to its time-out", key)


def _changed(up_to: Money) -> CreditChanged:
    if up_to.minor <= 0:
        text = _(
            "Your store credit cannot be used for this order any more. Nothing was charged: look "
            "at the new total, and place the order again."
        )
    else:
        text = _(
            "Only %(amount)s of your store credit can be used for this order now. Nothing was "
            "charged: look at the new total, and place the order again."
        ) % {"amount": price(up_to)}
    return CreditChanged(text, up_to=up_to)


def _unavailable(error: Exception) -> CreditUnavailable:
    logger.warning("clm: store credit could not be used: %s", error)
    return CreditUnavailable(
        _(
            "Store credit cannot be used at the moment. Nothing was charged, and your credit is "
            "safe: pay the whole amount in another way, or try again later."
        )
    )
