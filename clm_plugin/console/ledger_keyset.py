"""Lists that are paged by key: a page of a million rows costs what the first one does."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from django.http import HttpRequest

PAGE = 50
BEFORE = "before"


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """Some rows, newest first. ``older`` and ``newest`` are queries of an address; empty: none."""

    rows: Sequence[Any]
    older: str = ""
    newest: str = ""


def before_of(request: HttpRequest) -> int | None:
    """The key that a page ends before; None (the newest page) for anything else."""
    text = request.GET.get(BEFORE, "")
    return int(text) if text.isdecimal() and len(text) < 19 else None


def page_of(
    request: HttpRequest, rows: Sequence[Any], key: Callable[[Any], int], *, size: int = PAGE
) -> Page:
    """A page of rows of which one more was read than is shown."""
    shown = list(rows[:size])
    told = request.GET.copy()
    told.pop(BEFORE, None)
    newest = f"?{told.urlencode()}" if before_of(request) is not None else ""
    if len(rows) <= size:
        return Page(rows=shown, newest=newest)
    told[BEFORE] = str(key(shown[-1]))
    return Page(rows=shown, older=f"?{told.urlencode()}", newest=newest)
