"""Taking back what an order earned when it is refunded or cancelled."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.db import transaction
from django.db.models import Q, Sum

from clm_plugin.wallet.accounts import debt_account, lock, shop_accounts
from clm_plugin.wallet.booking import Booking, Draft, check_key, claim
from clm_plugin.wallet.checking import fingerprint, sane_key, sane_minor
from clm_plugin.wallet.data import ClawedBack, LotShare, News, Source
from clm_plugin.wallet.errors import BadAmount
from clm_plugin.wallet.models import Account, HoldShare, Lot, Posting, Transaction
from clm_plugin.wallet.spreading import in_order
from clm_plugin.wallet.telling import tell

if TYPE_CHECKING:
    from datetime import datetime

    from django.db.models import QuerySet

    from clm_plugin.wallet.data import Policy

_Purpose = Account.Purpose
_SPENT = ("capture", "restore", "repay")
"""What takes from a lot for the customer's good, and gives back to it."""


def claw_back(
    *,
    source: Source,
    amount_minor: int | None,
    key: str,
    policy: Policy,
    now: datetime,
    reason: str,
    actor: str,
    programme: str | None = None,
) -> ClawedBack:
    """Take back what a source gave (``amount_minor`` None: all of it).

    First what is not open yet, then what is left, never what is held for another order; what was
    spent since by ``policy``: not at all (``lot``), as a debt that only future bonus of the
    programme pays (``debt``), or out of the money the caller refunds (``reduce_refund``, told as
    ``owed_minor``). What expired is not asked for, and nothing is taken twice, whatever the keys.
    ``programme`` narrows it to one. Raises BadAmount, KeyConflict.
    """
    if amount_minor is not None:
        sane_minor(amount_minor)
    mark = fingerprint("claw_back", source, amount_minor, policy, programme)
    if Transaction.objects.filter(key=sane_key(key)).exists():
        return _answer(check_key(key, mark))
    lots = Lot.objects.filter(source_kind=source.kind, source_ref=source.reference)
    if programme is not None:
        lots = lots.filter(account__programme=programme)
    with transaction.atomic():
        claw = _look(lots, source, policy)
        if claw is None:
            return ClawedBack(transaction_id=None, currency="")
        taken, debts, owed = claw.split(amount_minor)
        if not (taken or debts or owed):
            return ClawedBack(transaction_id=None, currency=claw.currency)
        programmes = {account.programme for account in claw.accounts.values()}
        number = claim(
            Draft(
                kind="claw_back", currency=claw.currency, key=key, fingerprint=mark, at=now,
                programme=min(programmes) if len(programmes) == 1 else "", reason=reason,
                actor=actor, source=source, owed_minor=owed,
            )
        )  # fmt: skip
        if number is None:  # the same at once: it was done while we waited for the accounts
            return _answer(Transaction.objects.get(key=key))
        claw.book(number, taken, debts)
        tell(claw.news(number, taken, debts, now, source))
        return _answer(Transaction.objects.get(pk=number), repeated=False)


@dataclass(slots=True)
class _Claw:
    """What a source gave, with everything locked."""

    lots: list[Lot]
    accounts: dict[int, Account]
    """Of its customers, by id; whoever holds them may touch the debts beside them."""
    debt_of: dict[int, int]
    """Customer's account -> debt account; none where the policy makes no debt."""
    shops: dict[str, dict[str, int]]
    spent: dict[int, int]
    """By customer's account: what was spent, or is held, of these lots."""
    asked: int
    """What was made a debt, or kept from a refund, before."""
    keeps: bool

    @property
    def currency(self) -> str:
        return next(iter(self.accounts.values())).currency

    def split(self, minor: int | None) -> tuple[list[tuple[Lot, int]], dict[int, int], int]:
        """(from which lots, debt by customer's account, owed)."""
        free = sum(lot.remaining_minor - lot.held_minor for lot in self.lots)
        # What was asked for and came back since is in the lots again: it is not asked for twice.
        most = max(0, free + sum(self.spent.values()) - self.asked)
        wanted = most if minor is None else min(minor, most)
        taken: list[tuple[Lot, int]] = []
        left = wanted
        for lot in self.lots:
            part = min(left, lot.remaining_minor - lot.held_minor)
            if part > 0:
                taken.append((lot, part))
                left -= part
        if self.keeps:
            return taken, {}, left
        debts: dict[int, int] = {}
        for account in sorted(self.debt_of):
            part = min(left, self.spent.get(account, 0))
            if part > 0:
                debts[account] = part
                left -= part
        return taken, debts, 0

    def book(self, number: int, taken: list[tuple[Lot, int]], debts: dict[int, int]) -> None:
        booking = Booking()
        back: dict[str, int] = {}
        for lot, part in taken:
            booking.post(number, lot.account_id, -part, lot=lot.pk)
            its = self.accounts[lot.account_id].programme
            back[its] = back.get(its, 0) + part
        for account, part in debts.items():
            booking.post(number, self.debt_of[account], -part)
            its = self.accounts[account].programme
            back[its] = back.get(its, 0) + part
        for its, part in sorted(back.items()):
            booking.post_shop(number, self.shops[its], _Purpose.CLAWED_BACK, part, its)
        booking.write()

    def news(
        self,
        number: int,
        taken: list[tuple[Lot, int]],
        debts: dict[int, int],
        now: datetime,
        source: Source,
    ) -> list[News]:
        """One for each person and programme that something was taken from."""
        minor: dict[tuple[str, int], int] = {}
        lots: dict[tuple[str, int], list[int]] = {}
        for pk, lot_id, part in (
            *((lot.account_id, lot.pk, part) for lot, part in taken),
            *((pk, 0, part) for pk, part in debts.items()),
        ):
            whose = self.accounts[pk].programme, self.accounts[pk].profile_id or 0
            minor[whose] = minor.get(whose, 0) + part
            lots.setdefault(whose, []).extend([lot_id] if lot_id else [])
        return [
            News(
                kind="claw_back", profile_id=owner or None, programme=programme,
                currency=self.currency, amount_minor=minor[programme, owner], at=now,
                transaction_id=number, source=source, lot_ids=tuple(lots[programme, owner]),
            )
            for programme, owner in sorted(minor)
        ]  # fmt: skip


