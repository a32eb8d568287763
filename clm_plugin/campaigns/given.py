"""Campaigns about an offer that ends soon: they end when it is used, and hand its code out again.

A journey about an offer carries the grant as its object (``offer:<grant>``).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from clm_plugin.campaigns.models import Enrolment
from clm_plugin.offers import api as offers

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from datetime import datetime

    from clm_plugin.campaigns.data import Plan
    from clm_plugin.events.api import Event

OBJECT = "offer:"
GONE = "offer_gone"
EXPIRING, REDEEMED = "offer.expiring", "offer.redeemed"


def grant_of(object_id: str) -> int | None:
    """The grant that a journey or a mail is about; None for another object."""
    number = object_id.removeprefix(OBJECT)
    return int(number) if number != object_id and number.isdecimal() else None


def standings_of(object_ids: Iterable[str], *, now: datetime) -> Mapping[int, offers.Standing]:
    """The grants among these objects that can still be used; no query without any."""
    grants = {grant for grant in map(grant_of, object_ids) if grant is not None}
    return offers.standings(grants, now=now)


def end_used(
    plans: Sequence[Plan],
    events: Sequence[Event],
    profile_of: Mapping[str, int],
    *,
    now: datetime,
) -> None:
    """End the journeys about offers that were used meanwhile."""
    about = [plan.campaign for plan in plans if plan.trigger.event == EXPIRING]
    used = {
        (profile_of[event.actor], f"{OBJECT}{grant}")
        for event in events
        if event.type == REDEEMED
        and event.actor in profile_of
        and (grant := event.payload.get("grant_id"))
    }
    if about and used:
        # By the person too: so it is found by its key, however many wait in a campaign.
        rows = Enrolment.objects.filter(
            state=Enrolment.State.WAITING,
            campaign__in=about,
            profile__in={person for person, _ in used},
            object_id__in={object_id for _, object_id in used},
        )
        rows.update(state=Enrolment.State.EXITED, end_rule=GONE, due_at=None, ended_at=now)
