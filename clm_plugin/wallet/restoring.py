"""Giving back what an order spent, to the lots that it spent."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

from django.db import transaction

from clm_plugin.money import allocate
from clm_plugin.wallet.accounts import lock, shop_accounts
from clm_plugin.wallet.booking import Booking, Draft, answer, check_key, claim
from clm_plugin.wallet.checking import fingerprint, sane_key, sane_minor, sane_word
from clm_plugin.wallet.data import LotShare, News, Posted
from clm_plugin.wallet.models import Account, Lot, Posting, Transaction
from clm_plugin.wallet.notices import next_notice
from clm_plugin.wallet.repaying import debts_beside, pay_back
from clm_plugin.wallet.telling import tell

if TYPE_CHECKING:
    from datetime import datetime

    from clm_plugin.wallet.repaying import Debts


def restore(
    *,
    order_id: str,
    amount_minor: int | None,
    key: str,
    now: datetime,
    grace: timedelta,
    reason: str,
    actor: str,
) -> Posted:
    """Re-open the lots that an order was paid with (``amount_minor`` None: all that is left).

    Never more than was captured and is not restored yet, however many refunds there are and
    whatever their keys: ``amount_minor`` of the answer says how much it was, 0 (and no transaction)
    when there was nothing left. Parts go to the lots by largest remainder. In the place of a lot
    that has expired she gets one that ends after ``grace``. What comes back of credit that was
    taken back meanwhile pays the debt that this made. Raises BadAmount, KeyConflict.
    """
    sane_word(order_id, 64, "an order's number")
    if amount_minor is not None:
        sane_minor(amount_minor)
    mark = fingerprint("restore", order_id, amount_minor)
    if Transaction.objects.filter(key=sane_key(key)).exists():
        check_key(key, mark)
        return answer(key)
    with transaction.atomic():
        lots, debts = _locked_lots(order_id)
        left = _left(order_id, lots)
        whole = sum(left.values())
        currency = next((lot.account.currency for lot in lots), "")
        minor = whole if amount_minor is None else min(whole, amount_minor)
        if not minor:
            return Posted(transaction_id=None, kind="restore", amount_minor=0, currency=currency)
        number = claim(
            Draft(
                kind="restore", currency=currency, key=key, fingerprint=mark, at=now,
                reason=reason, actor=actor, order_id=order_id,
            )
        )  # fmt: skip
        if number is None:
            return answer(key)
        parts = allocate(minor, [left[lot.pk] for lot in lots])
        opened = [
            (_open_again(lot, part, now=now, grace=grace), part)
            for lot, part in zip(lots, parts, strict=True)
            if part
        ]
        booking = _book(number, opened)
        pay_back(booking, opened, debts, at=now, reason=reason, actor=actor)
        booking.write()
        tell(_news(number, opened, order_id, now))
    return Posted(
        transaction_id=number, kind="restore", amount_minor=minor, currency=currency,
        shares=tuple(LotShare(lot.pk, lot.account.programme, part) for lot, part in opened),
    )  # fmt: skip


def _locked_lots(order_id: str) -> tuple[list[Lot], Debts]:
    """The lots an order was paid with, in the order they were spent, and debts of their programmes:
    the accounts locked; not those of somebody who was erased."""
    paid = Posting.objects.filter(
        transaction__order_id=order_id, transaction__kind="capture", lot__isnull=False
    )
    spent = dict.fromkeys(paid.order_by("id").values_list("lot_id", flat=True)) if order_id else {}
    accounts = set(Lot.objects.filter(pk__in=spent).values_list("account_id", flat=True))
    locked = lock(accounts)
    owned = Lot.objects.select_related("account").filter(account__profile__isnull=False)
    lots = owned.in_bulk([pk for pk in spent if pk is not None])
    return [lots[pk] for pk in spent if pk in lots], debts_beside(locked.values())


def _left(order_id: str, lots: list[Lot]) -> dict[int, int]:
    """By lot: what the order took of it and did not give back, to it or to one in its place."""
    left = {lot.pk: 0 for lot in lots}
    rows = Posting.objects.filter(
        transaction__order_id=order_id,
        transaction__kind__in=["capture", "restore"],
        lot__isnull=False,
    )
    found: Any = rows.values_list("lot_id", "lot__replaces_id", "amount_minor")
    for lot, place_of, minor in found:
        its = lot if lot in left else place_of
        if its in left:
            left[its] -= minor
    return left


def _open_again(lot: Lot, part: int, *, now: datetime, grace: timedelta) -> Lot:
    """The lot itself or, where it has expired, one of ``part`` in its place."""
    if lot.expires_at is None or lot.expires_at > now or grace <= timedelta():
        due = next_notice(lot.opens_at, lot.expires_at, after=now)
        if due != lot.due_at:
            lot.due_at = due
            lot.save(update_fields=["due_at"])
        return lot
    return Lot.objects.create(
        account=lot.account, granted_minor=part, remaining_minor=0, granted_at=now, opens_at=now,
        expires_at=now + grace, source_kind=lot.source_kind, source_ref=lot.source_ref,
        reason=lot.reason, replaces=lot, due_at=next_notice(now, now + grace, after=now),
    )  # fmt: skip


def _book(number: int, opened: list[tuple[Lot, int]]) -> Booking:
    booking = Booking()
    back: dict[tuple[str, str], int] = {}
    for lot, part in opened:
        booking.post(number, lot.account_id, part, lot=lot.pk)
        its = (lot.account.programme, lot.account.currency)
        back[its] = back.get(its, 0) + part
    for (programme, currency), part in sorted(back.items()):
        shop = shop_accounts(programme, currency, counted=False)
        booking.post_shop(number, shop, Account.Purpose.REDEEMED, -part, programme)
    return booking


def _news(number: int, opened: list[tuple[Lot, int]], order_id: str, now: datetime) -> list[News]:
    """One for each person and programme: who paid together may be two people again."""
    found: dict[tuple[str, int], list[tuple[Lot, int]]] = {}
    for lot, part in opened:
        its = lot.account
        found.setdefault((its.programme, its.profile_id or 0), []).append((lot, part))
    return [
        News(
            kind="restore", profile_id=owner or None, programme=programme,
            currency=shares[0][0].account.currency, at=now, transaction_id=number,
            order_id=order_id, amount_minor=sum(part for _, part in shares),
            lot_ids=tuple(lot.pk for lot, _ in shares), opens_at=shares[0][0].opens_at,
            expires_at=min((lot.expires_at for lot, _ in shares if lot.expires_at), default=None),
        )
        for (programme, owner), shares in sorted(found.items())
    ]  # fmt: skip
