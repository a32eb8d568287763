"""The proof of everything that is counted: the books of store credit, and the limits of offers.

The wallet proves and keeps the proof; floors above it bring their claims.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from clm_plugin.offers import api as offers
from clm_plugin.wallet import api as wallet

if TYPE_CHECKING:
    from datetime import datetime


def prove(*, now: datetime, orders_since: datetime | None = None) -> wallet.Proof:
    """Prove all of it, keep the proof, raise the alarm when it failed: see ``wallet.prove``."""
    return wallet.prove(now=now, orders_since=orders_since, more=offers.CLAIMS)
