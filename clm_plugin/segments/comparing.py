"""Rules against memberships, in SQL: for segments that time alone cannot change.

The database tells who is in by the rules and not by our books, and the other way round; the
difference is written in bulk. Events go on meanwhile, so what was told may be out of date when it
is written: the question is asked again until the difference is so small that each of these people
is read and decided on while nobody else has her in hand.
"""

from __future__ import annotations

from array import array
from typing import TYPE_CHECKING

from django.db import transaction
from django.db.models import Exists, OuterRef

from clm_plugin.garbage import collected_later
from clm_plugin.lifecycle.api import hold_standings
from clm_plugin.profiles.api import profiles
from clm_plugin.segments.changes import Change, reason_of
from clm_plugin.segments.membership import Held, Key, look, read_held, write
from clm_plugin.segments.models import Membership, StaticMember
from clm_plugin.segments.sql import matching

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from datetime import datetime

    from django.db.models import QuerySet

    from clm_plugin.profiles.models import Profile
    from clm_plugin.segments.evaluation import Lease
    from clm_plugin.segments.live import Live

FEW = 2_000
"""So many people are read and decided on one by one."""
_CHUNK = 10_000
_ROUNDS = 5
"""After which people are decided on one by one, however many are left."""


def compare(live: Live, lease: Lease) -> None:
    """Make the memberships of ``live`` what its rules (or its list) say."""
    _drop_times(live.key)
    for round_ in range(_ROUNDS):
        entered, left = _difference(live, lease.now)
        last = len(entered) + len(left) <= FEW or round_ == _ROUNDS - 1
        for inside, people in ((True, entered), (False, left)):
            for chunk in _chunks(people):
                with collected_later(), transaction.atomic():
                    held = sorted(hold_standings(chunk))
                    if live.group is None:
                        _set(live, _listed(live, held, inside), inside, lease)
                    elif last:
                        cause = dict.fromkeys(held, lease.cause)
                        look({live: held}, now=lease.now, cause=cause, touched={})
                    else:
                        _set(live, held, inside, lease)
                    lease.renew(chunk[-1] if inside else lease.after)
                lease.between()
        if last or live.group is None:
            return


def _drop_times(key: str) -> None:
    """Due times of rules that it had before."""
    rows = Membership.objects.filter(segment=key, due_at__isnull=False)
    rows.filter(inside=False).delete()
    rows.update(due_at=None)


def _difference(live: Live, now: datetime) -> tuple[array[int], array[int]]:
    """Ids, ascending, of those inside by the rules only, and of those inside by our books only."""
    wanted = _wanted(live, now)
    member = Membership.objects.filter(segment=live.key, profile=OuterRef("pk"), inside=True)
    entered = wanted.filter(~Exists(member)).order_by("pk").values_list("pk", flat=True)
    inside = Membership.objects.filter(segment=live.key, inside=True)
    left = inside.filter(~Exists(wanted.filter(pk=OuterRef("profile_id")))).order_by("profile_id")
    return (
        array("q", entered.iterator(chunk_size=_CHUNK)),
        array("q", left.values_list("profile_id", flat=True).iterator(chunk_size=_CHUNK)),
    )


def _wanted(live: Live, now: datetime) -> QuerySet[Profile]:
    if live.group is not None:
        return matching(live.group, now)
    listed = StaticMember.objects.filter(segment=live.key, profile=OuterRef("pk"))
    return profiles().filter(Exists(listed), merged_into__isnull=True)


def _listed(live: Live, people: Iterable[int], inside: bool) -> list[int]:
    """Those of them who are (or are not) on the list, now that nobody else edits it for them."""
    rows = StaticMember.objects.filter(segment=live.key, profile__in=list(people))
    listed = set(rows.values_list("profile_id", flat=True))
    return [pid for pid in people if (pid in listed) == inside]


def _set(live: Live, people: Iterable[int], inside: bool, lease: Lease) -> None:
    """Write those of these people whose membership is still another one."""
    before = read_held(people, [live.key])
    changing = [pid for pid in people if (_is_inside(before.get((pid, live.key)))) != inside]
    rows: dict[Key, Held] = {(pid, live.key): (inside, lease.now, None) for pid in changing}
    reason = reason_of(lease.cause)
    changes = [
        Change(
            profile_id=pid,
            segment=live.key,
            entered=inside,
            changed_at=lease.now,
            cause=lease.cause,
            reason=reason,
        )
        for pid in changing
    ]
    write(changes, rows)


def _is_inside(held: Held | None) -> bool:
    return held is not None and held[0]


def _chunks(people: array[int]) -> Iterator[list[int]]:
    for start in range(0, len(people), _CHUNK):
        yield people[start : start + _CHUNK].tolist()
