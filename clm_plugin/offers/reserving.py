"""Offers in an order, before payment: reserved under unique constraints and counters.

Each call is a transaction of its own, or a savepoint of the shop's. Rows are locked in one order
everywhere (codes, grants, redemptions, counters; each by id or scope), so that checkouts, sweeps
and cancellations never wait for each other in a circle.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import IntegrityError, transaction

from clm_plugin.offers.alphabet import read_code
from clm_plugin.offers.beside import behind
from clm_plugin.offers.counting import OPEN, day_of, needs_of, take
from clm_plugin.offers.data import Reserved, Use
from clm_plugin.offers.errors import CodeRefused, CodeTaken, OfferError, WrongUse
from clm_plugin.offers.guests import guest_of
from clm_plugin.offers.live import open_offer
from clm_plugin.offers.models import OfferCode, OfferGrant, Redemption
from clm_plugin.offers.plan import AT_CHECKOUT
from clm_plugin.offers.settling import TIMED_OUT, free_rows, held_codes, locked, told

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from clm_plugin.offers.plan import Offer

_State = Redemption.State
TAKEN = (
    "this code is in use in another checkout, or was used before; finish that order, or go on"
    " without the code"
)
PLACED = "this order was placed with another code of the same offer; that one stays used"
NO_ORDERS = "this gives something on her account, and is taken up there; no order can use it"
REFUSED = "this code cannot be used; check how it is written, or go on without it"


def reserve(
    *,
    code: str,
    profile_id: int | None,
    order_id: str,
    now: datetime,
    until: datetime,
    discount_minor: int = 0,
    session_key: str = "",
) -> Reserved:
    """Hold a code for an order until it is confirmed, freed, or ``until`` has passed.

    ``session_key``: of a guest; by it a public code knows her when no profile does.

    The same code for the same order again gives the same answer with ``repeated=True`` and holds
    it longer. Raises CodeRefused (unknown, expired, revoked, somebody else's), CodeTaken (another
    order has it), LimitReached, UnknownOffer, WrongUse (it is taken up beside orders).
    """
    use = Use(code=code, discount_minor=discount_minor)
    return _reserve([use], profile_id, order_id, now, until, session_key)[0]


def reserve_all(
    *,
    uses: Sequence[Use],
    profile_id: int | None,
    order_id: str,
    now: datetime,
    until: datetime,
    session_key: str = "",
) -> tuple[Reserved, ...]:
    """Hold all offers of an order, or none: what else was held for this order is freed.

    Raises as ``reserve``; then nothing has changed.
    """
    with transaction.atomic():
        held = _reserve(uses, profile_id, order_id, now, until, session_key)
        ids = {each.id for each in held}
        rest = locked(order_id, (_State.RESERVED,))
        free_rows([row for row in rest if row.pk not in ids], now, "left_out")
    return held


def _reserve(
    uses: Sequence[Use],
    profile_id: int | None,
    order_id: str,
    now: datetime,
    until: datetime,
    session_key: str,
) -> tuple[Reserved, ...]:
    if not order_id:
        raise OfferError("a reservation needs the number of its order")
    if any(use.discount_minor < 0 for use in uses):
        raise OfferError("a discount is never below zero")
    try:
        with transaction.atomic():
            guest = guest_of(session_key) if profile_id is None else ""
            desk = _Desk(uses, profile_id, guest, order_id, now, until)
            return desk.serve()
    except IntegrityError as error:
        # Somebody was faster between our look and our row (SQLite has no row locks).
        raise CodeTaken(TAKEN) from error


class _Desk:
    """One call's work: locks first, then looks, then counts and writes."""

    def __init__(
        self,
        uses: Sequence[Use],
        profile_id: int | None,
        guest: str,
        order_id: str,
        now: datetime,
        until: datetime,
    ) -> None:
        self.uses, self.profile_id, self.guest, self.order_id = uses, profile_id, guest, order_id
        self.now, self.until = now, until
        texts = {text for use in uses if use.code and (text := read_code(use.code))}
        found = OfferCode.objects.select_for_update().filter(text__in=texts, written="")
        self.codes = {code.text: code for code in found.order_by("pk")}
        if rest := texts - self.codes.keys():
            # A public code is not used up, so nobody waits for it: its limits are counted.
            public = OfferCode.objects.filter(text__in=rest, written__gt="")
            self.codes |= {code.text: code for code in public}
        asked = [code.grant_id for code in self.codes.values()] + [use.grant_id for use in uses]
        ids = {grant_id for grant_id in asked if grant_id is not None}
        grants = OfferGrant.objects.select_for_update(no_key=True).filter(pk__in=ids)
        self.grants = {grant.pk: grant for grant in grants.order_by("pk")}
        self.held = locked(order_id, OPEN)

    def serve(self) -> tuple[Reserved, ...]:
        self._free_late()
        asked = [self._look(use) for use in self.uses]
        needs, done = [], []
        for use, offer, code, grant in asked:
            row = next((row for row in self.held if row.offer == offer.key), None)
            if row is not None and not self._is_same(row, code, grant):
                if row.state == _State.CONFIRMED:
                    raise CodeTaken(PLACED)
                free_rows([row], self.now, "replaced")
                row = None
            again, before = row is not None, row.discount_minor if row else 0
            if row is None:
                row = self._row(offer, code, grant)
                needs += needs_of(
                    offer,
                    profile_id=self.profile_id,
                    guest=row.guest,
                    day=row.day,
                    minor=use.discount_minor,
                )
            elif use.discount_minor != before:
                more = use.discount_minor - before
                wanted = needs_of(offer, profile_id=None, day=row.day, minor=more)
                needs += [need for need in wanted if need.scope == "budget"]
            row.discount_minor = use.discount_minor
            row.until = max(row.until, self.until)
            done.append((row, code, again))
        take(needs)
        for row, _, _ in done:
            row.save()
        taken = [row.code_id for row, _, _ in done if row.code_id and row.state == _State.RESERVED]
        OfferCode.objects.filter(pk__in=taken).update(state=OfferCode.State.RESERVED)
        return tuple(told(row, code.as_written if code else "", again) for row, code, again in done)

    def _look(self, use: Use) -> tuple[Use, Offer, OfferCode | None, OfferGrant | None]:
        """The offer behind a use, if this person may use it for this order."""
        code = self.codes.get(read_code(use.code)) if use.code else None
        if use.code and code is None:
            raise CodeRefused(REFUSED)
        grant = self.grants.get((code.grant_id if code else use.grant_id) or 0)
        if code is None and use.grant_id and grant is None:
            raise CodeRefused(REFUSED)
        key = code.offer if code else grant.offer if grant else use.offer
        if grant is not None and not self._may(grant):
            raise CodeRefused(REFUSED)
        if code is not None:
            self._check(code)
        offer = open_offer(key, now=self.now)
        if offer.effect.kind not in AT_CHECKOUT and behind(self.order_id) == "order":
            raise WrongUse(NO_ORDERS)
        if code is None and grant is None and offer.given != "everybody":
            raise CodeRefused(REFUSED)
        if code is None and grant is not None and self._is_taken(grant=grant.pk):
            raise CodeTaken(TAKEN)
        return use, offer, code, grant

    def _may(self, grant: OfferGrant) -> bool:
        return (
            grant.profile_id == self.profile_id
            and grant.revoked_at is None
            and (grant.expires_at is None or self.now < grant.expires_at)
        )

    def _check(self, code: OfferCode) -> None:
        over = code.expires_at is not None and code.expires_at <= self.now
        if code.revoked_at is not None or over:
            raise CodeRefused(REFUSED)
        if not code.is_public and (self._is_taken(code=code.pk) or self._is_spent(code)):
            raise CodeTaken(TAKEN)

    def _is_taken(self, **by: int) -> bool:
        """Whether another order has it; what ran out was freed before."""
        rows = Redemption.objects.filter(state__in=OPEN, **by)
        return rows.exclude(order_id=self.order_id).exists()

    def _is_spent(self, code: OfferCode) -> bool:
        """Whether it was used in an order that names it no more, because its owner was erased."""
        own = any(row.code_id == code.pk for row in self.held)
        return code.state == OfferCode.State.USED and not own

    def _free_late(self) -> None:
        """Reservations that ran out and stand in the way are freed now, not at the next sweep."""
        late = Redemption.objects.filter(state=_State.RESERVED, until__lte=self.now)
        late = late.exclude(order_id=self.order_id)
        codes = [code.pk for code in self.codes.values()]
        found = dict(late.filter(code__in=codes).values_list("pk", "code_id"))
        found |= dict(late.filter(grant__in=list(self.grants)).values_list("pk", "code_id"))
        # The code of a grant that is used without it, while others may wait for the grant: whoever
        # has that code is left to it.
        mine = held_codes(code for code in found.values() if code)
        ids = [pk for pk, code in found.items() if code is None or code in mine]
        rows = Redemption.objects.select_for_update().filter(pk__in=ids, state=_State.RESERVED)
        free_rows(list(rows.order_by("pk")), self.now, TIMED_OUT)

    def _is_same(self, row: Redemption, code: OfferCode | None, grant: OfferGrant | None) -> bool:
        same_grant = row.grant_id == (grant.pk if grant else None)
        code_id = code.pk if code else None
        return same_grant and code_id == (row.code_id or row.public_code_id)

    def _row(self, offer: Offer, code: OfferCode | None, grant: OfferGrant | None) -> Redemption:
        is_public = code is not None and code.is_public
        return Redemption(
            offer=offer.key,
            code=None if is_public else code,
            public_code=code if is_public else None,
            guest=self.guest if is_public else "",
            grant=grant,
            profile_id=self.profile_id,
            order_id=self.order_id,
            day=day_of(offer, self.now),
            currency=offer.currency,
            reserved_at=self.now,
            until=self.until,
        )
