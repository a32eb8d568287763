"""What messages hand over their door; no Django."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from clm_plugin.money import Money


@dataclass(slots=True, kw_only=True)
class SendReport:
    """What one run of the sender did with the mails that were due."""

    sent: int = 0
    failed: int = 0
    suppressed: int = 0
    unknown: int = 0
    postponed: int = 0

    @property
    def claimed(self) -> int:
        """Mails this run took in hand; 0 means that nothing was due."""
        return self.sent + self.failed + self.suppressed + self.unknown + self.postponed


@dataclass(frozen=True, slots=True, kw_only=True)
class ConfirmedClick:
    """A click on a mail's link that a person's browser confirmed. ``at``: when it was clicked."""

    id: UUID
    campaign: str
    profile_id: int
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class DeliveryInfo:
    """A delivery as the console shows it; ``address`` and ``subject`` are personal data."""

    token: str
    campaign: str
    receipt_id: UUID
    step_id: str
    address: str
    subject: str
    state: str
    reason: str
    created_at: datetime
    ended_at: datetime | None
    clicked_at: datetime | None
    """First confirmed click."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Frozen:
    """A line of the basket as the mail had it: what the restore page may bring back."""

    product_id: str
    quantity: int
    title: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownLine:
    """A line that can still be bought, at the shop's price of now.

    Where fewer are in stock than the basket had, ``quantity`` and ``only_left`` are what is left.
    """

    product_id: str
    title: str
    quantity: int
    url: str
    image_url: str
    unit: Money
    only_left: int | None = None

    @property
    def total(self) -> Money:
        return Money(self.unit.minor * self.quantity, self.unit.currency)


@dataclass(frozen=True, slots=True, kw_only=True)
class Lines:
    """The lines of a basket against the shop of now: still to be had, sold out, gone."""

    shown: tuple[ShownLine, ...] = ()
    sold_out: tuple[str, ...] = ()
    """Titles."""
    gone: tuple[str, ...] = ()
    """Titles of products that are no longer in the shop."""
    frozen: tuple[Frozen, ...] = field(default=())

    @property
    def missing(self) -> int:
        return len(self.sold_out) + len(self.gone)

    @property
    def items(self) -> int:
        return sum(line.quantity for line in self.shown)
