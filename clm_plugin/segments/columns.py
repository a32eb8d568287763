"""Conditions on columns of tables with one row a profile, never NULL."""

from __future__ import annotations

from typing import Any

from django.db.models import Q


def between(column: str, low: Any, high: Any, *, missing: str = "") -> Q:
    """``low <= column <= high`` (None: open). ``missing``: the relation whose rows may be missing
    and then count as zero."""
    q = Q()
    if low is not None:
        q &= Q(**{f"{column}__gte": low})
    if high is not None:
        q &= Q(**{f"{column}__lte": high})
    if missing and (low is None or low <= 0) and (high is None or high >= 0):
        q |= Q(**{f"{missing}__isnull": True})
    return q


def in_range(value: Any, low: Any, high: Any) -> bool:
    """The same in Python."""
    return (low is None or value >= low) and (high is None or value <= high)