def _look(lots: QuerySet[Lot], source: Source, policy: Policy) -> _Claw | None:
    """Lock all that is concerned, then read it. None: this source gave nothing."""
    found = Account.objects.filter(lots__in=lots).distinct()
    accounts = {account.pk: account for account in found}
    if not accounts:
        return None
    if len({account.currency for account in accounts.values()}) > 1:
        raise BadAmount("this source gave credit in several currencies; name the programme")
    programmes = sorted({(its.programme, its.currency) for its in accounts.values()})
    shops = {programme: shop_accounts(programme, currency) for programme, currency in programmes}
    locked = lock(accounts)
    debt_of: dict[int, int] = {}
    # Opened beside what is locked: whose it is by now. Somebody who was erased owes nothing.
    if policy == "debt":
        debt_of = {pk: debt_account(its).pk for pk, its in locked.items() if its.opened_for}
    rows = list(lots)
    return _Claw(
        # What is not open yet goes first; then what she would spend last.
        lots=sorted(rows, key=lambda lot: (lot.opens_at, in_order(lot)), reverse=True),
        accounts=locked,
        debt_of=debt_of,
        shops=shops,
        spent=_spent(rows),
        asked=_asked(source, [programme for programme, _ in programmes]),
        keeps=policy == "reduce_refund",
    )


def _spent(lots: list[Lot]) -> dict[int, int]:
    rows = Posting.objects.filter(lot__in=lots, transaction__kind__in=_SPENT)
    found = {row["account_id"]: -row["total"] for row in _totals(rows)}
    held = HoldShare.objects.filter(lot__in=lots, hold__state="pending")
    for account, minor in held.values_list("lot__account_id", "amount_minor"):
        found[account] = found.get(account, 0) + minor
    return found


def _totals(rows: QuerySet[Posting]) -> list[dict[str, int]]:
    totals: list[dict[str, int]] = list(
        rows.values("account_id").annotate(total=Sum("amount_minor"))  # type: ignore[arg-type]
    )
    return totals


def _asked(source: Source, programmes: list[str]) -> int:
    before = Transaction.objects.filter(
        kind="claw_back",
        source_kind=source.kind,
        source_ref=source.reference,
        programme__in=[*programmes, ""],
        reversed_by=None,
    )
    owed = before.aggregate(total=Sum("owed_minor"))["total"] or 0
    debts = Posting.objects.filter(transaction__in=before, account__purpose=_Purpose.DEBT)
    return int(owed) - int(debts.aggregate(total=Sum("amount_minor"))["total"] or 0)


def _answer(row: Transaction, *, repeated: bool = True) -> ClawedBack:
    legs = Posting.objects.filter(transaction=row).filter(
        Q(lot__isnull=False) | Q(account__purpose=_Purpose.DEBT)
    )
    found = list(legs.order_by("id").values_list("lot_id", "account__programme", "amount_minor"))
    shares = tuple(LotShare(lot, its, -minor) for lot, its, minor in found if lot is not None)
    return ClawedBack(
        transaction_id=row.pk,
        currency=row.currency,
        lot_minor=sum(share.amount_minor for share in shares),
        debt_minor=-sum(minor for lot, _, minor in found if lot is None),
        owed_minor=row.owed_minor,
        shares=shares,
        repeated=repeated,
    )
