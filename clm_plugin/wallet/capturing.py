"""The second phase: what was held is paid."""

from __future__ import annotations

from typing import TYPE_CHECKING, NoReturn

from django.db import transaction

from clm_plugin.wallet.booking import Booking, Captured, CaptureDraft, answer, check_key
from clm_plugin.wallet.checking import fingerprint, sane_key, sane_minor, sane_word
from clm_plugin.wallet.data import News, Posted
from clm_plugin.wallet.errors import HoldClosed, KeyConflict, NotEnough
from clm_plugin.wallet.hold_lock import LockedHold, locked_hold
from clm_plugin.wallet.holding import way
from clm_plugin.wallet.models import Hold, HoldShare
from clm_plugin.wallet.repaying import debts_beside, pay_back
from clm_plugin.wallet.telling import tell

if TYPE_CHECKING:
    from datetime import datetime

_State = Hold.State


def capture(
    *, hold_key: str, now: datetime, order_id: str, amount_minor: int | None = None
) -> Posted:
    """Pay an order with what was held; ``amount_minor`` less than that releases the rest.

    A hold whose time is over and that nobody released yet can still be captured. Raises
    HoldClosed (released: try ``rehold``), NotEnough (more than was held), KeyConflict (captured for
    another order or amount), BadAmount.
    """
    sane_word(order_id, 64, "an order's number")
    if amount_minor is not None:
        sane_minor(amount_minor)
    draft = CaptureDraft(
        hold_key, amount_minor, f"capture:{sane_key(hold_key)}",
        fingerprint("capture", order_id, amount_minor), now, order_id,
    )  # fmt: skip
    with transaction.atomic():
        paid = way().capture(draft)
        if paid is None:
            return _before(draft)
        if amount_minor is not None:
            _pay_back_the_rest(paid, draft)
        tell(_news(paid, draft))
    return Posted(
        transaction_id=paid.transaction_id, kind="capture", amount_minor=paid.minor,
        currency=paid.currency, shares=paid.shares,
    )  # fmt: skip


def _before(draft: CaptureDraft) -> Posted:
    """The first answer to what was captured before. Raises what else keeps it from being paid."""
    row = locked_hold(draft.hold_key)
    if row.state != _State.POSTED:
        _refuse(row, draft)
    check_key(draft.key, draft.fingerprint)
    return answer(draft.key)


def _refuse(row: LockedHold, draft: CaptureDraft) -> NoReturn:
    if row.state == _State.VOIDED:
        raise HoldClosed(
            f"the hold {row.key!r} was released ({row.reason}); hold again", state=row.state
        )
    if draft.minor is not None and draft.minor > row.amount_minor:
        raise NotEnough(
            f"{row.amount_minor} minor units are held, not {draft.minor}",
            available_minor=row.amount_minor,
        )
    raise KeyConflict(f"the key {draft.key!r} was used before, and its hold is open")


def _pay_back_the_rest(paid: Captured, draft: CaptureDraft) -> None:
    """What this order did not need is free again, and pays what is owed for it."""
    held = HoldShare.objects.filter(hold__key=draft.hold_key).order_by("id")
    shares = list(held.select_related("lot__account"))
    spent = {share.lot_id: share.amount_minor for share in paid.shares}
    rest = [(its.lot, its.amount_minor - spent.get(its.lot_id, 0)) for its in shares]
    booking = Booking()
    pay_back(
        booking, [(lot, minor) for lot, minor in rest if minor],
        debts_beside(lot.account for lot, minor in rest if minor), at=draft.at, reason="",
        actor="checkout",
    )  # fmt: skip
    booking.write()


def _news(paid: Captured, draft: CaptureDraft) -> list[News]:
    return [
        News(
            kind="capture", profile_id=paid.profile_id, programme=programme,
            currency=paid.currency, at=draft.at, transaction_id=paid.transaction_id,
            amount_minor=sum(its.amount_minor for its in paid.shares if its.programme == programme),
            lot_ids=tuple(its.lot_id for its in paid.shares if its.programme == programme),
            order_id=draft.order_id,
        )
        for programme in sorted({its.programme for its in paid.shares})
    ]  # fmt: skip
