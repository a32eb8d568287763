"""Public codes: one word for many, such as SPRING26, as often as the offer's limits allow."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.db import IntegrityError, transaction
from django.db.models import Count, Q

from clm_plugin.offers.alphabet import read_code, written_code
from clm_plugin.offers.errors import BadCode, CodeExists, OfferError
from clm_plugin.offers.live import open_offer
from clm_plugin.offers.models import OfferCode, Redemption
from clm_plugin.shop.api import ShopError, get_shop

if TYPE_CHECKING:
    from datetime import datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class PublicCode:
    """The public code of an offer, and in how many orders it is. ``expires_at`` None: with the
    offer."""

    id: int
    code: str
    expires_at: datetime | None
    reserved: int = 0
    used: int = 0


def make_public_code(
    *, offer: str, text: str, expires_at: datetime | None = None, now: datetime
) -> PublicCode:
    """Let everybody use an offer by a word; it works at once.

    Raises UnknownOffer, BadCode for what is no word of 4 to 20 letters and digits, CodeExists when
    another code reads like it, the shop has such a voucher or the offer has a public code,
    OfferError for an offer that needs no code.
    """
    plan = open_offer(offer, now=now)
    if plan.given != "code":
        raise OfferError("this offer is used without a code; choose “who has a code” first")
    written = written_code(text)
    if not written:
        raise BadCode("a public code is 4 to 20 letters from A to Z and digits")
    if _shop_has(written):
        raise CodeExists("the shop has a voucher of this spelling; choose another word")
    made = OfferCode(
        text=read_code(written), written=written, offer=offer, made_at=now, expires_at=expires_at
    )
    try:
        with transaction.atomic():
            made.save(force_insert=True)
    except IntegrityError as error:
        raise CodeExists(
            "another code reads like this one, or the offer has a public code; choose another word,"
            " or revoke the other code first"
        ) from error
    return PublicCode(id=made.pk, code=written, expires_at=expires_at)


def _shop_has(written: str) -> bool:
    try:
        return get_shop().has_own_code(written)
    except ShopError:
        return False  # no shop that could be asked


def public_code_of(offer: str) -> PublicCode | None:
    """The public code of an offer that was not revoked, and its numbers; one query."""
    states = Redemption.State
    rows = OfferCode.objects.filter(offer=offer, written__gt="", revoked_at=None).annotate(
        reserved=Count("public_redemptions", filter=Q(public_redemptions__state=states.RESERVED)),
        used=Count("public_redemptions", filter=Q(public_redemptions__state=states.CONFIRMED)),
    )
    row = rows.first()
    if row is None:
        return None
    return PublicCode(
        id=row.pk,
        code=row.written,
        expires_at=row.expires_at,
        reserved=row.reserved,
        used=row.used,
    )
