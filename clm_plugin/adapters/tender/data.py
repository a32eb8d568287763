"""What pages say about store credit. Frozen; no framework."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from clm_plugin.money import Money

if TYPE_CHECKING:
    from clm_plugin.shop.api import Basket


@dataclass(frozen=True, slots=True)
class LeftOut:
    """A line that credit cannot pay, and why, in the shopper's words; "" for all of them."""

    title: str
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CreditUse:
    """Store credit and one purchase: what there is, what of it can be used, and what is used.

    ``amount`` and ``rest`` add up to ``total``.
    """

    total: Money
    available: Money
    pending: Money
    held: Money
    """Waits for another order that is being paid."""
    up_to: Money
    """The most that can be used here: the balance, less what the programmes' rules leave out."""
    amount: Money
    """What will be paid with credit: nothing until the shopper says so."""
    next_expiry: Money | None = None
    good_until: str = ""
    """When ``next_expiry`` ends, by the shop's clock, in words; empty: never."""
    left_out: tuple[LeftOut, ...] = ()
    purchase: Basket | None = field(default=None, repr=False, compare=False)
    """What is bought, as it was priced for this: others on the page need not price it again."""

    @property
    def rest(self) -> Money:
        """What is left to be paid by other means."""
        return self.total - self.amount

    @property
    def is_used(self) -> bool:
        return self.amount.minor > 0

    @property
    def is_shown(self) -> bool:
        """Whether there is anything to say."""
        return bool(self.available.minor or self.held.minor or self.pending.minor)
