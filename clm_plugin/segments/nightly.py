"""What segments have worked out anew once a night, and once after a back-fill."""

from __future__ import annotations

from typing import TYPE_CHECKING

from clm_plugin.segments.changes import NIGHTLY
from clm_plugin.segments.evaluation import refresh
from clm_plugin.segments.facets import FAVOURITE, RFM
from clm_plugin.segments.micro import recompute_micro
from clm_plugin.segments.publishing import purge
from clm_plugin.segments.rfm import score_buyers

if TYPE_CHECKING:
    from datetime import datetime


def regroup_scored(*, now: datetime) -> int:
    """Score all buyers, find their micro-segments, and evaluate the segments that ask for either.

    Returns how many scores and micro-segments changed. Memberships nobody answers for are cleared.
    """
    scored, micro = score_buyers(now=now), recompute_micro()
    facets = ({RFM} if scored else set()) | ({FAVOURITE} if micro else set())
    if facets:
        refresh(frozenset(facets), cause=NIGHTLY, now=now)
    purge()
    return scored + micro
