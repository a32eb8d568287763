"""The second phase: what was held is paid."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import transaction

from clm_plugin.wallet.booking import Draft, answer, check_key
from clm_plugin.wallet.checking import fingerprint, sane_key, sane_minor, sane_word
from clm_plugin.wallet.data import News, Posted
from clm_plugin.wallet.errors import HoldClosed, KeyConflict, NotEnough
from clm_plugin.wallet.holding import LockedHold, locked_hold, way
from clm_plugin.wallet.models import Hold
from clm_plugin.wallet.telling import tell

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from clm_plugin.wallet.data import LotShare

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
    key = f"capture:{sane_key(hold_key)}"
    mark = fingerprint("capture", order_id, amount_minor)
    with transaction.atomic():
        row = locked_hold(hold_key)
        if row.state == _State.POSTED:
            check_key(key, mark)
            return answer(key)
        if row.state == _State.VOIDED:
            raise HoldClosed(
                f"the hold {hold_key!r} was released ({row.reason}); hold again", state=row.state
            )
        minor = row.amount_minor if amount_minor is None else amount_minor
        if minor > row.amount_minor:
            raise NotEnough(
                f"{row.amount_minor} minor units are held, not {minor}",
                available_minor=row.amount_minor,
            )
        draft = Draft(
            kind="capture", currency=row.currency, key=key, fingerprint=mark, at=now,
            order_id=order_id, actor="checkout",
        )  # fmt: skip
        paid = way().capture(row.id, minor, draft)
        if paid is None:
            check_key(key, mark)
            raise KeyConflict(f"the key {key!r} was used before, and its hold is open")
        number, shares = paid
        tell(_news(number, row, shares, draft))
    return Posted(
        transaction_id=number, kind="capture", amount_minor=minor, currency=row.currency,
        shares=shares,
    )  # fmt: skip


def _news(number: int, row: LockedHold, shares: Sequence[LotShare], draft: Draft) -> list[News]:
    return [
        News(
            kind="capture", profile_id=row.profile_id, programme=programme, currency=row.currency,
            amount_minor=sum(each.amount_minor for each in shares if each.programme == programme),
            at=draft.at, transaction_id=number, order_id=draft.order_id,
            lot_ids=tuple(each.lot_id for each in shares if each.programme == programme),
        )
        for programme in sorted({each.programme for each in shares})
    ]  # fmt: skip
