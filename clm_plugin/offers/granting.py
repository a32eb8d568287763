"""Giving offers to people, once per key, and taking them back."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

from django.db import IntegrityError, transaction
from django.db.models import CharField, Exists, OuterRef, Value
from django.db.models.functions import Cast, Concat

from clm_plugin.offers import data
from clm_plugin.offers.announcing import announce_grants
from clm_plugin.offers.beside import taken_up
from clm_plugin.offers.errors import KeyConflict, OfferError
from clm_plugin.offers.live import live_offers, open_offer
from clm_plugin.offers.marks import ends_at, next_mark
from clm_plugin.offers.models import OfferCode, OfferGrant, Redemption
from clm_plugin.offers.rules import end_of_day

if TYPE_CHECKING:
    from datetime import datetime

    from django.db.models import QuerySet

    from clm_plugin.offers.plan import Offer

SOURCES = ("campaign", "manual", "import", "link")


def grant_offer(
    *,
    profile_id: int,
    offer: str,
    key: str,
    expires_at: datetime | None = None,
    reason: str,
    now: datetime,
    source: str = "manual",
    actor: str = "",
) -> data.OfferGrant:
    """Give a published offer to one person; the same ``key`` again gives the same grant.

    ``expires_at`` None: as the offer says (its days, or its end). A trial starts at once. Raises
    UnknownOffer, KeyConflict when the key came with another person or offer, OfferError.
    """
    if source not in SOURCES or not key or len(key) > 150:
        raise OfferError(f"a grant needs a key and a source out of {', '.join(SOURCES)}")
    print_ = fingerprint(offer, expires_at)
    known = OfferGrant.objects.filter(key=key).first()
    if known is not None:
        return _again(known, profile_id, print_)
    plan = open_offer(offer, now=now)
    if plan.given == "everybody":
        raise OfferError("everybody has this offer already; nobody is given it")
    row = OfferGrant(
        offer=offer,
        profile_id=profile_id,
        key=key,
        fingerprint=print_,
        source=source,
        reason=reason[:200],
        actor=actor[:64],
        granted_at=now,
        expires_at=expires_at or _end(plan, now),
    )
    row.due_at = next_mark(now, ends_at(row.expires_at, plan), after=now)
    try:
        with transaction.atomic():
            row.save(force_insert=True)
            announce_grants([row], now=now)
    except IntegrityError:
        # Two workers at once: the first one's grant is the answer. (Or the person is gone.)
        known = OfferGrant.objects.filter(key=key).first()
        if known is None:
            raise
        return _again(known, profile_id, print_)
    return as_data(row)


def _again(known: OfferGrant, profile_id: int, print_: str) -> data.OfferGrant:
    # The profile is no part of the fingerprint: after a merge the grant is the survivor's.
    if known.profile_id != profile_id or known.fingerprint != print_:
        raise KeyConflict(f"the key {known.key!r} was used for another grant; take a new key")
    return as_data(known, repeated=True)


def granted_before(profile_id: int, key: str) -> data.OfferGrant | None:
    """The grant of this person whose key begins so; a merge brought it, or it is her own."""
    rows = OfferGrant.objects.filter(profile=profile_id, key__startswith=key)
    row = rows.order_by("pk").first()
    return None if row is None else as_data(row, repeated=True)


def fingerprint(offer: str, expires_at: datetime | None) -> str:
    """Of what makes a grant: the same key with another of these, or for another person, is a
    mistake."""
    told = f"{offer}\x1f{expires_at.isoformat() if expires_at else ''}"
    return hashlib.blake2b(told.encode(), digest_size=32).hexdigest()


def _end(plan: Offer, now: datetime) -> datetime | None:
    """The sooner of the offer's days from now and the offer's own end."""
    days = end_of_day(now, plan.zone, days=plan.lasts_days) if plan.lasts_days else None
    return min((at for at in (days, plan.closes_at) if at is not None), default=None)


def locked_grant(grant_id: int) -> tuple[OfferCode | None, OfferGrant | None]:
    """A grant and the code that was made for it, held as checkouts hold them: the code first."""
    code = OfferCode.objects.select_for_update().filter(grant=grant_id).first()
    return code, OfferGrant.objects.select_for_update(no_key=True).filter(pk=grant_id).first()


def revoke_grant(grant_id: int, *, reason: str, now: datetime) -> bool:
    """Take a grant and its code back; False when that was done before, or it was used."""
    with transaction.atomic():
        code, row = locked_grant(grant_id)
        used = Redemption.objects.filter(grant=grant_id, state=Redemption.State.CONFIRMED)
        used = used.exclude(order_id=taken_up(grant_id))
        if row is None or row.revoked_at is not None or used.exists():
            return False
        row.revoked_at, row.revoke_reason = now, reason[:200]
        row.entitles_until = now if row.entitles_until else None
        row.save()
        if code is not None:
            code.revoked_at, code.revoke_reason = now, reason[:200]
            if code.state == OfferCode.State.FREE:
                code.state = OfferCode.State.REVOKED
            code.save()
    return True


def with_use(rows: QuerySet[OfferGrant]) -> QuerySet[OfferGrant]:
    """Grants that know whether an order used them (``is_used``); what is taken up beside orders is
    no such use."""
    beside = Concat(Value(taken_up("")), Cast(OuterRef("pk"), CharField()))
    used = Redemption.objects.filter(grant=OuterRef("pk"), state=Redemption.State.CONFIRMED)
    told = {"is_used": Exists(used.exclude(order_id=beside))}  # the model declares it
    return rows.annotate(**told)


def is_returnable(row: OfferGrant, *, now: datetime) -> bool:
    """Whether something can be taken back of a grant ``with_use``: it can be used, or its pass
    runs. Store credit that was taken up is money of hers: the ledger takes it back, not this."""
    if row.revoked_at is not None or row.is_used:
        return False
    plan = live_offers().get(row.offer)
    if row.accepted_at and plan is not None and plan.effect.kind == "store_credit":
        return False
    ends = row.entitles_until or row.expires_at
    return ends is None or ends > now


def as_data(row: OfferGrant, *, repeated: bool = False) -> data.OfferGrant:
    return data.OfferGrant(
        id=row.pk,
        offer=row.offer,
        profile_id=row.profile_id,
        granted_at=row.granted_at,
        expires_at=row.expires_at,
        reason=row.reason,
        source=row.source,
        accepted_at=row.accepted_at,
        entitles=row.entitles,
        entitles_until=row.entitles_until,
        revoked_at=row.revoked_at,
        repeated=repeated,
    )
