"""Credit that was taken back while it was spent, or held, and is free again: it is not hers.

It pays the debt that was made for it, as far as nothing else did, and no debt of another source.
"""

from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import uuid4

from django.db.models import Q, Sum

from clm_plugin.wallet.booking import Booking, Draft, claim
from clm_plugin.wallet.data import Source
from clm_plugin.wallet.models import Account, Lot, Posting

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

Debts = dict[tuple[int | None, str], Account]
"""By (who it was opened for, programme)."""
_BACK = "repay:back:"


def debts_beside(locked: Iterable[Account]) -> Debts:
    """What is owed beside these accounts of customers, which the caller locked; one query.

    Whoever touches a debt has the account beside it locked, so these are locked as well, and one
    that was made while the caller waited is among them.
    """
    found = _beside(locked, Account.Purpose.DEBT)
    return {name: row for name, row in found.items() if row.balance_minor}


def customers_beside(debts: Iterable[Account]) -> set[int]:
    """The accounts to lock with these debts; one query. Beside an erased person's is none."""
    return {row.pk for row in _beside(debts, Account.Purpose.CUSTOMER).values()}


def _beside(accounts: Iterable[Account], purpose: str) -> Debts:
    """The others of the same people and programmes."""
    names = {(its.opened_for, its.programme) for its in accounts if its.opened_for is not None}
    rows = Account.objects.filter(purpose=purpose, opened_for__in={name for name, _ in names})
    found = {(row.opened_for, row.programme): row for row in rows}
    return {name: row for name, row in found.items() if name in names}


def pay_back(
    booking: Booking,
    freed: Iterable[tuple[Lot, int]],
    debts: Debts,
    *,
    at: datetime,
    reason: str,
    actor: str,
) -> None:
    """Pay these debts out of what is free again of lots, as far as it was taken back. Each is a
    transaction of its own; one query, none without debts."""
    if not debts:
        return
    rooms = _owed_by_source(debts.values())
    for lot, part in freed:
        debt = debts.get((lot.account.opened_for, lot.account.programme))
        if debt is None:
            continue
        its = (debt.pk, lot.source_kind, lot.source_ref)
        minor = min(part, -debt.balance_minor, rooms.get(its, 0))
        if minor <= 0:
            continue
        rooms[its] -= minor
        debt.balance_minor += minor
        number = claim(
            Draft(
                kind="repay", programme=debt.programme, currency=debt.currency, fingerprint="",
                key=f"{_BACK}{lot.pk}:{uuid4().hex}", at=at, reason=reason, actor=actor,
                source=Source(lot.source_kind, lot.source_ref),
            )
        )  # fmt: skip
        assert number is not None
        booking.post(number, lot.account_id, -minor, lot=lot.pk)
        booking.post(number, debt.pk, minor)


def pay_back_released(
    booking: Booking,
    released: Iterable[tuple[int, int]],
    debts: Debts,
    *,
    at: datetime,
    reason: str,
) -> None:
    """The same of what a hold let go of: (lot's number, minor units)."""
    if debts:
        freed = list(released)
        lots = Lot.objects.select_related("account").in_bulk([number for number, _ in freed])
        let_go = [(lots[number], minor) for number, minor in freed]
        pay_back(booking, let_go, debts, at=at, reason=reason, actor="checkout")


def _owed_by_source(debts: Iterable[Account]) -> dict[tuple[int, str, str], int]:
    """By debt and source: what was made a debt, less what came back for it."""
    made = Q(transaction__kind="claw_back", transaction__reversed_by=None)
    back = Q(transaction__kind="repay", transaction__key__startswith=_BACK)
    rows = Posting.objects.filter(made | back, account__in=[debt.pk for debt in debts])
    found = rows.values_list("account_id", "transaction__source_kind", "transaction__source_ref")
    return {
        (account, kind, reference): -minor
        for account, kind, reference, minor in found.order_by().annotate(Sum("amount_minor"))
    }
