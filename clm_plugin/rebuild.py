"""Facts from the log: proof that they are a pure fold, and the cure when they are ever in doubt."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import transaction

from clm_plugin.events.api import count_events, hold_log, in_batches
from clm_plugin.lifecycle.api import restage
from clm_plugin.profiles.api import clear_facts, fact_rows, fold_events, owners_of, with_facts
from clm_plugin.segments.api import ALL, REBUILD
from clm_plugin.segments.api import refresh as regroup

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime


def rebuild_facts(
    *, now: datetime, progress: Callable[[int, int], None] | None = None, size: int = 5_000
) -> int:
    """Fold the whole log anew, in one transaction; identities, consents and history stay.

    Returns the number of profiles with facts. The queue is left alone: events that are still
    waiting are folded when their turn comes, so they are left out here.
    """
    total, done = count_events(), 0
    with transaction.atomic():
        hold_log()
        clear_facts()
        for batch in in_batches(size):
            fold_events(batch, owners_of(batch))
            done += len(batch)
            if progress is not None:
                progress(done, total)
        ids = with_facts()
        for start in range(0, len(ids), size):
            chunk = ids[start : start + size]
            restage(
                chunk,
                before=fact_rows(chunk),
                turns={},
                at=dict.fromkeys(chunk, now),
                cause=dict.fromkeys(chunk, "rebuild"),
            )
        regroup(ALL, cause=REBUILD, now=now)
    return len(ids)
