"""Credit that was taken back while it was spent, or held, and is free again: it is not hers.

It pays the debt that was made for it, as far as nothing else did, and no debt of another source.
"""

from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import uuid4

from django.db.models import OuterRef, Q, Subquery, Sum

from clm_plugin.wallet.booking import Booking, Draft, claim
from clm_plugin.wallet.data import Source
from clm_plugin.wallet.models import Account, Lot, Posting

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from datetime import datetime

Debts = dict[tuple[int | None, str], Account]
"""By (who it was opened for, programme), locked."""
_BACK = "repay:back:"


def debts_beside(accounts: Iterable[int]) -> dict[int, int]:
    """By customer's account: the debt beside it, where there is one; one query, nothing locked."""
    debts = Account.objects.filter(
        purpose=Account.Purpose.DEBT,
        opened_for=OuterRef("opened_for"),
        programme=OuterRef("programme"),
    )
    rows = Account.objects.filter(pk__in=list(accounts), opened_for__isnull=False)
    found = rows.annotate(debt=Subquery(debts.values("pk")[:1])).exclude(debt=None)
    return dict(found.values_list("pk", "debt"))


def owing(locked: Mapping[int, Account]) -> Debts:
    """The debts among these accounts."""
    return {
        (its.opened_for, its.programme): its
        for its in locked.values()
        if its.purpose == Account.Purpose.DEBT and its.balance_minor
    }


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
