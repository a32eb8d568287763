"""What happens to somebody's store credit. Recorded with the posting itself, by the wallet.

``programme`` is a programme's key, amounts are positive minor units of ``currency``, moments are
ISO 8601. ``lot_ids`` name the lots; ``transaction_id`` the ledger's transaction, 0 where nothing
was posted.
"""

from __future__ import annotations

from dataclasses import dataclass

from clm_plugin.events.payload import Payload


@dataclass(frozen=True, kw_only=True)
class CreditGranted(Payload):
    """Not spendable before ``opens_at``; ``source`` says what for: ``order``, ``event``, …"""

    type = "credit.granted"
    programme: str
    amount_minor: int
    currency: str
    transaction_id: int = 0
    lot_ids: tuple[int, ...] = ()
    opens_at: str = ""
    expires_at: str = ""
    source: str = ""
    order_id: str = ""


@dataclass(frozen=True, kw_only=True)
class CreditOpened(Payload):
    """The return window of what earned it has passed: it can be spent from now on."""

    type = "credit.opened"
    programme: str
    amount_minor: int
    currency: str
    lot_ids: tuple[int, ...] = ()
    expires_at: str = ""


@dataclass(frozen=True, kw_only=True)
class CreditExpiring(Payload):
    """What is left of a lot expires in ``days`` days (7, then 1)."""

    type = "credit.expiring"
    programme: str
    amount_minor: int
    currency: str
    lot_ids: tuple[int, ...] = ()
    expires_at: str = ""
    days: int = 0


@dataclass(frozen=True, kw_only=True)
class CreditExpired(Payload):
    type = "credit.expired"
    programme: str
    amount_minor: int
    currency: str
    transaction_id: int = 0
    lot_ids: tuple[int, ...] = ()


@dataclass(frozen=True, kw_only=True)
class CreditSpent(Payload):
    type = "credit.spent"
    programme: str
    amount_minor: int
    currency: str
    transaction_id: int = 0
    lot_ids: tuple[int, ...] = ()
    order_id: str = ""


@dataclass(frozen=True, kw_only=True)
class CreditRestored(Payload):
    """An order that was paid with it was refunded or cancelled: the same lots are open again."""

    type = "credit.restored"
    programme: str
    amount_minor: int
    currency: str
    transaction_id: int = 0
    lot_ids: tuple[int, ...] = ()
    order_id: str = ""
    expires_at: str = ""


@dataclass(frozen=True, kw_only=True)
class CreditClawedBack(Payload):
    """The order that earned it was refunded or cancelled, or a colleague took it away."""

    type = "credit.clawed_back"
    programme: str
    amount_minor: int
    currency: str
    transaction_id: int = 0
    lot_ids: tuple[int, ...] = ()
    order_id: str = ""


@dataclass(frozen=True, kw_only=True)
class ReferralConverted(Payload):
    """A friend the actor brought has ordered. Programmes can reward it; the shop tells it."""

    type = "referral.converted"
    order_id: str = ""
