"""Lists made by hand or from a file, and what a merge of two people does to memberships."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import transaction

from clm_plugin.lifecycle.api import hold_standings
from clm_plugin.profiles.api import profiles
from clm_plugin.segments.changes import LIST, MERGE, Change, reason_of
from clm_plugin.segments.data import SegmentError
from clm_plugin.segments.membership import Held, Key, read_held, review_referring, write
from clm_plugin.segments.models import (
    CompiledSegment,
    Membership,
    MicroSegment,
    RfmScore,
    StaticMember,
)
from clm_plugin.upsert import upsert

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import datetime

_CHUNK = 5_000


def add_members(key: str, profile_ids: Iterable[int], *, now: datetime) -> list[Change]:
    """Put people on a static list; returns who is new there.

    Merged profiles stand for their survivors; ids that are nobody's are passed over. Each 5,000
    are a transaction, so a long file may be sent again after a stop. Raises SegmentError when
    there is no published static list of this key.
    """
    return _edit(key, profile_ids, True, now)


def remove_members(key: str, profile_ids: Iterable[int], *, now: datetime) -> list[Change]:
    """Take people off a static list; returns who was on it. As ``add_members``."""
    return _edit(key, profile_ids, False, now)


def _edit(key: str, profile_ids: Iterable[int], add: bool, now: datetime) -> list[Change]:
    ids = sorted(set(profile_ids))
    found: list[Change] = []
    for start in range(0, max(len(ids), 1), _CHUNK):
        with transaction.atomic():
            _lock_list(key)
            people = _people(ids[start : start + _CHUNK])
            hold_standings(people)
            if add:
                _list(key, people, now)
            else:
                StaticMember.objects.filter(segment=key, profile__in=people).delete()
            changes = _set(key, people, inside=add, now=now, cause=LIST)
            found += changes
            found += review_referring(changes, now=now)
    return found


def _lock_list(key: str) -> None:
    # Two edits of one list at once: the second sees what the first did.
    kind = CompiledSegment.Kind.STATIC
    rows = CompiledSegment.objects.select_for_update(no_key=True).filter(key=key, kind=kind)
    if not rows.exists():
        raise SegmentError("", f"there is no published static list {key!r}")


def _people(ids: Sequence[int]) -> list[int]:
    rows = profiles().filter(id__in=ids).values_list("id", "merged_into_id")
    return sorted({into or pid for pid, into in rows})


def _list(key: str, people: Iterable[int], now: datetime, merged_from: int | None = None) -> None:
    upsert(
        StaticMember,
        ("segment_id", "profile_id", "added_at", "merged_from"),
        [(key, pid, now, merged_from) for pid in people],
        key=("segment_id", "profile_id"),
        combine={},
    )


def _set(
    key: str, people: Iterable[int], *, inside: bool, now: datetime, cause: str
) -> list[Change]:
    before = read_held(people, [key])
    rows: dict[Key, Held] = {
        (pid, key): (inside, now, None) for pid in people if ((pid, key) in before) != inside
    }
    changes = [
        Change(
            profile_id=pid,
            segment=key,
            entered=inside,
            changed_at=now,
            cause=cause,
            reason=reason_of(cause),
        )
        for pid, _ in sorted(rows)
    ]
    write(changes, rows)
    return changes


def move(old: int, new: int, *, now: datetime) -> None:
    """After a merge: the survivor is on the lists of both; the rules are asked by ``review``.

    The merged profile is in nothing any more; its history and its place on lists stay its own, so
    that the merge can be undone.
    """
    forget([old])
    for key in StaticMember.objects.filter(profile=old).values_list("segment_id", flat=True):
        _list(key, [new], now, merged_from=old)
    _follow_lists(new, now)


def unmove(old: int, new: int, *, now: datetime) -> None:
    """After a merge was undone: what ``old`` brought to the lists leaves ``new`` again.

    The rules of both are asked by ``review``.
    """
    StaticMember.objects.filter(profile=new, merged_from=old).delete()
    _follow_lists(new, now)
    _follow_lists(old, now)


def _follow_lists(pid: int, now: datetime) -> None:
    """Memberships in the published static lists, as the lists say."""
    kind = CompiledSegment.Kind.STATIC
    lists = set(CompiledSegment.objects.filter(kind=kind).values_list("key", flat=True))
    listed = StaticMember.objects.filter(profile=pid)
    wanted = lists & set(listed.values_list("segment_id", flat=True))
    inside = Membership.objects.filter(profile=pid, segment__in=lists, inside=True)
    now_in = set(inside.values_list("segment_id", flat=True))
    for key in sorted(wanted - now_in):
        _set(key, [pid], inside=True, now=now, cause=MERGE)
    for key in sorted(now_in - wanted):
        _set(key, [pid], inside=False, now=now, cause=MERGE)


def forget(profile_ids: Iterable[int]) -> None:
    """These profiles are in no segment and have no score any more."""
    ids = list(profile_ids)
    for model in (Membership, RfmScore, MicroSegment):
        model._default_manager.filter(profile__in=ids).delete()
