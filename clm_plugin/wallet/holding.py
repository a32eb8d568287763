"""Two phases of paying with credit: hold, then capture or release. Holding posts nothing."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import connection, transaction
from django.db.models import Q

from clm_plugin.money import Money
from clm_plugin.wallet.accounts import lock
from clm_plugin.wallet.booking import Booking
from clm_plugin.wallet.checking import fingerprint, sane, sane_key, sane_minor, sane_word, words
from clm_plugin.wallet.data import Held, LotShare
from clm_plugin.wallet.errors import HoldClosed, KeyConflict, WalletError
from clm_plugin.wallet.models import Account, Hold, HoldShare, Lot
from clm_plugin.wallet.spreading import in_order, spread

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from datetime import datetime

_State = Hold.State


def hold(
    *,
    profile_id: int,
    amount: Money,
    key: str,
    now: datetime,
    expires_at: datetime,
    order_id: str = "",
    most: Mapping[str, int] | None = None,
) -> Held:
    """Set credit aside for an order: open lots, what expires first first.

    ``most``: what each programme may pay of this basket, by key; one that is not named pays nothing
    (None: no limit). Raises NotEnough, BadAmount, KeyConflict, WalletError.
    """
    money, minor = sane(amount), amount.minor
    sane_word(order_id, 64, "an order's number")
    for limit in (most or {}).values():
        sane_minor(limit, zero=True)
    if expires_at <= now:
        raise WalletError("a hold ends in the future; give a later expires_at")
    mark = fingerprint("hold", profile_id, minor, money.currency, sorted((most or {}).items()))
    with transaction.atomic():
        number = _claim(profile_id, money, sane_key(key), mark, now, expires_at, order_id)
        if number is None:
            return _again(key, mark)
        shares = _set_aside(number, profile_id, money, now=now, most=most)
    return Held(
        key=key, state="pending", amount_minor=minor, currency=money.currency,
        expires_at=expires_at, order_id=order_id, shares=shares,
    )  # fmt: skip


_HOLD = (
    f"INSERT INTO {Hold._meta.db_table} (key, fingerprint, profile_id, currency, amount_minor,"
    " state, order_id, held_at, expires_at, reason)"
    " VALUES (%s, %s, %s, %s, %s, 'pending', %s, %s, %s, '')"
    " ON CONFLICT (key) DO NOTHING RETURNING id"
)


def _claim(
    profile_id: int,
    money: Money,
    key: str,
    mark: str,
    now: datetime,
    expires_at: datetime,
    order_id: str,
) -> int | None:
    """The number of a new hold; None when there is one of this key."""
    at = connection.ops.adapt_datetimefield_value
    with connection.cursor() as cursor:
        cursor.execute(
            _HOLD,
            [
                key, mark, profile_id, money.currency, money.minor, order_id, at(now),
                at(expires_at),
            ],
        )  # fmt: skip
        row = cursor.fetchone()
    return None if row is None else int(row[0])


def _again(key: str, mark: str) -> Held:
    before = Hold.objects.get(key=key)
    if before.fingerprint != mark:
        raise KeyConflict(
            f"the key {key!r} holds something else; use a key of its own for each hold, and the"
            " same parameters when you repeat one"
        )
    return held(before, repeated=True)


def held(row: Hold, *, repeated: bool = False) -> Held:
    """A hold as the door shows it."""
    shares = HoldShare.objects.filter(hold=row).order_by("id")
    found = shares.values_list("lot_id", "lot__account__programme", "amount_minor")
    return Held(
        key=row.key,
        state=row.state,  # type: ignore[arg-type]
        amount_minor=row.amount_minor,
        currency=row.currency,
        expires_at=row.expires_at,
        order_id=row.order_id,
        shares=tuple(LotShare(*share) for share in found),
        repeated=repeated,
    )


def _set_aside(
    number: int,
    profile_id: int | None,
    money: Money,
    *,
    now: datetime,
    most: Mapping[str, int] | None,
) -> tuple[LotShare, ...]:
    """Lock her accounts, and hold what there is. Raises NotEnough."""
    mine = Account.objects.filter(profile=profile_id, currency=money.currency, purpose="customer")
    accounts = {row.pk: row for row in mine.order_by("id").select_for_update(no_key=True)}
    programme_of = {pk: row.programme for pk, row in accounts.items()}
    left = Lot.objects.filter(
        Q(expires_at=None) | Q(expires_at__gt=now),
        account__in=accounts,
        remaining_minor__gt=0,
        opens_at__lte=now,
    )
    shares = spread(money.minor, sorted(left, key=in_order), most=most, programme_of=programme_of)
    booking = Booking()
    for lot, part in shares:
        booking.set_aside(lot.account_id, lot.pk, part)
        booking.shares.append((number, lot.pk, part))
    booking.write()
    return tuple(LotShare(lot.pk, programme_of[lot.account_id], part) for lot, part in shares)


def locked_hold(key: str) -> Hold:
    """The hold of a key, locked. Raises HoldClosed when there is none."""
    row = Hold.objects.select_for_update(no_key=True).filter(key=key).first()
    if row is None:
        raise HoldClosed(f"there is no hold {key!r}; hold again")
    return row


def release(*, hold_key: str, now: datetime, reason: str) -> Held:
    """Let go of what a hold set aside; released again it stays released (``repeated``).

    Raises HoldClosed when it is captured, or there is none.
    """
    with transaction.atomic():
        row = locked_hold(hold_key)
        if row.state == _State.POSTED:
            raise HoldClosed(
                f"the hold {hold_key!r} is captured; restore what the order spent", state=row.state
            )
        if row.state == _State.VOIDED:
            return held(row, repeated=True)
        void([row], reason=reason, now=now)
        return held(row)


def void(rows: Iterable[Hold], *, reason: str, now: datetime, skip: bool = False) -> int:
    """Release locked pending holds; returns how many. ``skip``: not those whose accounts somebody
    else has locked."""
    rows = list(rows)
    shares = list(
        HoldShare.objects.filter(hold__in=rows).values_list(
            "hold_id", "lot_id", "lot__account_id", "amount_minor"
        )
    )
    locked = lock({account for _, _, account, _ in shares}, skip=skip)
    busy = {number for number, _, account, _ in shares if account not in locked}
    booking = Booking()
    for number, lot, account, minor in shares:
        if number not in busy:
            booking.set_aside(account, lot, -minor)
    booking.write()
    done = [row for row in rows if row.pk not in busy]
    for row in done:
        row.state, row.closed_at, row.reason = _State.VOIDED, now, words(reason)
    Hold.objects.bulk_update(done, ["state", "closed_at", "reason"])
    return len(done)


def rehold(*, hold_key: str, now: datetime, expires_at: datetime) -> Held:
    """Go on with a hold: a pending one ends later, one that was released is held anew, from what
    there is now.

    For whoever comes back from a payment page after the time-out. Raises NotEnough, HoldClosed
    (captured, or unknown).
    """
    if expires_at <= now:
        raise WalletError("a hold ends in the future; give a later expires_at")
    with transaction.atomic():
        row = locked_hold(hold_key)
        if row.state == _State.POSTED:
            raise HoldClosed(f"the hold {hold_key!r} is captured already", state=row.state)
        row.expires_at = expires_at
        if row.state == _State.VOIDED:
            limits = _by_programme(row)
            HoldShare.objects.filter(hold=row).delete()
            money = Money(row.amount_minor, row.currency)
            _set_aside(row.pk, row.profile_id, money, now=now, most=limits)
            row.state, row.closed_at, row.reason = _State.PENDING, None, ""
        row.save(update_fields=["expires_at", "state", "closed_at", "reason"])
        return held(row)


def _by_programme(row: Hold) -> dict[str, int]:
    """What each programme gave: its limit was kept then, and is kept when it is held anew."""
    found: dict[str, int] = {}
    shares = HoldShare.objects.filter(hold=row)
    for programme, minor in shares.values_list("lot__account__programme", "amount_minor"):
        found[programme] = found.get(programme, 0) + minor
    return found
