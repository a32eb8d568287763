"""What crosses the wallet's door. Amounts are minor units of ``currency``. Frozen; no framework."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

Kind = Literal["grant", "capture", "expire", "claw_back", "restore", "deduct", "reverse", "repay"]
"""What a transaction is. ``repay``: part of a new grant that paid a debt of the same programme."""
HoldState = Literal["pending", "posted", "voided"]
Policy = Literal["lot", "debt", "reduce_refund"]
"""What a refund takes back beyond what is left in the lot: nothing; a debt against future bonus of
the programme; nothing here, and the caller keeps it from the money that she refunds."""


@dataclass(frozen=True, slots=True)
class Source:
    """Where credit comes from: ``Source("order", "100234")``, ``Source("campaign", "welcome")``."""

    kind: str = ""
    reference: str = ""


NO_SOURCE = Source()


@dataclass(frozen=True, slots=True, kw_only=True)
class Lot:
    """Credit of one grant. Spendable exactly when ``opens_at <= now < expires_at`` (None: never
    expires). ``free_minor`` is what is neither spent nor held."""

    id: int
    programme: str
    currency: str
    granted_minor: int
    remaining_minor: int
    held_minor: int
    granted_at: datetime
    opens_at: datetime
    expires_at: datetime | None
    source: Source
    reason: str

    @property
    def free_minor(self) -> int:
        return self.remaining_minor - self.held_minor

    def is_open(self, now: datetime) -> bool:
        return self.opens_at <= now and (self.expires_at is None or now < self.expires_at)

    def is_pending(self, now: datetime) -> bool:
        return now < self.opens_at


@dataclass(frozen=True, slots=True)
class LotShare:
    """A part of an amount, and the lot it comes from or goes to. ``amount_minor`` is positive."""

    lot_id: int
    programme: str
    amount_minor: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Balance:
    """What a person holds in one currency, over all programmes.

    ``available`` can be spent now, ``pending`` opens later, ``held`` waits for an order that is
    being paid, ``debt`` (positive) is taken out of future bonus. ``next_*``: what expires and what
    opens next; None and 0 when nothing does.
    """

    currency: str
    available_minor: int = 0
    pending_minor: int = 0
    held_minor: int = 0
    debt_minor: int = 0
    next_expiry_at: datetime | None = None
    next_expiry_minor: int = 0
    next_opening_at: datetime | None = None
    next_opening_minor: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Posted:
    """A transaction of the ledger. ``amount_minor`` is positive, its direction is in ``kind``.

    ``repeated``: the key was used before with the same parameters, and this is the first answer.
    ``transaction_id`` is None when there was nothing to do (a restore of what is restored already).
    """

    transaction_id: int | None
    kind: Kind
    amount_minor: int
    currency: str
    shares: tuple[LotShare, ...] = ()
    repeated: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Held:
    """Credit set aside for an order that is being paid."""

    key: str
    state: HoldState
    amount_minor: int
    currency: str
    expires_at: datetime
    order_id: str
    shares: tuple[LotShare, ...] = ()
    repeated: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class ClawedBack:
    """What a refund took back: from the lot, as a debt, and what the caller keeps from the refund
    (``owed_minor``, policy ``reduce_refund``)."""

    transaction_id: int | None
    currency: str
    lot_minor: int = 0
    debt_minor: int = 0
    owed_minor: int = 0
    shares: tuple[LotShare, ...] = ()
    repeated: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Movement:
    """A line of somebody's history; ``amount_minor`` is signed as she sees it, and all of them add
    up to what she has. ``owed_minor``: what became a debt that later credit pays; below nought:
    what she owes no more."""

    transaction_id: int
    at: datetime
    kind: Kind
    amount_minor: int
    programme: str
    currency: str
    reason: str
    actor: str
    order_id: str
    source: Source
    owed_minor: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class News:
    """Something that happened to somebody's credit of one programme, told to whoever ``hear``s
    (``telling``), in the transaction that did it.

    ``kind``: that of the transaction, or ``opened`` or ``expiring`` (``days`` before), which post
    nothing. ``profile_id`` is None when the owner is erased. ``amount_minor`` is positive.
    """

    kind: Kind | Literal["opened", "expiring"]
    profile_id: int | None
    programme: str
    currency: str
    amount_minor: int
    at: datetime
    transaction_id: int | None = None
    lot_ids: tuple[int, ...] = ()
    opens_at: datetime | None = None
    expires_at: datetime | None = None
    days: int = 0
    order_id: str = ""
    source: Source = NO_SOURCE


@dataclass(frozen=True, slots=True, kw_only=True)
class Total:
    """The books of one programme: what was ever issued, what became of it, what is still owed to
    customers. Positive amounts; ``issued - redeemed - expired - clawed_back + debt == liability``.
    """

    programme: str
    currency: str
    issued_minor: int
    redeemed_minor: int
    expired_minor: int
    clawed_back_minor: int
    debt_minor: int
    liability_minor: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Check:
    """One line of a proof. ``offenders`` says in words which rows are wrong, the first few."""

    name: str
    looked_at: int
    wrong: int = 0
    offenders: tuple[str, ...] = ()
    skipped: str = ""
    """Why it was not made; empty: it was."""

    @property
    def ok(self) -> bool:
        return not self.wrong


@dataclass(frozen=True, slots=True, kw_only=True)
class Proof:
    """That the books are right as of ``at``, or where they are not."""

    at: datetime
    checks: tuple[Check, ...] = field(default=())
    seconds: float = 0.0

    @property
    def ok(self) -> bool:
        return all(check.ok for check in self.checks)
