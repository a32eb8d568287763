"""Conditions on columns that are never NULL."""

from __future__ import annotations

from typing import Any

from django.db.models import Q


def between(column: str, low: Any, high: Any) -> Q:
    """``low <= column <= high`` (None: open)."""
    q = Q()
    if low is not None:
        q &= Q(**{f"{column}__gte": low})
    if high is not None:
        q &= Q(**{f"{column}__lte": high})
    return q


def in_range(value: Any, low: Any, high: Any) -> bool:
    """The same in Python."""
    return (low is None or value >= low) and (high is None or value <= high)
