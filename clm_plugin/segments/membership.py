"""Who is in: looking again at the people whose facts changed, or whose time has come.

Whoever writes somebody's memberships holds her ``Standing`` until the transaction ends: the batch
of events does since it placed her, the others take it here. So two workers never both see the same
change, and none decides on facts that another is about to replace.
"""

from __future__ import annotations

from collections import defaultdict
from datetime import datetime
from typing import TYPE_CHECKING, NamedTuple

from django.db import connection

from clm_plugin.arrays import any_of
from clm_plugin.instants import instant, select
from clm_plugin.lifecycle.api import hold_standings
from clm_plugin.segments.changes import (
    MERGE,
    SEGMENT,
    TIME,
    Change,
    deciding,
    reason_of,
)
from clm_plugin.segments.labels import labels_for
from clm_plugin.segments.live import live_segments
from clm_plugin.segments.models import Membership, MembershipChange
from clm_plugin.segments.reading import read_subjects
from clm_plugin.segments.rules import holds, next_change
from clm_plugin.upsert import REPLACE, upsert

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping, Sequence

    from django.db.models import QuerySet

    from clm_plugin.segments.changes import Line
    from clm_plugin.segments.data import Labels, Subject
    from clm_plugin.segments.live import Live, LiveSet

Key = tuple[int, str]
"""(profile id, segment key)."""
Held = tuple[bool, "datetime", "datetime | None"]
"""(inside, since, due)."""
NO_FACETS: frozenset[str] = frozenset()
DETAILED = 200
"""Changes of a batch up to which the history keeps the person's own values: all that live traffic
brings, not what a back-fill or a publish does."""


def review(
    touched: Mapping[int, frozenset[str]], *, now: datetime, cause: Mapping[int, str]
) -> list[Change]:
    """Look again at the segments that each one's facets touch; returns what changed.

    ``touched`` is profile id -> what changed about her (``segments.facets``; ``ALL`` after a
    merge). ``cause`` is what the changes are told with. A bounded number of queries: one read of
    the people, one of their memberships and three writes for each level of segments that refer to
    segments. The caller holds the standings of these people.
    """
    lives = live_segments()
    wanted: dict[str, set[int]] = defaultdict(set)
    same: dict[frozenset[str], tuple[str, ...]] = {}
    for pid, facets in touched.items():
        keys = same.get(facets)
        if keys is None:
            keys = same[facets] = lives.touched_by(facets)
        for key in keys:
            wanted[key].add(pid)
    return _climb(lives, wanted, now, cause, touched) if wanted else []


def review_due(*, now: datetime, limit: int = 1000) -> tuple[list[Change], int]:
    """Look again at up to ``limit`` memberships whose time has come, in the caller's transaction.

    Returns what changed, and how many memberships were looked at; people whom another worker has
    in hand are left to the next call.
    """
    lives = live_segments()
    due = due_rows(lives).filter(due_at__lte=now)
    first = due.order_by("due_at").values_list("profile_id", flat=True)[:limit]
    people = hold_standings(set(first), skip_locked=True)
    rows = list(due.filter(profile__in=people).values_list("profile_id", "segment_id"))
    if not rows:
        return [], 0
    wanted: dict[str, set[int]] = defaultdict(set)
    orphans = []
    for pid, key in rows:
        live = lives.segments.get(key)
        if live is None or live.group is None:
            orphans.append((pid, key))  # of a segment that is no more
        else:
            wanted[key].add(pid)
    delete_rows(orphans)
    return _climb(lives, wanted, now, {}, {}), len(rows)


def due_rows(lives: LiveSet) -> QuerySet[Membership]:
    """Memberships that time may change; those of broken segments wait until they are mended."""
    rows = Membership.objects.filter(due_at__isnull=False)
    return rows.exclude(segment__in=list(lives.broken)) if lives.broken else rows


def review_referring(
    changes: Iterable[Change], *, now: datetime, cause: str = SEGMENT
) -> list[Change]:
    """Look again at the segments that ask for the segments these people entered or left."""
    lives = live_segments()
    wanted: dict[str, set[int]] = defaultdict(set)
    people = set()
    for change in changes:
        for key in lives.referring.get(change.segment, ()):
            wanted[key].add(change.profile_id)
            people.add(change.profile_id)
    return _climb(lives, wanted, now, dict.fromkeys(people, cause), {}) if wanted else []


def _climb(
    lives: LiveSet,
    wanted: dict[str, set[int]],
    now: datetime,
    cause: Mapping[int, str],
    touched: Mapping[int, frozenset[str]],
) -> list[Change]:
    """Level by level, so that a segment is looked at after all that it refers to."""
    found: list[Change] = []
    for level in lives.levels:
        here = {lives.segments[key]: wanted[key] for key in level if wanted.get(key)}
        if not here:
            continue
        changes = look(here, now=now, cause=cause, touched=touched)
        for change in changes:
            for key in lives.referring.get(change.segment, ()):
                wanted[key].add(change.profile_id)
        found += changes
    return found


