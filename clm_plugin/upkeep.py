"""What is worked out anew once a night, and once after a back-fill."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from clm_plugin.adapters.files import api as files
from clm_plugin.events.api import purge_keys
from clm_plugin.insights.api import NIGHTS, count_credit, recount
from clm_plugin.lifecycle import api as lifecycle
from clm_plugin.pipeline import restage
from clm_plugin.privacy.api import purge
from clm_plugin.profiles.api import infer_all
from clm_plugin.proving import prove
from clm_plugin.recommendations.api import NumericsMissing, rebuild
from clm_plugin.refold import retell_stale
from clm_plugin.segments.api import regroup_scored
from clm_plugin.wallet.api import reward_days

if TYPE_CHECKING:
    from datetime import datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Upkeep:
    """What a run did. ``pairs`` is None where numpy and scipy are not installed."""

    gaps: int
    pairs: int | None
    keys: int
    scored: int
    """Buyers whose RFM score changed, and micro-segments somebody entered or left."""
    purged: int
    """Rows that were past their time (``CLM["RETENTION"]``)."""
    proved: bool
    """Whether the books of store credit are right, and the counters of offers."""


_ORDERS = timedelta(days=35)
"""Whose tenders the nightly proof reads in the shop; ``clm_verify`` reads all."""


def upkeep(*, now: datetime) -> Upkeep:
    """Purchase gaps, life events and their rewards, co-purchase, RFM, micro-segments, the board's
    counters, what is past its time (dedupe keys, old events, receipts, mails), and the ledger's
    proof."""
    before = lifecycle.load_yardsticks()
    gaps = lifecycle.recompute_gaps(now=now)
    lifecycle.request_for_gaps(before, now=now)
    restage(now=now)
    retell_stale(now=now)
    infer_all(now=now)
    reward_days(now=now)
    try:
        pairs: int | None = rebuild(now=now)
    except NumericsMissing:
        pairs = None
    scored = regroup_scored(now=now)
    recount(now=now, days=NIGHTS)
    count_credit(now=now)
    purged = purge(now=now).total
    files.purge(now=now)
    proof = prove(now=now, orders_since=now - _ORDERS)
    return Upkeep(
        gaps=gaps,
        pairs=pairs,
        keys=purge_keys(now=now),
        scored=scored,
        purged=purged,
        proved=proof.ok,
    )
