"""The credit part of a refund goes back to the lots it came from."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import datetime

    from clm_plugin.money import Money


def give_back(
    *, order_id: str, amount: Money, key: str, now: datetime, reason: str, actor: str = ""
) -> int:
    """Re-open the lots that an order spent, by ``amount``; returns the minor units given back.

    Call it in the shop's own transaction of the refund. ``key`` names the refund: the same key
    again gives nothing twice. Never more than the order spent and has not got back. Raises
    WalletError, and then the shop's refund must not stand.
    """
    from clm_plugin.wallet import api as wallet

    return wallet.restore(
        order_id=order_id,
        amount_minor=amount.minor,
        key=key,
        now=now,
        grace=timedelta(days=14),
        reason=reason,
        actor=actor,
    ).amount_minor
