"""What somebody is entitled to beside orders: passes, memberships, faster earning."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

from django.db.models import Q

from clm_plugin.offers.data import Entitlements, Multiplier
from clm_plugin.offers.live import live_offers
from clm_plugin.offers.models import OfferGrant
from clm_plugin.offers.rules import fits
from clm_plugin.offers.shoppers import shopper_of

if TYPE_CHECKING:
    from datetime import datetime


def entitlements(profile_id: int | None, now: datetime) -> Entitlements:
    """Until when she has a pass or a membership; one query."""
    if profile_id is None:
        return Entitlements()
    rows = OfferGrant.objects.filter(profile=profile_id, entitles_until__gt=now).exclude(
        revoked_at__isnull=False
    )
    ends: dict[str, datetime] = {}
    for kind, until in rows.values_list("entitles", "entitles_until"):
        if until is not None:
            ends[kind] = max(ends.get(kind, until), until)
    return Entitlements(
        free_shipping_until=ends.get("free_shipping"),
        membership_until=ends.get("membership"),
    )


def multiplier_of(profile_id: int | None, programme: str, now: datetime) -> Multiplier:
    """How many times a programme earns for her now; the highest counts, they never multiply.

    Offers for everybody count for a guest as well, where they ask nothing of a person. No query
    where no live offer multiplies this programme (but that for the set of offers).
    """
    multiplying = {
        key: offer
        for key, offer in live_offers().items()
        if offer.effect.kind == "multiplier"
        and offer.effect.programme == programme
        and offer.is_open(now)
    }
    if not multiplying:
        return Multiplier(factor=Decimal(1))
    shopper = shopper_of(profile_id)
    held: set[str] = set()
    if profile_id is not None and any(o.given == "grant" for o in multiplying.values()):
        held = set(
            OfferGrant.objects.filter(
                Q(expires_at=None) | Q(expires_at__gt=now),
                profile=profile_id,
                revoked_at=None,
                offer__in=list(multiplying),
            ).values_list("offer", flat=True)
        )
    best = max(
        (
            (offer.effect.factor, offer.priority, key)
            for key, offer in multiplying.items()
            if (offer.given == "everybody" or key in held) and fits(offer, shopper, now=now)
        ),
        default=None,
    )
    if best is None:
        return Multiplier(factor=Decimal(1))
    return Multiplier(factor=Decimal(best[0]) / 100, offer=best[2])
