"""The second phase: what was held is paid."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import connection, transaction

from clm_plugin.wallet.booking import Booking, Draft, answer, check_key
from clm_plugin.wallet.checking import fingerprint, sane_key, sane_minor, sane_word
from clm_plugin.wallet.data import LotShare, News, Posted
from clm_plugin.wallet.errors import HoldClosed, NotEnough
from clm_plugin.wallet.holding import LockedHold, locked_hold
from clm_plugin.wallet.models import Account, Hold, HoldShare, Lot
from clm_plugin.wallet.telling import tell

if TYPE_CHECKING:
    from datetime import datetime

_State = Hold.State
Share = tuple[int, int, str, int]
"""(lot, account, programme, minor units)"""


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
        number, shares = _post(draft, row, minor)
        tell(_news(number, row, shares, now, order_id))
    return Posted(
        transaction_id=number, kind="capture", amount_minor=minor, currency=row.currency,
        shares=tuple(LotShare(lot, programme, part) for lot, _, programme, part in shares),
    )  # fmt: skip


_SHARES = (
    f"SELECT s.id, s.lot_id, a.id, a.programme, s.amount_minor, r.id"
    f" FROM {HoldShare._meta.db_table} s JOIN {Lot._meta.db_table} l ON l.id = s.lot_id"
    f" JOIN {Account._meta.db_table} a ON a.id = l.account_id"
    f" JOIN {Account._meta.db_table} r ON r.programme = a.programme AND r.purpose = 'redeemed'"
    " WHERE s.hold_id = %s ORDER BY a.id"
)
_CLOSE = (
    f"UPDATE {Hold._meta.db_table} SET state = 'posted', closed_at = %s, order_id = %s"
    " WHERE id = %s"
)


def _post(draft: Draft, row: LockedHold, minor: int) -> tuple[int, list[Share]]:
    """Post what is paid and let go of the rest; returns what was paid of which lot."""
    lock = " FOR NO KEY UPDATE OF a" if connection.vendor == "postgresql" else ""
    with connection.cursor() as cursor:
        cursor.execute(_SHARES + lock, [row.id])
        found = sorted(cursor.fetchall())  # as they were held: what expires first first
    booking = Booking()
    paid: list[Share] = []
    redeemed: dict[int, int] = {}
    left = minor
    for _, lot, account, programme, part, shop in found:
        taken = min(part, left)
        left -= taken
        booking.set_aside(account, lot, -part)
        if taken:
            booking.post(0, account, -taken, lot=lot)
            paid.append((lot, account, programme, taken))
            redeemed[shop] = redeemed.get(shop, 0) + taken
    booking.postings += [(0, shop, None, part) for shop, part in redeemed.items()]
    at = connection.ops.adapt_datetimefield_value(draft.at)
    number = booking.write_as(draft, _CLOSE, [at, draft.order_id, row.id])
    return number, paid


def _news(
    number: int, row: LockedHold, shares: list[Share], now: datetime, order_id: str
) -> list[News]:
    return [
        News(
            kind="capture", profile_id=row.profile_id, programme=programme, currency=row.currency,
            amount_minor=sum(share[3] for share in shares if share[2] == programme), at=now,
            transaction_id=number, order_id=order_id,
            lot_ids=tuple(share[0] for share in shares if share[2] == programme),
        )
        for programme in sorted({share[2] for share in shares})
    ]  # fmt: skip
