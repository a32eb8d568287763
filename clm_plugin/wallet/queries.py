"""Reading the ledger: one person's credit, one order's, the books of all programmes."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.db.models import Case, F, Q, Sum, When

from clm_plugin.wallet.data import Balance, Held, Kind, LotShare, Movement, Posted, Source, Total
from clm_plugin.wallet.data import Lot as LotData
from clm_plugin.wallet.holding import held
from clm_plugin.wallet.models import Account, Hold, Lot, Posting, Transaction
from clm_plugin.wallet.spreading import in_order

if TYPE_CHECKING:
    from collections.abc import Iterable

_Purpose = Account.Purpose


def lots(profile_id: int, *, now: datetime, spent: bool = False) -> list[LotData]:
    """Her lots that are open or open later, in the order in which they are spent; one query.

    ``spent``: those too of which nothing is left, or whose time is over, newest first after the
    others.
    """
    rows = Lot.objects.filter(account__profile=profile_id).select_related("account")
    if not spent:
        rows = rows.filter(Q(expires_at=None) | Q(expires_at__gt=now), remaining_minor__gt=0)
    found = [_lot(row) for row in sorted(rows, key=in_order)]
    left = [lot for lot in found if lot.remaining_minor and _lives(lot, now)]
    over = sorted((lot for lot in found if lot not in left), key=lambda lot: -lot.id)
    return left + over


def _lives(lot: LotData, now: datetime) -> bool:
    return lot.expires_at is None or lot.expires_at > now


def _lot(row: Lot) -> LotData:
    return LotData(
        id=row.pk,
        programme=row.account.programme,
        currency=row.account.currency,
        granted_minor=row.granted_minor,
        remaining_minor=row.remaining_minor,
        held_minor=row.held_minor,
        granted_at=row.granted_at,
        opens_at=row.opens_at,
        expires_at=row.expires_at,
        source=Source(row.source_kind, row.source_ref),
        reason=row.reason,
    )


def balances(profile_id: int, *, now: datetime) -> list[Balance]:
    """What she holds, by currency in alphabetical order; two queries."""
    found: dict[str, list[LotData]] = {}
    for lot in lots(profile_id, now=now):
        found.setdefault(lot.currency, []).append(lot)
    debts = {
        row["currency"]: -row["total"]
        for row in Account.objects.filter(profile=profile_id, purpose=_Purpose.DEBT)
        .values("currency")
        .annotate(total=Sum("balance_minor"))
    }
    return [
        _balance(currency, found.get(currency, []), debts.get(currency, 0), now)
        for currency in sorted({*found, *(its for its, minor in debts.items() if minor)})
    ]


def balance(profile_id: int, currency: str, *, now: datetime) -> Balance:
    """What she holds in one currency; zeros when that is nothing."""
    every = {each.currency: each for each in balances(profile_id, now=now)}
    return every.get(currency, Balance(currency=currency))


def _balance(currency: str, its: list[LotData], debt: int, now: datetime) -> Balance:
    open_ = [lot for lot in its if lot.is_open(now)]
    pending = [lot for lot in its if lot.is_pending(now)]
    ends = [lot.expires_at for lot in open_ if lot.expires_at is not None and lot.free_minor]
    expiry, opening = min(ends, default=None), min((lot.opens_at for lot in pending), default=None)
    return Balance(
        currency=currency,
        available_minor=sum(lot.free_minor for lot in open_),
        pending_minor=sum(lot.remaining_minor for lot in pending),
        held_minor=sum(lot.held_minor for lot in its),
        debt_minor=debt,
        next_expiry_at=expiry,
        next_expiry_minor=sum(
            lot.free_minor for lot in open_ if expiry is not None and lot.expires_at == expiry
        ),
        next_opening_at=opening,
        next_opening_minor=sum(lot.remaining_minor for lot in pending if lot.opens_at == opening),
    )


def history(profile_id: int, *, before: int | None = None, limit: int = 50) -> list[Movement]:
    """What happened to her credit, newest first; ``before`` is the last transaction of the page
    before. One query.

    An order that was paid with credit of two programmes is two movements of one transaction.
    """
    rows = Posting.objects.filter(account__profile=profile_id)
    if before is not None:
        rows = rows.filter(transaction__lt=before)
    found = (
        rows.values(
            "transaction_id",
            "transaction__at",
            "transaction__kind",
            "transaction__currency",
            "transaction__reason",
            "transaction__actor",
            "transaction__order_id",
            "transaction__source_kind",
            "transaction__source_ref",
            "account__programme",
        )
        .annotate(
            credit=Sum("amount_minor", filter=Q(account__purpose=_Purpose.CUSTOMER)),
            debt=Sum("amount_minor", filter=Q(account__purpose=_Purpose.DEBT)),
        )
        .order_by("-transaction_id", "account__programme")[:limit]
    )
    return [_movement(row) for row in found]


def _movement(row: Any) -> Movement:
    kind: Kind = row["transaction__kind"]
    # What is owed is told once as it is made, and taken when it is paid: a repayment moves as much
    # from the credit as to the debt.
    owed = 0 if kind == "repay" else -(row["debt"] or 0)
    return Movement(
        transaction_id=row["transaction_id"],
        at=row["transaction__at"],
        kind=kind,
        amount_minor=row["credit"] or 0,
        owed_minor=owed,
        programme=row["account__programme"],
        currency=row["transaction__currency"],
        reason=row["transaction__reason"],
        actor=row["transaction__actor"],
        order_id=row["transaction__order_id"],
        source=Source(row["transaction__source_kind"], row["transaction__source_ref"]),
    )


def held_for(order_id: str) -> tuple[Held, ...]:
    """The holds for an order, whatever became of them, oldest first."""
    rows = Hold.objects.filter(order_id=order_id).order_by("id") if order_id else ()
    return tuple(held(row) for row in rows)


def hold_of(key: str) -> Held | None:
    """The hold of a key."""
    row = Hold.objects.filter(key=key).first()
    return None if row is None else held(row)


def spent_on(order_id: str) -> Posted | None:
    """What an order was paid with, as it was captured: refunds are not taken off. None: nothing."""
    legs = list(
        Posting.objects.filter(
            transaction__order_id=order_id, transaction__kind="capture", lot__isnull=False
        )
        .order_by("id")
        .values_list(
            "transaction_id", "transaction__currency", "lot_id", "account__programme",
            "amount_minor",
        )
    )  # fmt: skip
    if not order_id or not legs:
        return None
    return Posted(
        transaction_id=legs[0][0],
        kind="capture",
        amount_minor=-sum(leg[4] for leg in legs),
        currency=legs[0][1],
        shares=tuple(LotShare(lot, its, -minor) for _, _, lot, its, minor in legs),
    )


def paid_on(order_ids: Iterable[str]) -> dict[str, tuple[int, int]]:
    """Minor units (captured, restored since) by order, for those that were paid with credit."""
    rows = (
        Transaction.objects.filter(order_id__in=list(order_ids), kind__in=["capture", "restore"])
        .filter(postings__lot__isnull=False)
        .values("order_id", "kind")
        .annotate(total=Sum("postings__amount_minor"))
    )
    found: dict[str, tuple[int, int]] = {}
    for row in rows:
        captured, restored = found.get(row["order_id"], (0, 0))
        if row["kind"] == "capture":
            captured -= row["total"]
        else:
            restored += row["total"]
        found[row["order_id"]] = (captured, restored)
    return found


def totals() -> list[Total]:
    """The books by programme: what was issued, what became of it, what is owed to customers."""
    purpose = {p: Sum("amount_minor", filter=Q(account__purpose=p), default=0) for p in _Purpose}
    rows: Any = (
        Posting.objects.values(programme=F("account__programme"), currency=F("account__currency"))
        .annotate(**{f"{p}_sum": total for p, total in purpose.items()})
        .order_by("programme")
    )
    return [
        Total(
            programme=row["programme"],
            currency=row["currency"],
            issued_minor=-row["issued_sum"],
            redeemed_minor=row["redeemed_sum"],
            expired_minor=row["expired_sum"],
            clawed_back_minor=row["clawed_back_sum"],
            debt_minor=-row["debt_sum"],
            liability_minor=row["customer_sum"],
        )
        for row in rows
    ]


def liability(*, now: datetime) -> dict[str, tuple[int, int]]:
    """What is owed to customers by currency: (open or held, opens later), from the lots."""
    minor = F("remaining_minor")
    rows = (
        Lot.objects.filter(remaining_minor__gt=0)
        .values(currency=F("account__currency"))
        .annotate(
            now=Sum(Case(When(opens_at__lte=now, then=minor), default=0)),
            later=Sum(Case(When(opens_at__gt=now, then=minor), default=0)),
        )
        .order_by("currency")
    )
    return {row["currency"]: (row["now"], row["later"]) for row in rows}
