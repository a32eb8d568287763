"""What time alone makes due, floor by floor: credit, stages, segments, offers, journeys, mails.

Each in batches of one transaction; nothing is touched that is not due.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.db import transaction

from clm_plugin.campaigns import api as campaigns
from clm_plugin.events import api as events
from clm_plugin.lifecycle import api as lifecycle
from clm_plugin.messages import api as messages
from clm_plugin.offers import api as offers
from clm_plugin.segments import api as segments
from clm_plugin.wallet import api as wallet

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class SweepReport:
    """What a sweep found to do."""

    events: int
    moves: int
    changes: int
    steps: int
    mails: int
    credit: int = 0
    """Lots that expired, opened or come to their end, and holds whose time was over."""


def sweep_credit(*, now: datetime) -> int:
    """Late holds first, so that what they held and is over expires in the same sweep."""
    return (
        _until_none(lambda: wallet.release_due(now=now))
        + _until_none(lambda: wallet.expire_due(now=now))
        + _until_none(lambda: wallet.notice_due(now=now))
    )


def sweep(*, now: datetime, send: bool, processed: int, credit: int) -> SweepReport:
    """All that is due above the queue; ``processed`` events and ``credit`` were before."""
    done = SweepReport(
        events=processed,
        moves=_until_none(lambda: _age(now)),
        changes=_until_none(lambda: _regroup(now)),
        steps=_until_none(lambda: _advance(now)),
        mails=send_mails(now=now) if send else 0,
        credit=credit,
    )
    offers.sweep_due(now=now)
    restage(now=now)
    segments.evaluate(now=now)
    return done


def restaged(moves: lifecycle.Moves) -> set[int]:
    """The people whose stage or flag changed."""
    return {move.profile_id for move in moves} | moves.flagged


def restage(*, now: datetime) -> None:
    """Go on placing everybody where model or gaps changed, then segments; it starts no campaign."""
    if lifecycle.restage_everybody(now=now) is not None:
        segments.refresh(segments.STAGE_FACETS, cause="model", now=now)


def send_mails(*, now: datetime) -> int:
    """Send what is due; returns how many mails were taken in hand. Commits for each mail."""
    messages.recover(now=now)
    total = 0
    while taken := messages.send_due(now=now).claimed:
        total += taken
    return total


def _age(now: datetime) -> int:
    """Moves that time owed, what they change in segments, and the campaigns they start."""
    moves = lifecycle.restage_due(now=now)
    told = dict.fromkeys(restaged(moves), segments.STAGE_FACETS)
    changes = segments.review(told, now=now, cause={})
    campaigns.react((), {}, now=now, moves=moves, changes=changes)
    return moves.looked


def _regroup(now: datetime) -> int:
    """Changes of segments that time owed, and the campaigns they start."""
    changes, looked = segments.review_due(now=now)
    if changes:
        campaigns.react((), {}, now=now, changes=changes)
    return looked


def _advance(now: datetime) -> int:
    intents, looked = campaigns.advance(now=now)
    if intents:
        messages.deliver(intents, now=now)
    return looked


def _until_none(once: Callable[[], int]) -> int:
    """Repeat a batch, each in its own transaction, until it finds nothing."""
    total = 0
    while True:
        with transaction.atomic():
            found = once()
        if not found:
            return total
        total += found


def next_due() -> datetime | None:
    """The next moment at which a sweep will have something to do; None: nothing waits."""
    waiting = (events, wallet, lifecycle, segments, offers, campaigns, messages)
    times = [floor.next_due() for floor in waiting]
    return min((at for at in times if at is not None), default=None)
