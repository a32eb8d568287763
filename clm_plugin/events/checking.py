"""Checking: untrusted data into the payload of a known event, or BadEvent naming the field."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import MISSING, fields
from functools import lru_cache
from typing import Any, get_origin, get_type_hints

from clm_plugin.events.catalogue import TYPES
from clm_plugin.events.limits import BadEvent, clean_int, clean_json, clean_text

MAX_LINES = 500


def check(type_: str, data: object, *, public: bool = False) -> dict[str, Any]:
    """The checked payload of an event: only known fields, each of its own type and size.

    Unknown fields are dropped, so that a public body can name nobody. Raises BadEvent.
    """
    cls = TYPES.get(type_)
    if cls is None or (public and not cls.public):
        raise BadEvent("type", f"{type_[:64]!r} is not an event this endpoint takes")
    if not isinstance(data, dict):
        raise BadEvent("data", "must be an object")
    checked: dict[str, Any] = {}
    for name, kind, required in _fields(type_):
        if name in data and data[name] is not None:
            checked[name] = _value(kind, data[name], name)
        elif required:
            raise BadEvent(name, "is missing")
    return checked


@lru_cache(maxsize=64)
def _fields(type_: str) -> list[tuple[str, Any, bool]]:
    """Name and kind of each field of a known type, and whether it has to be there."""
    cls = TYPES[type_]
    hints = get_type_hints(cls)
    return [
        (
            each.name,
            hints[each.name],
            each.default is MISSING and each.default_factory is MISSING,
        )
        for each in fields(cls)
    ]


def _value(kind: Any, value: object, field: str) -> Any:
    if kind is str:
        if isinstance(value, int) and not isinstance(value, bool):
            value = str(clean_int(value, field))
        if not isinstance(value, str):
            raise BadEvent(field, "must be text")
        return clean_text(value, field)
    if kind is int:
        return clean_int(value, field)
    if kind is bool:
        if not isinstance(value, bool):
            raise BadEvent(field, "must be true or false")
        return value
    if get_origin(kind) is Mapping:
        if not isinstance(value, dict):
            raise BadEvent(field, "must be an object")
        return clean_json(value, field)
    if not isinstance(value, list | tuple):
        raise BadEvent(field, "must be a list")
    if len(value) > MAX_LINES:
        raise BadEvent(field, f"has more than {MAX_LINES} entries")
    item = kind.__args__[0]
    return [_value(item, each, f"{field}[{i}]") for i, each in enumerate(value)]
