"""After a backup was put back: erasures since are done again, and no mail leaves unasked.

A backup knows people who were erased after it was made, and mails that have left meanwhile.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from clm_plugin.messages.api import hold_sends, waiting_mails
from clm_plugin.privacy import journal
from clm_plugin.privacy.erasing import erase
from clm_plugin.profiles.api import buried, bury, people_named

if TYPE_CHECKING:
    from datetime import datetime
    from uuid import UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class Restored:
    """Journal entries that the database did not know, people erased again, mails that wait."""

    entries: int
    people: int
    mails: int


def missing() -> dict[UUID, datetime]:
    """The hashes of the journal that the database does not know, each with its time."""
    told: dict[UUID, datetime] = {}
    for entry in journal.read():
        told.update(dict.fromkeys(entry.hashes, entry.erased_at))
    for each in buried(told):
        del told[each]
    return told


def restore(*, now: datetime) -> Restored:
    """Hold all mails, and do the journal's erasures again that a restored backup has undone.

    Safe to run again, and to stop: what is done is done.
    """
    hold_sends(now=now)
    told = missing()
    people = 0
    for profile_id in list(people_named(told)):
        if erase(profile_id, now=now, asked_by="restore", note=False) is not None:
            people += 1
    by_time: dict[datetime, list[UUID]] = {}
    for each, at in told.items():
        by_time.setdefault(at, []).append(each)
    for at, hashes in by_time.items():
        bury(hashes, at=at)
    return Restored(entries=len(by_time), people=people, mails=waiting_mails())
