"""Campaigns about store credit: they end when it is spent, and speak of what is left when sent.

A journey about credit carries the lot as its object (``credit:<lot>``).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from clm_plugin.campaigns.models import Enrolment
from clm_plugin.wallet import api as wallet

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from datetime import datetime

    from clm_plugin.campaigns.data import Plan
    from clm_plugin.events.api import Event

OBJECT = "credit:"
GONE = "credit_gone"
_THERE = frozenset({"credit.granted", "credit.opened", "credit.expiring", "credit.restored"})
"""Events after which there is credit to speak of."""
_LESS = frozenset({"credit.spent", "credit.expired", "credit.clawed_back"})


def object_of(event: Event) -> str:
    """What a journey that this event starts is about."""
    lots = event.payload.get("lot_ids") or ()
    if event.type in _THERE and lots:
        return f"{OBJECT}{lots[0]}"
    return f"event:{event.id}"


def lot_of(object_id: str) -> int | None:
    """The lot that a journey or a mail is about; None for another object."""
    number = object_id.removeprefix(OBJECT)
    return int(number) if number != object_id and number.isdecimal() else None


def standings_of(object_ids: Iterable[str], *, now: datetime) -> Mapping[int, wallet.Standing]:
    """What is left of the lots among these objects; no query without any."""
    lots = {lot for lot in map(lot_of, object_ids) if lot is not None}
    return wallet.standings(lots, now=now)


def end_spent(
    plans: Sequence[Plan],
    events: Sequence[Event],
    profile_of: Mapping[str, int],
    *,
    now: datetime,
) -> None:
    """End the journeys about credit of which nothing is left."""
    about = [plan.campaign for plan in plans if plan.trigger.event in _THERE]
    people = {profile_of[e.actor] for e in events if e.type in _LESS and e.actor in profile_of}
    if not about or not people:
        return
    rows = Enrolment.objects.filter(
        state=Enrolment.State.WAITING,
        campaign__in=about,
        profile__in=list(people),
        object_id__startswith=OBJECT,
    )
    waiting = dict(rows.values_list("pk", "object_id"))
    left = standings_of(waiting.values(), now=now)
    gone = [pk for pk, object_id in waiting.items() if lot_of(object_id) not in left]
    Enrolment.objects.filter(pk__in=gone).update(
        state=Enrolment.State.EXITED, end_rule=GONE, due_at=None, ended_at=now
    )
