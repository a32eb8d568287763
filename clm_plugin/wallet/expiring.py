"""What time makes due: lots that expire, holds nobody came back for, notices to owners.

Each is a batch in the caller's transaction and takes no row that somebody else has: a shopper who
pays never waits for a sweep in a circle. What was busy is found by the next one.
"""

from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import uuid4

from django.db import transaction
from django.db.models import Case, F, Min, Q, When

from clm_plugin.wallet.accounts import lock, shop_accounts
from clm_plugin.wallet.booking import Booking
from clm_plugin.wallet.data import News, Source
from clm_plugin.wallet.holding import void
from clm_plugin.wallet.models import Account, Hold, Lot, Transaction
from clm_plugin.wallet.notices import due_notices, next_notice
from clm_plugin.wallet.telling import tell

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

_LIMIT = 500
_FREE = Q(remaining_minor__gt=F("held_minor")) | Q(held_minor=0)
"""Not a lot of which all that is left is held."""
TIMED_OUT = "timed out"


def expire_due(*, now: datetime, limit: int = _LIMIT) -> int:
    """Expire what is left, and not held, of lots whose time is over; returns how many were over
    (spent ones too, which are not looked at again)."""
    with transaction.atomic():
        over = Lot.objects.filter(_FREE, due_at__lte=now, expires_at__lte=now)
        due = dict(over.order_by("due_at", "id").values_list("id", "account_id")[:limit])
        accounts = lock(due.values(), skip=True)
        # Read again: what somebody spent or held before we had the lock is gone.
        lots = list(over.filter(pk__in=due, account__in=accounts))
        expire(lots, accounts, now=now, reason="expired", actor="expiry")
        done = Lot.objects.filter(pk__in=[lot.pk for lot in lots])
        # A part that is held is looked at again when it is let go.
        done.update(due_at=Case(When(held_minor=0, then=None), default=F("expires_at")))
    return len(lots)


def expire(
    lots: Iterable[Lot], accounts: dict[int, Account], *, now: datetime, reason: str, actor: str
) -> None:
    """Expire what is left, and not held, of these lots, whose accounts the caller locked."""
    lots = [lot for lot in lots if lot.remaining_minor > lot.held_minor]
    made = Transaction.objects.bulk_create(
        [
            Transaction(
                # Not the lot's: a part that was held may follow. Lots are due once by what is left.
                kind="expire", key=f"expire:{lot.pk}:{uuid4().hex}", fingerprint="",
                programme=accounts[lot.account_id].programme,
                currency=accounts[lot.account_id].currency, at=now, reason=reason, actor=actor,
                source_kind=lot.source_kind, source_ref=lot.source_ref,
            )
            for lot in lots
        ]
    )  # fmt: skip
    shops: dict[str, dict[str, int]] = {}
    booking, news = Booking(), []
    for row, lot in zip(made, lots, strict=True):
        programme, minor = row.programme, lot.remaining_minor - lot.held_minor
        if programme not in shops:
            shops[programme] = shop_accounts(programme, row.currency, counted=False)
        booking.post(row.pk, lot.account_id, -minor, lot=lot.pk)
        booking.post_shop(row.pk, shops[programme], Account.Purpose.EXPIRED, minor, programme)
        news.append(
            News(
                kind="expire", profile_id=accounts[lot.account_id].profile_id,
                programme=programme, currency=row.currency, amount_minor=minor, at=now,
                transaction_id=row.pk, lot_ids=(lot.pk,), expires_at=lot.expires_at,
                source=Source(lot.source_kind, lot.source_ref),
            )
        )  # fmt: skip
    booking.write()
    tell(news)


def release_due(*, now: datetime, limit: int = _LIMIT) -> int:
    """Release holds whose time is over: what a crash, or a shopper who left, did not. How many."""
    with transaction.atomic():
        late = Hold.objects.filter(state=Hold.State.PENDING, expires_at__lte=now)
        rows = late.order_by("expires_at", "id").select_for_update(no_key=True, skip_locked=True)
        return void(rows[:limit], reason=TIMED_OUT, now=now, skip=True)


def notice_due(*, now: datetime, limit: int = _LIMIT) -> int:
    """Tell (``telling.hear``) of lots that opened, or that expire in 7 days or 1; how many lots."""
    with transaction.atomic():
        alive = Q(expires_at=None) | Q(expires_at__gt=now)
        due = Lot.objects.filter(alive, due_at__lte=now).select_related("account")
        due = due.order_by("due_at", "id")
        lots = list(due.select_for_update(no_key=True, skip_locked=True, of=("self",))[:limit])
        news = []
        for lot in lots:
            assert lot.due_at is not None
            told = due_notices(lot.opens_at, lot.expires_at, since=lot.due_at, now=now)
            if lot.remaining_minor and lot.account.profile_id is not None:
                news += [
                    News(
                        kind=kind, days=days, profile_id=lot.account.profile_id,
                        programme=lot.account.programme, currency=lot.account.currency,
                        amount_minor=lot.remaining_minor, at=now, lot_ids=(lot.pk,),
                        opens_at=lot.opens_at, expires_at=lot.expires_at,
                        source=Source(lot.source_kind, lot.source_ref),
                    )
                    for kind, days in told
                ]  # fmt: skip
            lot.due_at = next_notice(lot.opens_at, lot.expires_at, after=now)
        Lot.objects.bulk_update(lots, ["due_at"])
        tell(news)
    return len(lots)


def next_due() -> datetime | None:
    """When one of these will next have something to do; None: nothing waits."""
    lots, holds = Lot.objects.order_by(), Hold.objects.filter(state=Hold.State.PENDING)
    times = (
        holds.aggregate(at=Min("expires_at"))["at"],
        lots.filter(_FREE | ~Q(due_at=F("expires_at"))).aggregate(at=Min("due_at"))["at"],
    )
    return min((at for at in times if at is not None), default=None)
