"""Looking at everybody for one segment: in the background, in pieces, from where it stopped.

A segment that time alone cannot change is compared in SQL, a range of profiles at a time; where
time can, each person is read, because her due time has to be worked out. A piece is a transaction
that holds the standings of its people and moves the mark on, so a stop loses nothing, and a second
worker takes another segment.
"""

from __future__ import annotations

import logging
import time
from datetime import timedelta
from functools import partial
from typing import TYPE_CHECKING

from django.db import DatabaseError, connection, transaction
from django.db.models import Max, Min

from clm_plugin import jobs
from clm_plugin.lifecycle.api import hold_standings
from clm_plugin.profiles.api import profiles
from clm_plugin.segments.changes import SEGMENT, Change, reason_of
from clm_plugin.segments.live import live_segments
from clm_plugin.segments.membership import Held, Key, look, write
from clm_plugin.segments.models import CompiledSegment, Evaluation, Membership, StaticMember
from clm_plugin.segments.sql import matching
from clm_plugin.upsert import REPLACE, upsert

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import datetime

    from clm_plugin.segments.live import Live

logger = logging.getLogger("clm_plugin")

BY_SQL, ONE_BY_ONE = 20_000, 2_000
"""People of a piece, by the way they are looked at."""
_TURN = 5.0
"""Seconds after which an evaluation lets other tasks have their turn."""
_AFTER_FAILURE = timedelta(minutes=5)


def request_evaluation(keys: Iterable[str], *, cause: str, now: datetime) -> None:
    """Have everybody looked at for these segments; begins again where one is under way."""
    known = CompiledSegment.objects.filter(key__in=list(keys)).values_list("key", flat=True)
    rows = [(key, cause, 0, now) for key in sorted(known)]
    upsert(
        Evaluation,
        ("segment_id", "cause", "after", "due_at"),
        rows,
        key=("segment_id",),
        combine=dict.fromkeys(("cause", "after", "due_at"), REPLACE),
    )
    if rows:
        transaction.on_commit(partial(jobs.send_soon, "clm_plugin.evaluate"))


def refresh(facets: frozenset[str], *, cause: str, now: datetime) -> list[str]:
    """Have the segments evaluated that these facets touch: scores or predictions are new."""
    keys = list(live_segments().touched_by(facets))
    request_evaluation(keys, cause=cause, now=now)
    return keys


def evaluate(*, now: datetime, seconds: float = _TURN) -> bool:
    """Go on with what is to be evaluated; True when there is more than fitted in ``seconds``."""
    until = time.monotonic() + seconds
    while _step(now):
        if time.monotonic() >= until:
            return True
    return False


def next_evaluation() -> datetime | None:
    """When an evaluation is due."""
    at: datetime | None = Evaluation.objects.aggregate(at=Min("due_at"))["at"]
    return at


def progress() -> dict[str, float]:
    """Segments that are being evaluated, with the part of all profiles that is done."""
    rows = list(Evaluation.objects.values_list("segment_id", "after"))
    if not rows:
        return {}
    last = profiles().aggregate(last=Max("id"))["last"] or 1
    return {key: min(after / last, 1.0) for key, after in rows}


def _step(now: datetime) -> bool:
    """One piece of one segment; False when there is none, or others have them all in hand."""
    waiting = dict(Evaluation.objects.filter(due_at__lte=now).values_list("segment_id", "after"))
    if not waiting:
        return False
    order = [key for level in live_segments().levels for key in level]
    rank = {key: place for place, key in enumerate(order)}
    for key in sorted(waiting, key=lambda key: (rank.get(key, -1), key)):
        try:
            with transaction.atomic():
                done = _piece(key, now)
        except DatabaseError:
            raise  # the database's trouble is nobody's fault; the sweep tries again
        except Exception:
            logger.exception("clm: segment %s cannot be evaluated; it will be tried again", key)
            Evaluation.objects.filter(segment=key).update(due_at=now + _AFTER_FAILURE)
            done = True
        if done:
            return True
    return False


def _piece(key: str, now: datetime) -> bool:
    rows = Evaluation.objects.filter(segment=key, due_at__lte=now)
    if connection.features.has_select_for_update_skip_locked:
        rows = rows.select_for_update(skip_locked=True, no_key=True, of=("self",))
    row = rows.first()
    if row is None:
        return False
    lives = live_segments()
    live = lives.segments.get(key)
    size = ONE_BY_ONE if live is None or live.timed else BY_SQL
    ids = list(
        profiles()
        .filter(id__gt=row.after, merged_into__isnull=True)
        .order_by("id")
        .values_list("id", flat=True)[:size]
    )
    if live is None or not ids:
        row.delete()
        request_evaluation(lives.referring.get(key, ()), cause=SEGMENT, now=now)
        return True
    held = sorted(hold_standings(ids))
    if live.timed:
        cause = dict.fromkeys(held, row.cause)
        look({live: held}, now=now, cause=cause, touched={})
    else:
        _compare(live, held, cause=row.cause, now=now)
    Evaluation.objects.filter(segment=key).update(after=ids[-1])
    return True


def _compare(live: Live, ids: Sequence[int], *, cause: str, now: datetime) -> None:
    """What the database says of a range of people, against who is inside by our books."""
    wanted = _inside(live, ids, now)
    before = _read_range(live.key, ids)
    rows: dict[Key, Held] = {}
    changes = []
    reason = reason_of(cause, [])
    for pid in wanted - {pid for pid, held in before.items() if held[0]}:
        rows[pid, live.key] = (True, now, None)
        changes.append(_change(pid, live.key, True, now, cause, reason))
    for pid, (inside, since, due) in before.items():
        if inside and pid not in wanted:
            changes.append(_change(pid, live.key, False, now, cause, reason))
        if pid not in wanted:
            rows[pid, live.key] = (False, now, None)
        elif inside and due is not None:  # its rules asked for a time before
            rows[pid, live.key] = (True, since, None)
    write(changes, rows)


def _inside(live: Live, ids: Sequence[int], now: datetime) -> set[int]:
    first, last = ids[0], ids[-1]
    if live.group is None:
        listed = StaticMember.objects.filter(segment=live.key, profile__gte=first)
        found = listed.filter(profile__lte=last).values_list("profile_id", flat=True)
    else:
        found = matching(live.group, now).filter(id__gte=first, id__lte=last)
        found = found.values_list("id", flat=True)
    return set(found) & set(ids)


def _read_range(key: str, ids: Sequence[int]) -> dict[int, Held]:
    """Memberships of a range of people in one segment; one query."""
    rows = Membership.objects.filter(segment=key, profile__gte=ids[0], profile__lte=ids[-1])
    return {
        pid: (inside, since, due)
        for pid, inside, since, due in rows.values_list("profile_id", "inside", "since", "due_at")
    }


def _change(
    pid: int, key: str, entered: bool, at: datetime, cause: str, reason: dict[str, object]
) -> Change:
    return Change(
        profile_id=pid,
        segment=key,
        entered=entered,
        changed_at=at,
        cause=cause,
        reason=reason,
    )
