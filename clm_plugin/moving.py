"""Rows that change hands when two profiles become one, and when that is undone."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from django.db import models

Moved = dict[str, list[Any]]
"""What a floor moved: keys of rows by the name of their model, as JSON keeps them."""

_CHUNK = 500


def move_rows(old: int, new: int, *tables: type[models.Model]) -> Moved:
    """Give all rows of profile ``old`` to ``new``; returns which, for an undo."""
    moved: Moved = {}
    for table in tables:
        rows = table._default_manager.filter(profile=old)
        keys = list(rows.values_list("pk", flat=True))
        if keys:
            rows.update(profile=new)
            moved[name_of(table)] = [key if isinstance(key, int) else str(key) for key in keys]
    return moved


def return_rows(moved: Moved, *tables: type[models.Model], owner: int, to: int) -> None:
    """Give rows back that ``move_rows`` moved, as far as they are still with ``owner``."""
    for table in tables:
        for keys in _chunks(moved.get(name_of(table), [])):
            table._default_manager.filter(pk__in=keys, profile=owner).update(profile=to)


def name_of(table: type[models.Model]) -> str:
    return str(table._meta.model_name)


def _chunks(keys: Sequence[Any]) -> Iterator[Sequence[Any]]:
    for start in range(0, len(keys), _CHUNK):
        yield keys[start : start + _CHUNK]
