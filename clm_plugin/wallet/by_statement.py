"""Holding and capturing in Python, statement by statement, where one writer at a time is the lock:
SQLite. ``by_function`` does the same on PostgreSQL, and a test compares the two."""

from __future__ import annotations

from operator import attrgetter
from typing import TYPE_CHECKING, Any, NamedTuple

from django.db import connection, transaction

from clm_plugin.wallet.booking import Booking, Captured, Draft, claim
from clm_plugin.wallet.data import LotShare
from clm_plugin.wallet.hold_lock import find_locked
from clm_plugin.wallet.models import Account, Hold, HoldShare, Lot
from clm_plugin.wallet.spreading import enough, in_order, spread

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from clm_plugin.wallet.booking import CaptureDraft, HoldDraft

Shares = tuple[LotShare, ...]

_HOLD = (
    f"INSERT INTO {Hold._meta.db_table} (key, fingerprint, profile_id, currency, amount_minor,"
    " order_id, held_at, expires_at, state, reason)"
    " VALUES (%s, %s, %s, %s, %s, %s, %s, %s, 'pending', '')"
    " ON CONFLICT (key) DO NOTHING RETURNING id"
)


@transaction.atomic
def hold(draft: HoldDraft, most: Mapping[str, int] | None) -> Shares | None:
    """Claim a hold's key and set aside what it asks for; None when there is a hold of this key.
    Raises NotEnough; nothing is changed then."""
    at = connection.ops.adapt_datetimefield_value
    with connection.cursor() as cursor:
        cursor.execute(_HOLD, [*draft[:-2], at(draft.at), at(draft.expires_at)])
        made = cursor.fetchone()
    if made is None:
        return None
    return set_aside(
        made[0], draft.profile_id, draft.currency, draft.minor, now=draft.at, most=most
    )


class _Free(NamedTuple):
    """A lot that has something free, as ``spread`` wants it."""

    id: int
    account_id: int
    programme: str
    remaining_minor: int
    held_minor: int
    granted_at: Any
    expires_at: Any


_FREE = (
    "SELECT l.id, a.id, a.programme, l.remaining_minor, l.held_minor, l.granted_at, l.expires_at"
    f" FROM {Lot._meta.db_table} l JOIN {Account._meta.db_table} a ON a.id = l.account_id"
    " WHERE a.profile_id = %s AND a.currency = %s AND a.purpose = 'customer' AND l.opens_at <= %s"
    " AND (l.expires_at IS NULL OR l.expires_at > %s) AND l.remaining_minor > l.held_minor"
)
_SHARE = (
    f"INSERT INTO {HoldShare._meta.db_table} (hold_id, lot_id, amount_minor) VALUES (%s, %s, %s)"
)


def set_aside(
    number: int,
    profile_id: int | None,
    currency: str,
    minor: int,
    *,
    now: datetime,
    most: Mapping[str, int] | None,
) -> Shares:
    """Set credit of hers aside for a hold that has nothing, in a transaction of the caller.
    Raises NotEnough."""
    at = connection.ops.adapt_datetimefield_value(now)
    with connection.cursor() as cursor:
        cursor.execute(_FREE, [profile_id, currency, at, at])
        free = sorted((_Free(*row) for row in cursor.fetchall()), key=in_order)
        shares = spread(minor, free, most=most, programme_of=attrgetter("programme"))
        enough(sum(part for _, part in shares), minor)
        cursor.executemany(_SHARE, [(number, lot.id, part) for lot, part in shares])
    booking = Booking()
    for lot, part in shares:
        booking.set_aside(lot.account_id, lot.id, part)
    booking.write()
    return tuple(LotShare(lot.id, lot.programme, part) for lot, part in shares)


_HELD = (
    "SELECT s.lot_id, a.id, a.programme, s.amount_minor, r.id"
    f" FROM {HoldShare._meta.db_table} s JOIN {Lot._meta.db_table} l ON l.id = s.lot_id"
    f" JOIN {Account._meta.db_table} a ON a.id = l.account_id"
    f" JOIN {Account._meta.db_table} r ON r.programme = a.programme AND r.purpose = 'redeemed'"
    " WHERE s.hold_id = %s ORDER BY s.id"
)
_CLOSE = (
    f"UPDATE {Hold._meta.db_table} SET state = 'posted', closed_at = %s, order_id = %s"
    " WHERE id = %s"
)


def capture(draft: CaptureDraft) -> Captured | None:
    """Post what is paid of a hold, and close it. None when that cannot be as it is asked for;
    nothing is changed then, and the hold, if there is one, is locked."""
    held = find_locked(draft.hold_key)
    if held is None or held.state != Hold.State.PENDING:
        return None
    minor = held.amount_minor if draft.minor is None else draft.minor
    if minor > held.amount_minor:
        return None
    posted = claim(
        Draft(
            kind="capture", currency=held.currency, key=draft.key, fingerprint=draft.fingerprint,
            at=draft.at, order_id=draft.order_id, actor="checkout",
        )
    )  # fmt: skip
    if posted is None:
        return None
    shares = _pay(posted, held.id, minor)
    with connection.cursor() as cursor:
        at = connection.ops.adapt_datetimefield_value(draft.at)
        cursor.execute(_CLOSE, [at, draft.order_id, held.id])
    return Captured(posted, held.profile_id, held.currency, minor, shares)


def _pay(posted: int, hold_id: int, minor: int) -> Shares:
    """Post so much of what is held, and let go of the rest."""
    booking = Booking()
    paid: list[LotShare] = []
    with connection.cursor() as cursor:
        cursor.execute(_HELD, [hold_id])
        rows = cursor.fetchall()
    for lot, account, programme, part, shop in rows:
        booking.set_aside(account, lot, -part)
        taken = min(part, minor)
        minor -= taken
        if taken:
            booking.post(posted, account, -taken, lot=lot)
            booking.postings.append((posted, shop, None, taken))
            paid.append(LotShare(lot, programme, taken))
    booking.write()
    return tuple(paid)
