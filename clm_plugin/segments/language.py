"""The language of segments as JSON: what is stored, sent and shown to developers.

A group is ``{"kind": "all", "members": […]}``; a condition is its kind and its fields, those with
their default left out: ``{"kind": "figure", "figure": "orders", "at_least": 2}``. Pure.
"""

from __future__ import annotations

from dataclasses import MISSING, fields
from typing import TYPE_CHECKING, Any

from clm_plugin.segments.conditions import KINDS
from clm_plugin.segments.conditions.event import Property
from clm_plugin.segments.data import (
    MAX_CONDITIONS,
    MAX_DEPTH,
    Condition,
    Group,
    SegmentError,
)

if TYPE_CHECKING:
    from collections.abc import Mapping

_BY_KIND = {cls.kind: cls for cls in KINDS}
_GROUPS = ("all", "any", "none")


def to_json(group: Group) -> dict[str, Any]:
    """A group as plain JSON values; ``from_json`` gives an equal group."""
    return {
        "kind": group.kind,
        "members": [
            to_json(member) if isinstance(member, Group) else condition_to_json(member)
            for member in group.members
        ],
    }


def condition_to_json(condition: Condition) -> dict[str, Any]:
    found: dict[str, Any] = {"kind": condition.kind}
    for each in fields(condition):
        value = getattr(condition, each.name)
        if each.default is MISSING or value != each.default:
            found[each.name] = _plain(value)
    return found


def from_json(data: object) -> Group:
    """The group that untrusted JSON values say. Raises SegmentError, which names the place."""
    left = [MAX_CONDITIONS]
    found = _node(data, MAX_DEPTH, left)
    if not isinstance(found, Group):
        raise SegmentError("kind", "must be all, any or none")
    return found


def condition_from_json(data: object) -> Condition:
    """One condition, likewise."""
    found = _node(data, 0, [1])
    if isinstance(found, Group):
        raise SegmentError("kind", "must be a condition")
    return found


def _node(data: object, depth: int, left: list[int]) -> Group | Condition:
    """``depth`` groups and ``left`` conditions may still come, so that no bomb is unpacked."""
    if not isinstance(data, dict):
        raise SegmentError("", "must be an object")
    kind = data.get("kind")
    if not isinstance(kind, str):
        raise SegmentError("kind", "is missing" if kind is None else "must be text")
    if kind in _GROUPS:
        return _group(kind, data, depth, left)
    if kind not in _BY_KIND:
        raise SegmentError("kind", f"{kind[:64]!r} is not a kind of condition")
    left[0] -= 1
    if left[0] < 0:
        raise SegmentError("", f"more than {MAX_CONDITIONS} conditions")
    return _condition(_BY_KIND[kind], data)


def _group(kind: str, data: Mapping[str, Any], depth: int, left: list[int]) -> Group:
    if depth == 0:
        raise SegmentError("", f"groups are nested deeper than {MAX_DEPTH}")
    _refuse_unknown(data, {"kind", "members"})
    members = data.get("members")
    if not isinstance(members, list | tuple):
        raise SegmentError("members", "must be a list")
    if not members:
        raise SegmentError("members", "a group needs at least one condition")
    if len(members) > MAX_CONDITIONS:
        raise SegmentError("members", f"more than {MAX_CONDITIONS} conditions")
    found = []
    for i, member in enumerate(members):
        try:
            found.append(_node(member, depth - 1, left))
        except SegmentError as error:
            raise error.inside(f"members[{i}]") from None
    return Group(kind, tuple(found))  # type: ignore[arg-type]  # it is one of _GROUPS


def _condition(cls: type[Condition], data: Mapping[str, Any]) -> Condition:
    known = fields(cls)
    _refuse_unknown(data, {"kind", *(each.name for each in known)})
    for each in known:
        if each.default is MISSING and each.name not in data:
            raise SegmentError(each.name, "is missing")
    return cls(**{name: value for name, value in data.items() if name != "kind"})


def _refuse_unknown(data: Mapping[str, Any], known: set[str]) -> None:
    for name in data:
        if name not in known:
            raise SegmentError(str(name)[:64], "is not a field of this kind")


def _plain(value: Any) -> Any:
    if isinstance(value, Property):
        return {"field": value.field, "op": value.op, "value": value.value}
    return [_plain(each) for each in value] if isinstance(value, tuple) else value
