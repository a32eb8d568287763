"""The credit part of a refund goes back to the lots it came from, and what the order earned goes.

A refund is named as the shop's records name it (``Refund.id``): the pipeline, which reads of the
same refund later, so finds it done.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.utils.translation import gettext_noop

from clm_plugin.wallet import api as wallet

if TYPE_CHECKING:
    from datetime import datetime

    from clm_plugin.money import Money

REASON = gettext_noop("Order refunded")


def give_back(
    *, order_id: str, amount: Money, refund_id: str, now: datetime, actor: str = ""
) -> int:
    """Re-open the lots that an order spent, by ``amount``; returns the minor units given back.

    Call it in the shop's own transaction of the refund. The same refund again gives nothing twice,
    and all refunds together never give more than the order spent; what has expired meanwhile gets
    days of grace. Raises WalletError, and then the shop's refund must not stand.
    """
    return wallet.restore(
        order_id=order_id,
        amount_minor=amount.minor,
        key=wallet.refund_key(refund_id),
        now=now,
        grace=wallet.grace_of(order_id),
        reason=REASON,
        actor=actor or "shop",
    ).amount_minor


def lost(*, order_id: str, refunded: Money) -> int:
    """Of what all refunds of an order gave back as store credit, the minor units that reached
    nobody: their owner was erased."""
    _paid, restored = wallet.paid_on([order_id]).get(order_id, (0, 0))
    return max(refunded.minor - restored, 0)


def take_back(
    *,
    order_id: str,
    refund_id: str,
    amount: Money,
    now: datetime,
    actor: str = "",
    before: Money | None = None,
) -> int:
    """Take back the share of the order's bonus that goes with a refund; returns the minor units to
    keep from it, where a programme's policy says that spent bonus comes off the refund.

    Call it before the money is sent, in the transaction of the refund. ``before``: what of the
    order was refunded earlier, as the shop knows it; without it what the plugin has heard of
    counts, which may lag behind. Raises WalletError.
    """
    return wallet.take_back(
        order_id=order_id,
        refund_id=refund_id,
        amount_minor=amount.minor,
        now=now,
        actor=actor or "shop",
        before_minor=None if before is None else before.minor,
    )
