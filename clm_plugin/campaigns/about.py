"""What journeys and mails are about, besides baskets: a lot of store credit, an offer."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from clm_plugin.campaigns import credit, given

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from datetime import datetime

    from clm_plugin.campaigns.data import Plan
    from clm_plugin.events.api import Event
    from clm_plugin.offers.api import Standing as OfferStanding
    from clm_plugin.wallet.api import Standing as CreditStanding


@dataclass(frozen=True, slots=True)
class Standings:
    """How credit and offers stood when they were looked at; what is used up is not among them."""

    lots: Mapping[int, CreditStanding] = field(default_factory=dict)
    grants: Mapping[int, OfferStanding] = field(default_factory=dict)

    def credit(self, object_id: str) -> CreditStanding | None:
        return self.lots.get(credit.lot_of(object_id) or 0)

    def offer(self, object_id: str, profile_id: int) -> OfferStanding | None:
        """Only her own: after a merge was undone, the journey may be another's than the grant."""
        found = self.grants.get(given.grant_of(object_id) or 0)
        return found if found is not None and found.grant.profile_id == profile_id else None

    def gone(self, object_id: str, profile_id: int) -> str:
        """Why there is nothing to speak of any more; "" while there is, and for other objects."""
        if credit.lot_of(object_id) is not None and self.credit(object_id) is None:
            return credit.GONE
        if given.grant_of(object_id) is not None and self.offer(object_id, profile_id) is None:
            return given.GONE
        return ""


def look(object_ids: Iterable[str], *, now: datetime) -> Standings:
    """How these stand; no query for what is about neither credit nor an offer."""
    ids = set(object_ids)
    return Standings(credit.standings_of(ids, now=now), given.standings_of(ids, now=now))


def is_looked_at(object_id: str) -> bool:
    """Whether it is credit or an offer: looked at before each step, and again as a mail leaves."""
    return credit.lot_of(object_id) is not None or given.grant_of(object_id) is not None


def object_of(event: Event) -> str:
    """What a journey that this event starts is about."""
    grant = event.payload.get("grant_id")
    if event.type == given.EXPIRING and grant:
        return f"{given.OBJECT}{grant}"
    return credit.object_of(event)


def end_gone(
    plans: Sequence[Plan],
    events: Sequence[Event],
    profile_of: Mapping[str, int],
    *,
    now: datetime,
) -> None:
    """End the journeys about what these events have used up."""
    credit.end_spent(plans, events, profile_of, now=now)
    given.end_used(plans, events, profile_of, now=now)
