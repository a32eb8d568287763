"""How many members all segments have: of very many, as the sweep counted them last."""

from __future__ import annotations

from datetime import timedelta

from clm_plugin import clock
from clm_plugin.insights import api as insights
from clm_plugin.segments import api as segments

_MANY = 200_000
"""Members of all segments together from which they are not counted to be looked at."""
_FRESH = timedelta(minutes=15)
"""The sweep counts every ten minutes at least; what is older says that nobody does."""


def sizes() -> dict[str, segments.Size]:
    """Members of all segments; a million take longer to count than a page may, and are those of
    the last sweep but where a segment is new or being worked out. Four queries."""
    now = clock.now()
    known = insights.segment_members(insights.local_day(now), since=now - _FRESH)
    return segments.sizes(known if sum(known.values()) > _MANY else None)
