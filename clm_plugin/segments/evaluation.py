"""Looking at everybody for one segment: in the background, in pieces, from where it stopped.

Where time alone changes nothing, the database compares the rules with the memberships
(``comparing``); where it does, each person is read, because her due time has to be worked out.
Every piece is a transaction, so a stop loses nothing. A worker takes a segment for some minutes
and renews that with each piece; what a dead one left is due again after it.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from typing import TYPE_CHECKING

from django.db import DatabaseError, transaction
from django.db.models import Max, Min

from clm_plugin import jobs
from clm_plugin.garbage import collected_later
from clm_plugin.lifecycle.api import hold_standings
from clm_plugin.profiles.api import profiles
from clm_plugin.segments.changes import SEGMENT
from clm_plugin.segments.comparing import compare
from clm_plugin.segments.live import live_segments
from clm_plugin.segments.membership import look
from clm_plugin.segments.models import CompiledSegment, Evaluation
from clm_plugin.upsert import REPLACE, upsert

if TYPE_CHECKING:
    from collections.abc import Iterable

    from clm_plugin.segments.live import Live

logger = logging.getLogger("clm_plugin")

ONE_BY_ONE = 1_000
"""People of a piece where each is read."""
_TURN = 5.0
"""Seconds after which an evaluation of each person lets other tasks have their turn."""
_LEASE = timedelta(minutes=5)


class Superseded(Exception):
    """The segment was published anew, or another worker took it over."""


@dataclass(slots=True)
class Lease:
    """A segment that this worker evaluates; nobody else does while ``until`` is renewed."""

    key: str
    now: datetime
    until: datetime
    after: int
    cause: str
    between: Callable[[], object]

    def renew(self, after: int) -> None:
        """Move the mark on, in the transaction of a piece. Raises Superseded."""
        step = timedelta(microseconds=1)  # the time is also the token: each renewal is another one
        self._move(after, self.until + step)

    def release(self) -> None:
        """Let whoever comes next go on from here."""
        self._move(self.after, self.now)

    def postpone(self) -> None:
        """Try again later."""
        self._move(self.after, self.until)

    def finish(self) -> None:
        Evaluation.objects.filter(segment=self.key, due_at=self.until).delete()

    def _move(self, after: int, until: datetime) -> None:
        mine = Evaluation.objects.filter(segment=self.key, due_at=self.until)
        if not mine.update(after=after, due_at=until):
            raise Superseded(self.key)
        self.after, self.until = after, until


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


def evaluate(
    *, now: datetime, seconds: float = _TURN, between: Callable[[], object] = bool
) -> bool:
    """Go on with what is to be evaluated; True when there is more than fitted in ``seconds``.

    ``between`` is called between two pieces, outside of any transaction: where one worker does
    everything, events need not wait for a million people. Safe to run twice, and beside itself.
    """
    until = time.monotonic() + seconds
    while True:
        lease = _take(now, between)
        if lease is None:
            return False
        try:
            done = _evaluate(lease, until)
        except Superseded:
            continue
        except DatabaseError:
            lease.release()
            raise
        except Exception:
            logger.exception("clm: segment %s cannot be evaluated; tried again later", lease.key)
            lease.postpone()
            continue
        if not done:
            lease.release()
            return True


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


def _take(now: datetime, between: Callable[[], object]) -> Lease | None:
    """The next segment that is due and nobody else has; those that others refer to come first."""
    waiting = Evaluation.objects.filter(due_at__lte=now)
    rows = {row.segment_id: row for row in waiting}
    if not rows:
        return None
    order = [key for level in live_segments().levels for key in level]
    rank = {key: place for place, key in enumerate(order)}
    until = now + _LEASE
    for key in sorted(rows, key=lambda key: (rank.get(key, -1), key)):
        if waiting.filter(segment=key).update(due_at=until):
            return Lease(key, now, until, rows[key].after, rows[key].cause, between)
    return None


def _evaluate(lease: Lease, until: float) -> bool:
    """Evaluate one segment; False when its time was up before everybody was looked at."""
    lives = live_segments()
    live = lives.segments.get(lease.key)
    if live is None:
        pass
    elif not live.timed:
        compare(live, lease)
    else:
        while _one_by_one(live, lease):
            lease.between()
            if time.monotonic() >= until:
                return False
    with transaction.atomic():
        request_evaluation(lives.referring.get(lease.key, ()), cause=SEGMENT, now=lease.now)
        lease.finish()
    return True


def _one_by_one(live: Live, lease: Lease) -> bool:
    """A piece of the people, each of them read; False when there was nobody left."""
    people = profiles().filter(id__gt=lease.after, merged_into__isnull=True).order_by("id")
    with collected_later(), transaction.atomic():
        ids = list(people.values_list("id", flat=True)[:ONE_BY_ONE])
        if not ids:
            return False
        held = sorted(hold_standings(ids))
        look({live: held}, now=lease.now, cause=dict.fromkeys(held, lease.cause), touched={})
        lease.renew(ids[-1])
    return True
