"""Two phases of paying with credit: hold, then capture or release. Holding posts nothing."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import connection, transaction

from clm_plugin.profiles.api import survivor_of
from clm_plugin.wallet import by_function, by_statement
from clm_plugin.wallet.accounts import lock
from clm_plugin.wallet.booking import Booking, HoldDraft
from clm_plugin.wallet.checking import fingerprint, sane, sane_key, sane_minor, sane_word, words
from clm_plugin.wallet.data import Held, LotShare
from clm_plugin.wallet.errors import HoldClosed, KeyConflict, NotEnough, WalletError
from clm_plugin.wallet.hold_lock import locked_hold
from clm_plugin.wallet.models import Hold, HoldShare
from clm_plugin.wallet.repaying import debts_beside, pay_back_released

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from datetime import datetime
    from types import ModuleType

    from clm_plugin.money import Money

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
    mark = fingerprint(
        "hold", profile_id, minor, money.currency, order_id, sorted((most or {}).items())
    )
    draft = HoldDraft(
        sane_key(key), mark, profile_id, money.currency, minor, order_id, now, expires_at
    )
    try:
        shares = way().hold(draft, most)
    except NotEnough:
        # Asked for last, for it is a query more: who was merged has nothing, another has hers.
        owner = survivor_of(profile_id)
        if not owner or owner == profile_id:
            raise
        shares = way().hold(draft._replace(profile_id=owner), most)
    if shares is None:
        return _again(key, mark)
    return Held(
        key=key, state="pending", amount_minor=minor, currency=money.currency,
        expires_at=expires_at, order_id=order_id, shares=shares,
    )  # fmt: skip


def way() -> ModuleType:
    """How this database holds and captures."""
    return by_function if connection.vendor == "postgresql" else by_statement


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


def release(*, hold_key: str, now: datetime, reason: str) -> Held:
    """Let go of what a hold set aside; released again it stays released (``repeated``).

    Raises HoldClosed when it is captured, or there is none.
    """
    with transaction.atomic():
        state = locked_hold(hold_key).state
        if state == _State.POSTED:
            raise HoldClosed(
                f"the hold {hold_key!r} is captured; restore what the order spent", state=state
            )
        row = Hold.objects.get(key=hold_key)
        if state == _State.VOIDED:
            return held(row, repeated=True)
        void([row], reason=reason, now=now)
        return held(row)


def void(rows: Iterable[Hold], *, reason: str, now: datetime, skip: bool = False) -> int:
    """Release locked pending holds; returns how many. ``skip``: not those whose accounts somebody
    else has locked. What was taken back meanwhile of what they held pays the debt of that."""
    rows = list(rows)
    shares = list(
        HoldShare.objects.filter(hold__in=rows).values_list(
            "hold_id", "lot_id", "lot__account_id", "amount_minor"
        )
    )
    locked = lock({account for _, _, account, _ in shares}, skip=skip)
    busy = {number for number, _, account, _ in shares if account not in locked}
    booking = Booking()
    freed = [(lot, minor) for number, lot, _, minor in shares if number not in busy]
    for number, lot, account, minor in shares:
        if number not in busy:
            booking.set_aside(account, lot, -minor)
    pay_back_released(booking, freed, debts_beside(locked.values()), at=now, reason=reason)
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
        locked_hold(hold_key)
        row = Hold.objects.get(key=hold_key)
        if row.state == _State.POSTED:
            raise HoldClosed(f"the hold {hold_key!r} is captured already", state=row.state)
        row.expires_at = expires_at
        if row.state == _State.VOIDED:
            limits = _by_programme(row)
            HoldShare.objects.filter(hold=row).delete()
            way().set_aside(
                row.pk, row.profile_id, row.currency, row.amount_minor, now=now, most=limits
            )
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
