"""What offers ask of a person, and which of them she can use now."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db.models import Q

from clm_plugin.offers.data import Active, Shopper
from clm_plugin.offers.granting import as_data
from clm_plugin.offers.live import live_offers, offers
from clm_plugin.offers.models import OfferCode, OfferGrant, Redemption
from clm_plugin.offers.rules import fits
from clm_plugin.profiles.api import profiles
from clm_plugin.segments.api import segments_of_many

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from clm_plugin.offers.plan import Offer


def shopper_of(profile_id: int | None) -> Shopper:
    """A person as conditions ask for her: two queries; nobody known for None."""
    if profile_id is None:
        return Shopper()
    row = profiles().filter(id=profile_id).values_list("standing__stage", "facts__orders").first()
    if row is None:
        return Shopper()
    inside = segments_of_many([profile_id]).get(profile_id, frozenset())
    return Shopper(
        profile_id=profile_id,
        stage=row[0] or "",
        segments=frozenset(inside),
        orders=row[1] or 0,
    )


def active_offers(profile_id: int | None, now: datetime) -> tuple[Active, ...]:
    """What somebody can use now: offers for everybody she fits, and what was given to her.

    The highest priority first. A grant that is used up, over or revoked is left out; one whose code
    is reserved by an order of hers stays. At most four queries.
    """
    known = live_offers()
    shopper = shopper_of(profile_id)
    found = [
        Active(offer=offer)
        for offer in offers(now)
        if offer.given == "everybody" and fits(offer, shopper, now=now)
    ]
    if profile_id is not None:
        found += _granted(profile_id, known, shopper, now)
    return tuple(
        sorted(
            found,
            key=lambda each: (
                -each.offer.priority, each.offer.key, each.grant.id if each.grant else 0
            ),
        )
    )  # fmt: skip


def _granted(
    profile_id: int, known: Mapping[str, Offer], shopper: Shopper, now: datetime
) -> list[Active]:
    used = Redemption.objects.filter(
        state=Redemption.State.CONFIRMED, profile=profile_id, grant__isnull=False
    )
    rows = (
        OfferGrant.objects.filter(
            Q(expires_at=None) | Q(expires_at__gt=now),
            profile=profile_id,
            revoked_at=None,
            offer__in=list(known),
        )
        .exclude(pk__in=used.values("grant"))
        .order_by("pk")
    )
    grants = [row for row in rows if fits(known[row.offer], shopper, now=now)]
    codes = dict(
        OfferCode.objects.filter(grant__in=[row.pk for row in grants], revoked_at=None).values_list(
            "grant_id", "text"
        )
    )
    return [
        Active(offer=known[row.offer], grant=as_data(row), code=codes.get(row.pk, ""))
        for row in grants
    ]
