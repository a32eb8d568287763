"""Two profiles become one on every floor, and become two again.

A floor that keeps rows of people has ``move(old, new)``, which returns what it moved, and
``give_back``, which takes that.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import transaction

from clm_plugin.attribution import api as attribution
from clm_plugin.campaigns import api as campaigns
from clm_plugin.events.api import hold_queue
from clm_plugin.lifecycle import api as lifecycle
from clm_plugin.messages import api as messages
from clm_plugin.offers import api as offers
from clm_plugin.profiles import api as profiles
from clm_plugin.refold import refold
from clm_plugin.segments import api as segments
from clm_plugin.wallet import api as wallet

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

    from clm_plugin.moving import Moved

_FLOORS = (campaigns, messages, attribution, offers, wallet)
UNDONE = "merge.undone"
"""The cause that moves between stages are told with after an undo."""


def merge(found: Iterable[profiles.Merge], *, now: datetime) -> None:
    """Carry out merges in order, in the caller's transaction. The segments' review is its own."""
    for each in found:
        moved: Moved = lifecycle.move(each.merged, each.survivor)
        record = profiles.merge_profiles(each, now=now)
        for floor in _FLOORS:
            moved |= floor.move(each.merged, each.survivor)
        segments.move(each.merged, each.survivor, now=now)
        profiles.note_moved(record, moved)


def unmerge(record_id: int, *, now: datetime, by: int | None = None) -> profiles.Split:
    """Undo a merge: two people, each with what is hers, who are not joined again.

    Names, receipts, journeys, mails and clicks go back to who had them; facts, traits, consents,
    orders, credits, stages and segments follow from the log. What was made for the one person they
    were stays with ``kept``. Raises ``profiles.MergeError``. Workers wait meanwhile.
    """
    with transaction.atomic():
        hold_queue()
        split = profiles.split(record_id, now=now, by=by)
        lifecycle.take_back(
            split.given.get(lifecycle.WAY, ()), merged=split.merged, freed=split.freed
        )
        for floor in _FLOORS:
            floor.give_back(split.given, owner=split.kept, to=split.freed)
        both = (split.kept, split.freed)
        refold(both, now=now, cause=UNDONE)
        attribution.recredit(both)
        for pid in sorted(split.part):
            segments.unmove(pid, split.kept, now=now)
        segments.forget(split.part - {split.freed})
        again = dict.fromkeys(both, segments.ALL)
        segments.review(again, now=now, cause=dict.fromkeys(both, segments.MERGE))
    return split
