"""Undoing a transaction by its opposite: nothing in the ledger is ever edited."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import IntegrityError, transaction
from django.db.models import F

from clm_plugin.wallet.accounts import lock, shop_accounts
from clm_plugin.wallet.booking import Booking, Draft, answer, claim
from clm_plugin.wallet.checking import fingerprint, sane_key
from clm_plugin.wallet.data import LotShare, News, Posted, Source
from clm_plugin.wallet.errors import NotEnough, NotReversible
from clm_plugin.wallet.models import Account, Lot, Posting, Transaction
from clm_plugin.wallet.repaying import customers_beside
from clm_plugin.wallet.telling import tell

if TYPE_CHECKING:
    from datetime import datetime

_REVERSIBLE = frozenset({"grant", "deduct", "claw_back"})


def reverse(*, transaction_id: int, key: str, reason: str, actor: str, now: datetime) -> Posted:
    """Post the opposite of a grant, a deduction or a claw-back, on the same lots.

    What orders spent comes back by ``restore``, and what expired stays expired. Raises
    NotReversible, NotEnough (the lot was spent since, or the debt paid), KeyConflict.
    """
    wrong = Transaction.objects.filter(pk=transaction_id).first()
    if wrong is None or wrong.kind not in _REVERSIBLE:
        what = f"a {wrong.kind}" if wrong else "not there"
        raise NotReversible(f"transaction {transaction_id} is {what}, and cannot be reversed")
    draft = Draft(
        kind="reverse", programme=wrong.programme, currency=wrong.currency, key=sane_key(key),
        fingerprint=fingerprint("reverse", transaction_id), at=now, reason=reason, actor=actor,
        source=Source(wrong.source_kind, wrong.source_ref), reverses=wrong.pk,
    )  # fmt: skip
    with transaction.atomic():
        number = _claim_once(draft)
        if number is None:
            return answer(key)
        legs = list(Posting.objects.filter(transaction=wrong).select_related("account"))
        for programme in sorted({leg.account.programme for leg in legs}):
            shop_accounts(programme, wrong.currency)
        owner = _post_opposite(number, legs)
        shares = tuple(
            LotShare(leg.lot_id, leg.account.programme, abs(leg.amount_minor))
            for leg in legs
            if leg.lot_id is not None
        )
        minor = sum(share.amount_minor for share in shares)
        tell(
            [
                News(
                    kind="reverse", profile_id=owner, programme=wrong.programme,
                    currency=wrong.currency, amount_minor=minor, at=now, transaction_id=number,
                    lot_ids=tuple(share.lot_id for share in shares),
                    source=Source(wrong.source_kind, wrong.source_ref),
                )
            ]
        )  # fmt: skip
    return Posted(
        transaction_id=number, kind="reverse", amount_minor=minor, currency=wrong.currency,
        shares=shares,
    )  # fmt: skip


def _claim_once(draft: Draft) -> int | None:
    try:
        with transaction.atomic():
            return claim(draft)
    except IntegrityError as error:  # the one-to-one of ``reverses``, under another key
        raise NotReversible(f"transaction {draft.reverses} was reversed before") from error


def _post_opposite(number: int, legs: list[Posting]) -> int | None:
    """The opposite of every leg; returns whose credit it is."""
    running = [leg for leg in legs if leg.account.purpose in ("customer", "debt")]
    beside = customers_beside(leg.account for leg in running if leg.account.purpose == "debt")
    accounts = lock({leg.account_id for leg in running} | beside)
    lots = Lot.objects.in_bulk([leg.lot_id for leg in running if leg.lot_id is not None])
    booking = Booking()
    for leg in legs:
        if leg.account_id in accounts:
            _check(leg, lots.get(leg.lot_id or 0), accounts[leg.account_id])
            booking.post(number, leg.account_id, -leg.amount_minor, lot=leg.lot_id)
        else:
            its = leg.account
            shop = {str(its.purpose): leg.account_id}
            booking.post_shop(number, shop, its.purpose, -leg.amount_minor, its.programme)
    booking.write()
    # What comes back to a lot that was over is over again at the next sweep.
    Lot.objects.filter(pk__in=lots, due_at=None).update(due_at=F("expires_at"))
    return next((accounts[pk].profile_id for pk in sorted(accounts)), None)


def _check(leg: Posting, lot: Lot | None, account: Account) -> None:
    if lot is None:  # a debt: what was paid of it since cannot be given back twice
        if account.balance_minor - leg.amount_minor > 0:
            raise NotEnough("part of the debt was paid since; grant the rest by hand")
        return
    free = lot.remaining_minor - lot.held_minor
    if leg.amount_minor > free:
        raise NotEnough(
            f"of lot {lot.pk} only {free} minor units are left; deduct those, or claw back",
            available_minor=free,
        )
