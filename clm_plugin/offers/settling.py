"""What becomes of reservations: confirmed with the order, freed when it comes to nothing.

Each call is a transaction of its own, or a savepoint of the shop's.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import IntegrityError, transaction

from clm_plugin.offers.announcing import announce_uses
from clm_plugin.offers.counting import OPEN, give_back, needs_again, needs_of, take
from clm_plugin.offers.data import Confirmed, Reserved
from clm_plugin.offers.errors import OfferError
from clm_plugin.offers.live import live_offers
from clm_plugin.offers.models import OfferCode, Redemption

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from datetime import datetime

_State = Redemption.State
TIMED_OUT = "timed_out"


def confirm(
    order_id: str,
    *,
    now: datetime,
    order_minor: int | None = None,
) -> Confirmed:
    """The order is placed: what was reserved for it is used. Twice is as good as once.

    A reservation that ran out meanwhile is taken up again if it still can be; else it is told in
    ``lost``: the order stands, and the discount was given above the limit or by a code that
    somebody else has now. ``order_minor``: what the order came to, for the console's figures.
    """
    with transaction.atomic():
        rows = locked(order_id, (*OPEN, _State.FREED))
        known = {row.offer for row in rows if row.state in OPEN}
        done, lost, again = [], [], {row.pk for row in rows if row.state == _State.CONFIRMED}
        for row in rows:
            late = row.state == _State.FREED
            if late and (row.end_reason != TIMED_OUT or row.offer in known):
                continue
            if late and not _again(row):
                lost.append(row)
                continue
            known.add(row.offer)
            row.state, row.ended_at, row.end_reason = _State.CONFIRMED, now, ""
            row.order_minor = row.order_minor if order_minor is None else order_minor
            row.save()
            done.append(row)
        used = [row.code_id for row in done if row.code_id]
        OfferCode.objects.filter(pk__in=used).update(state=OfferCode.State.USED)
        announce_uses([row for row in done if row.pk not in again], now=now)
        texts = texts_of([*done, *lost])
    return Confirmed(
        confirmed=tuple(told(row, texts.get(_code_of(row), ""), row.pk in again) for row in done),
        lost=tuple(told(row, texts.get(_code_of(row), ""), False) for row in lost),
    )


def _again(row: Redemption) -> bool:
    """Take up a reservation that had run out; False when somebody else has it now."""
    offer = live_offers().get(row.offer)
    minor = row.discount_minor
    who, guest = row.profile_id, row.guest
    try:
        with transaction.atomic():
            # Before it is open again: a limit that is new counts the uses that there are first.
            if offer is None:
                take(needs_again(row))
            else:
                take(needs_of(offer, profile_id=who, guest=guest, day=row.day, minor=minor))
            Redemption.objects.filter(pk=row.pk).update(state=_State.RESERVED)
    except (IntegrityError, OfferError):
        return False
    return True


def free(order_id: str, *, now: datetime, reason: str = "cancelled") -> int:
    """The order came to nothing (payment declined, cancelled): its codes can be used again.

    Frees what was reserved and what was confirmed; returns how many. Twice changes nothing.
    """
    with transaction.atomic():
        rows = locked(order_id, OPEN)
        free_rows(rows, now, reason)
    return len(rows)


def free_due(*, now: datetime, limit: int = 500) -> int:
    """Free up to ``limit`` reservations that ran out; returns how many it freed."""
    due = Redemption.objects.filter(state=_State.RESERVED, until__lte=now).order_by("until")
    found = list(due.values_list("pk", "code_id")[:limit])
    if not found:
        return 0
    with transaction.atomic():
        mine = held_codes(code for _, code in found if code)
        ids = [pk for pk, code in found if code is None or code in mine]
        rows = Redemption.objects.select_for_update(skip_locked=True).filter(
            pk__in=ids, state=_State.RESERVED, until__lte=now
        )
        late = list(rows.order_by("pk"))
        free_rows(late, now, TIMED_OUT)
    return len(late)


def next_due() -> datetime | None:
    """When the next reservation runs out; None: none is open."""
    rows = Redemption.objects.filter(state=_State.RESERVED).order_by("until")
    return rows.values_list("until", flat=True).first()


def locked(order_id: str, states: Iterable[str]) -> list[Redemption]:
    """The redemptions of an order, held with their codes, the codes first."""
    rows = Redemption.objects.filter(order_id=order_id, state__in=list(states))
    codes = set(rows.exclude(code=None).values_list("code_id", flat=True))
    held = OfferCode.objects.select_for_update().filter(pk__in=codes).order_by("pk")
    list(held.values_list("pk"))
    return list(rows.select_for_update(of=("self",)).order_by("pk"))


def held_codes(ids: Iterable[int]) -> set[int]:
    """Those of these codes that nobody else has locked; now this transaction has."""
    codes = OfferCode.objects.select_for_update(skip_locked=True).filter(pk__in=set(ids))
    return set(codes.order_by("pk").values_list("pk", flat=True))


def free_rows(rows: Sequence[Redemption], now: datetime, reason: str) -> None:
    if not rows:
        return
    ids = [row.pk for row in rows]
    Redemption.objects.filter(pk__in=ids).update(
        state=_State.FREED, ended_at=now, end_reason=reason[:40]
    )
    codes = [row.code_id for row in rows if row.code_id]
    codes_of = OfferCode.objects.filter(pk__in=codes)
    codes_of.filter(revoked_at=None).update(state=OfferCode.State.FREE)
    codes_of.exclude(revoked_at=None).update(state=OfferCode.State.REVOKED)
    give_back(rows)


def texts_of(rows: Iterable[Redemption]) -> Mapping[int, str]:
    ids = {found for row in rows if (found := _code_of(row))}
    codes = OfferCode.objects.filter(pk__in=ids).only("text", "written") if ids else ()
    return {code.pk: code.as_written for code in codes}


def _code_of(row: Redemption) -> int:
    return row.code_id or row.public_code_id or 0


def told(row: Redemption, code: str, again: bool) -> Reserved:
    return Reserved(
        id=row.pk,
        offer=row.offer,
        order_id=row.order_id,
        state=row.state,  # type: ignore[arg-type]  # Django's choices are the same three
        until=row.until,
        code=code,
        discount_minor=row.discount_minor,
        repeated=again,
    )
