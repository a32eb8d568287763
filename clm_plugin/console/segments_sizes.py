"""How many members all segments have, kept for a while where that takes long to count."""

from __future__ import annotations

from django.core.cache import cache

from clm_plugin.segments import api as segments
from clm_plugin.segments.models import SegmentSet

_MANY = 200_000
"""Members of all segments together from which a count is kept for a minute."""


def sizes() -> dict[str, segments.Size]:
    """Members of all segments; of very many, counted once a minute while none is worked out."""
    version = SegmentSet.objects.values_list("version", flat=True).first() or 0
    kept = f"clm:segment-sizes:{version}"
    found: dict[str, segments.Size] | None = cache.get(kept)
    if found is None:
        found = segments.sizes()
        settled = all(size.progress >= 1 for size in found.values())
        if settled and sum(size.members for size in found.values()) > _MANY:
            cache.set(kept, found, 60)
    return found
