"""People in what somebody brought: rows of files that name nobody by a key."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from django.db.models import Q, TextField
from django.db.models.functions import Cast

from clm_plugin.privacy.declared import Table, brought

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from django.db.models import Model

_SHORTEST = 5
"""A shorter needle would be found in rows of other people."""


def remove(needles: Iterable[str]) -> dict[str, int]:
    """Take out whatever has one of these texts in it; entries (or rows) by table."""
    wanted = sorted({needle.casefold() for needle in needles if len(needle) >= _SHORTEST})
    found = {table.name: _remove(table, wanted) for table in brought()} if wanted else {}
    return {name: count for name, count in found.items() if count}


def _remove(table: Table, wanted: list[str]) -> int:
    done = 0
    for row in _candidates(table, wanted):
        entries = getattr(row, table.data.person)
        if table.data.erase == "delete":
            hit = _names(entries, wanted)
            if hit:
                row.delete()
            done += hit
            continue
        left = [entry for entry in entries if not _names(entry, wanted)]
        if len(left) < len(entries):
            table.model._default_manager.filter(pk=row.pk).update(**{table.data.person: left})
            done += len(entries) - len(left)
    return done


def _candidates(table: Table, wanted: list[str]) -> Iterator[Model]:
    """Rows whose text has a needle somewhere: the database looks, we look closer."""
    rows = table.model._default_manager.annotate(brought_text=Cast(table.data.person, TextField()))
    which = Q()
    for needle in wanted:
        # As it is, and as JSON writes what is not ASCII.
        for text in {needle, json.dumps(needle)[1:-1]}:
            which |= Q(brought_text__icontains=text)
    yield from rows.filter(which).iterator(chunk_size=50)


def _names(value: Any, wanted: list[str]) -> bool:
    """Whether a text somewhere in a value has a needle in it."""
    if isinstance(value, str):
        text = value.casefold()
        return any(needle in text for needle in wanted)
    if isinstance(value, dict):
        value = list(value.values())
    return isinstance(value, list) and any(_names(each, wanted) for each in value)