def look(
    wanted: Mapping[Live, Collection[int]],
    *,
    now: datetime,
    cause: Mapping[int, str],
    touched: Mapping[int, frozenset[str]],
) -> list[Change]:
    """Decide anew who of these people is in these segments, and write what is different."""
    groups = [live.group for live in wanted if live.group is not None]
    people = set().union(*wanted.values())
    subjects = read_subjects(sorted(people), groups, now)
    held = read_held(people, [live.key for live in wanted])
    flips: list[_Flip] = []
    rows: dict[Key, Held] = {}
    for live, pids in wanted.items():
        for pid in pids:
            before = held.get((pid, live.key))
            was_inside = before is not None and before[0]
            subject = subjects.get(pid)
            inside, due = _answer(live, subject, now)
            at = _changed_at(before, now) if pid not in cause else now
            since = before[1] if before is not None and was_inside == inside else at
            if before is None and not inside and due is None:
                continue
            if (inside, since, due) == before:
                continue
            rows[pid, live.key] = (inside, since, due)
            if inside != was_inside:
                why, facets = cause.get(pid, TIME), touched.get(pid, NO_FACETS)
                flips.append(_Flip(live, pid, subject, inside, at, why, facets))
    groups = [live.group for live in {flip.live for flip in flips} if live.group is not None]
    labels = labels_for(groups, values=True) if 0 < len(flips) <= DETAILED else None
    changes = [_told(flip, now, labels) for flip in flips]
    write(changes, rows)
    return changes


class _Flip(NamedTuple):
    live: Live
    pid: int
    subject: Subject | None
    entered: bool
    at: datetime
    cause: str
    facets: frozenset[str]


def _answer(live: Live, subject: Subject | None, now: datetime) -> tuple[bool, datetime | None]:
    if subject is None or live.group is None:  # erased, or merged away
        return False, None
    due = next_change(live.group, subject, now) if live.timed else None
    # A due time must move on, or the sweep would not end.
    return holds(live.group, subject, now), due if due is None or due > now else None


def _changed_at(before: Held | None, now: datetime) -> datetime:
    """Time changed it: when it was due, however late the sweep is."""
    due = before[2] if before is not None else None
    return due if due is not None and due < now else now


def _told(flip: _Flip, now: datetime, labels: Labels | None) -> Change:
    told: Sequence[Line] = ()
    if flip.subject is not None and flip.live.group is not None and flip.cause != MERGE:
        told = deciding(
            flip.live.group,
            flip.subject,
            now,
            entered=flip.entered,
            touched=flip.facets,
            before=flip.at if flip.cause == TIME else None,
            labels=labels,
        )
    return Change(
        profile_id=flip.pid,
        segment=flip.live.key,
        entered=flip.entered,
        changed_at=flip.at,
        cause=flip.cause,
        reason=reason_of(flip.cause, told),
    )


def read_held(people: Iterable[int], keys: Sequence[str]) -> dict[Key, Held]:
    """The rows of these people in these segments; one query."""
    rows = Membership.objects.filter(any_of("profile", people), segment__in=keys)
    return {
        (pid, key): (inside, instant(since), instant(due))
        for pid, key, inside, since, due in rows.values_list(
            "profile_id", "segment_id", "inside", select("since"), select("due_at")
        )
    }


def write(changes: Sequence[Change], rows: Mapping[Key, Held]) -> None:
    """Write memberships and the history: three statements for any number of rows."""
    kept = {key: row for key, row in rows.items() if row[0] or row[2] is not None}
    upsert(
        Membership,
        ("profile_id", "segment_id", "inside", "since", "due_at"),
        [(*key, *row) for key, row in sorted(kept.items())],
        key=("profile_id", "segment_id"),
        combine=dict.fromkeys(("inside", "since", "due_at"), REPLACE),
    )
    delete_rows([key for key in rows if key not in kept])
    upsert(
        MembershipChange,
        ("profile_id", "segment_id", "entered", "changed_at", "reason"),
        [(c.profile_id, c.segment, c.entered, c.changed_at, dict(c.reason)) for c in changes],
        key=("id",),
        combine={},
    )


def delete_rows(keys: Sequence[Key]) -> None:
    """Delete memberships by (profile, segment), in one statement."""
    if not keys:
        return
    table = Membership._meta.db_table
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute(
                f"DELETE FROM {table} m USING unnest(%s::bigint[], %s::text[]) AS g (pid, key)"
                " WHERE m.profile_id = g.pid AND m.segment_id = g.key",
                [[pid for pid, _ in keys], [key for _, key in keys]],
            )
        else:
            cursor.executemany(
                f"DELETE FROM {table} WHERE profile_id = %s AND segment_id = %s", list(keys)
            )
