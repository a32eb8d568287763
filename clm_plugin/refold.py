"""Some people told anew from the log, and traits and life events that were declared since."""

from __future__ import annotations

from typing import TYPE_CHECKING

from clm_plugin.events.api import in_batches
from clm_plugin.lifecycle import api as lifecycle
from clm_plugin.profiles import api as profiles

if TYPE_CHECKING:
    from collections.abc import Collection
    from datetime import datetime

_SIZE = 2_000
_OF_THE_ORDER = frozenset({"order.refunded", "order.cancelled"})
"""They are in the order already, which stays; told again they would count twice."""


def refold(profile_ids: Collection[int], *, now: datetime, cause: str) -> None:
    """Facts, traits, consents and stages of these people as the log tells them.

    In the caller's transaction, which holds the queue: what still waits there is told in its turn.
    """
    profiles.clear_people(profile_ids)
    owner = profiles.owners_by_name(profile_ids)
    for batch in in_batches(_SIZE, actor__in=list(owner)):
        told = [event for event in batch if event.type not in _OF_THE_ORDER]
        profiles.fold_events(told, owner)
    profiles.add_up(profile_ids)
    lifecycle.settle(profile_ids)
    lifecycle.restage(
        profile_ids,
        before=profiles.fact_rows(profile_ids),
        turns={},
        at=dict.fromkeys(profile_ids, now),
        cause=dict.fromkeys(profile_ids, cause),
    )


def retell_trait(key: str) -> int:
    """Write a trait anew from what was told of it, after it was declared or its rule changed.

    Returns how many people have it. In the caller's transaction.
    """
    profiles.clear_trait(key)
    for batch in in_batches(_SIZE, type="profile.identified"):
        told = [event for event in batch if key in event.payload.get("traits", {})]
        profiles.retell_trait(key, told, profiles.owners_of(told))
    return profiles.count_trait(key)


def retell_life_event(key: str, *, now: datetime) -> int:
    """Write a kind of life event anew, after it was declared or edited.

    Returns how many people have it. In the caller's transaction.
    """
    profiles.clear_life_event(key)
    for type_ in ("life_event.declared", "life_event.withdrawn"):
        for batch in in_batches(_SIZE, type=type_):
            told = [event for event in batch if event.payload.get("kind") == key]
            profiles.retell_life_events(told, profiles.owners_of(told))
    return profiles.infer_life_event(key, now=now)
