"""Some people told anew from the log, and traits and life events that were declared since."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import transaction

from clm_plugin.events.api import count_events, hold_queue, in_batches
from clm_plugin.lifecycle import api as lifecycle
from clm_plugin.profiles import api as profiles
from clm_plugin.segments import api as segments

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence
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


def retell_stale(*, now: datetime, limit: int | None = None) -> int:
    """Tell the traits and life events anew that were declared or edited; returns how many.

    Each in its own transaction, which holds the queue meanwhile. With ``limit``, none whose log
    has more events than that: they wait for the next run without one.
    """
    return sum(
        once(key, now)
        for once, key, types in (
            *((_retell_trait, key, _TRAITS) for key in profiles.stale_traits()),
            *((_retell_life_event, key, _LIFE) for key in profiles.stale_life_events()),
        )
        if limit is None or count_events(limit + 1, type__in=types) <= limit
    )


_TRAITS = ("profile.identified", "history.summed")
_LIFE = ("life_event.declared", "life_event.withdrawn", "profile.identified")


def _retell_trait(key: str, now: datetime) -> bool:
    with transaction.atomic():
        hold_queue()
        profiles.clear_trait(key)
        for batch in in_batches(_SIZE, type__in=_TRAITS):
            profiles.retell_trait(key, batch, profiles.owners_of(batch))
        _look_again(_TRAITS, now)
        return profiles.told_trait(key)


def _retell_life_event(key: str, now: datetime) -> bool:
    with transaction.atomic():
        hold_queue()
        profiles.clear_life_event(key)
        for batch in in_batches(_SIZE, type__in=_LIFE):
            profiles.retell_life_event(key, batch, profiles.owners_of(batch))
        _look_again(_LIFE, now)
        return profiles.told_life_event(key, now=now)


def _look_again(types: Sequence[str], now: datetime) -> None:
    """Have the segments evaluated that events of these types touch; it starts no campaign."""
    segments.refresh(segments.touched_by_types(types), cause=segments.REBUILD, now=now)
