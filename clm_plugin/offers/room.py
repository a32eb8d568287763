"""Whether an offer's limits have room for one more use: a look, without a promise."""

from __future__ import annotations

from typing import TYPE_CHECKING

from clm_plugin.offers.counting import OPEN, day_of, needs_of
from clm_plugin.offers.guests import guest_of
from clm_plugin.offers.models import OfferCounter, Redemption

if TYPE_CHECKING:
    from datetime import datetime

    from clm_plugin.offers.plan import Offer


def has_room(
    offer: Offer, *, profile_id: int | None, session_key: str, order_id: str, now: datetime
) -> bool:
    """Whether ``reserve`` would find room for the least discount; what this very order has already
    is no hindrance. Reservations that ran out count until a sweep frees them, as they do there. Two
    queries at most."""
    guest = guest_of(session_key) if profile_id is None else ""
    day = day_of(offer, now)
    needs = needs_of(offer, profile_id=profile_id, day=day, minor=1, guest=guest)
    if not needs:
        return True
    rows = OfferCounter.objects.filter(offer=offer.key, scope__in=[its.scope for its in needs])
    used = dict(rows.values_list("scope", "used"))
    if all(used.get(its.scope, 0) + its.amount <= its.most for its in needs):
        return True
    own = Redemption.objects.filter(offer=offer.key, order_id=order_id, state__in=OPEN)
    return bool(order_id) and own.exists()
