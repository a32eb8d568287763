"""What the ledger should do, as simply as it can be said: the books' opponent in ``test_books``.

Knows nothing of transactions, locks or SQL. One source gives one lot.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

from clm_plugin.money import allocate

Account = tuple[int, str]
"""(who it was opened for, programme)"""


@dataclass
class ModelLot:
    id: int
    account: Account
    granted: int
    left: int
    opens_at: datetime
    expires_at: datetime
    granted_at: datetime
    source: str
    held: int = 0
    used: int = 0
    """What orders took of it for good, and debts."""

    @property
    def free(self) -> int:
        return self.left - self.held

    @property
    def turn(self) -> tuple[object, ...]:
        return self.expires_at, self.granted_at, self.id


@dataclass
class ModelHold:
    key: str
    owner: int | None
    shares: dict[int, int]
    ends: datetime
    state: str = "pending"


@dataclass
class Model:
    now: datetime
    lots: dict[int, ModelLot] = field(default_factory=dict)
    owners: dict[Account, int | None] = field(default_factory=dict)
    debts: dict[Account, int] = field(default_factory=dict)
    holds: dict[str, ModelHold] = field(default_factory=dict)
    orders: dict[str, dict[int, int]] = field(default_factory=dict)
    """By order: what it took of each lot and did not give back."""
    asked: dict[str, int] = field(default_factory=dict)
    paid_back: dict[str, int] = field(default_factory=dict)
    """By source: what came back of it and paid the debt that its being taken back had made."""

    def of(self, person: int) -> list[ModelLot]:
        return [lot for lot in self.lots.values() if self.owners[lot.account] == person]

    def balance(self, person: int) -> tuple[int, int, int, int]:
        """(available, held, pending, debt)"""
        lives = [lot for lot in self.of(person) if lot.expires_at > self.now]
        return (
            sum(lot.free for lot in lives if lot.opens_at <= self.now),
            sum(lot.held for lot in lives),
            sum(lot.left for lot in lives if lot.opens_at > self.now),
            sum(debt for its, debt in self.debts.items() if self.owners[its] == person),
        )

    def grant(self, lot: ModelLot, person: int) -> None:
        self.owners.setdefault(lot.account, person)
        self.lots[lot.id] = lot
        for account in self.debts:
            if self.owners[account] == person and account[1] == lot.account[1]:
                paid = min(self.debts[account], lot.left)
                self.debts[account] -= paid
                lot.left -= paid
                lot.used += paid

    def take(self, minor: int, lots: list[ModelLot]) -> dict[int, int] | None:
        """How much of which lot; None: there is not enough."""
        shares: dict[int, int] = {}
        for lot in lots:
            part = min(minor - sum(shares.values()), lot.free)
            if part:
                shares[lot.id] = part
        return shares if sum(shares.values()) == minor else None

    def hold(self, person: int, minor: int) -> dict[int, int] | None:
        lots = [lot for lot in self.of(person) if lot.opens_at <= self.now < lot.expires_at]
        shares = self.take(minor, sorted(lots, key=lambda lot: lot.turn))
        for number, part in (shares or {}).items():
            self.lots[number].held += part
        return shares

    def void(self, hold: ModelHold) -> None:
        self.let_go(hold)
        for number, part in hold.shares.items():
            lot = self.lots[number]
            lot.left, lot.used = lot.left - part, lot.used + part
            self.come_back(lot, part)

    def let_go(self, hold: ModelHold) -> None:
        hold.state = "voided"
        for number, part in hold.shares.items():
            self.lots[number].held -= part

    def capture(self, hold: ModelHold, minor: int, order: str) -> None:
        self.let_go(hold)
        hold.state = "posted"
        taken = self.orders.setdefault(order, {})
        for number, part in hold.shares.items():
            paid = min(part, minor - sum(taken.values()))
            if paid:
                taken[number] = paid
            lot = self.lots[number]
            lot.left, lot.used = lot.left - part, lot.used + part
            self.come_back(lot, part - paid)

    def restored(self, order: str, minor: int | None) -> dict[int, int]:
        """What each lot gets back, expired or not."""
        left = self.orders.get(order, {})
        whole = sum(left.values())
        minor = whole if minor is None else min(minor, whole)
        if not minor:
            return {}
        parts = dict(zip(left, allocate(minor, list(left.values())), strict=True))
        for number, part in parts.items():
            left[number] -= part
        return {number: part for number, part in parts.items() if part}

    def come_back(self, lot: ModelLot, part: int) -> None:
        """A part of a lot is open again, and pays what is owed for this very credit."""
        room = self.asked.get(lot.source, 0) - self.paid_back.get(lot.source, 0)
        paid = min(part, room, self.debts.get(lot.account, 0))
        if paid:
            self.debts[lot.account] -= paid
            self.paid_back[lot.source] = self.paid_back.get(lot.source, 0) + paid
        lot.left += part - paid
        lot.used -= part - paid

    def deduct(self, person: int, programme: str, minor: int) -> dict[int, int] | None:
        lots = [
            lot
            for lot in self.of(person)
            if lot.account[1] == programme and lot.expires_at > self.now
        ]
        shares = self.take(minor, sorted(lots, key=lambda lot: (lot.opens_at > self.now, lot.turn)))
        for number, part in (shares or {}).items():
            self.lots[number].left -= part
        return shares

    def claw(self, source: str, minor: int | None) -> tuple[int, int]:
        """(from lots, as a debt)"""
        lots = [lot for lot in self.lots.values() if lot.source == source]
        used = sum(lot.used + lot.held for lot in lots) - self.asked.get(source, 0)
        free = sum(lot.free for lot in lots)
        most = max(0, free + used)
        minor = most if minor is None else min(minor, most)
        shares = self.take(
            min(minor, free),
            sorted(lots, key=lambda lot: (lot.opens_at, lot.turn), reverse=True),
        )
        assert shares is not None
        for number, part in shares.items():
            self.lots[number].left -= part
        debt = min(minor - sum(shares.values()), max(0, used))
        account = lots[0].account
        if self.owners[account] is None:
            debt = 0
        else:  # opened with the first claw-back, owing or not: the oldest is repaid first
            self.debts.setdefault(account, 0)
        if debt:
            self.debts[account] += debt
            self.asked[source] = self.asked.get(source, 0) + debt
        return sum(shares.values()), debt

    def pass_time(self, now: datetime) -> None:
        self.now = now
        for hold in self.holds.values():
            if hold.state == "pending" and hold.ends <= now:
                self.void(hold)
        for lot in self.lots.values():
            if lot.expires_at <= now:
                lot.left = lot.held

    def forget(self, person: int) -> None:
        hers = {lot.id for lot in self.of(person)}
        for hold in self.holds.values():
            if hold.state == "pending" and (hold.owner == person or hers & hold.shares.keys()):
                self.void(hold)
        for lot in self.of(person):
            lot.left = 0
            lot.source = "erased"
            for taken in self.orders.values():
                taken.pop(lot.id, None)
        for account, owner in self.owners.items():
            if owner == person:
                self.owners[account] = None
