"""Who falls apart when a merge is undone. Pure.

The profiles of one person and the merges between them are a tree: each merge linked names of two
of its profiles. Taking one merge out leaves two parts; each is the person that it would have been.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

Born = tuple[datetime, int]
"""When a profile was made and its id: the least of a part is who survives in it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Link:
    """A merge: its record and the two profiles whose names were linked."""

    record: int
    one: int
    other: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Label:
    """How a merge reads inside its part: who survived and who was merged."""

    record: int
    survivor: int
    merged: int


def part_of(start: int, links: Iterable[Link]) -> frozenset[int]:
    """All profiles that hang together with ``start``."""
    ways: dict[int, set[int]] = {}
    for link in links:
        ways.setdefault(link.one, set()).add(link.other)
        ways.setdefault(link.other, set()).add(link.one)
    found, todo = {start}, [start]
    while todo:
        fresh = ways.get(todo.pop(), set()) - found
        found |= fresh
        todo += fresh
    return frozenset(found)


def oldest(part: Iterable[int], born: Mapping[int, Born]) -> int:
    return min(part, key=lambda pid: born[pid])


def labels(links: Sequence[Link], born: Mapping[int, Born]) -> list[Label]:
    """Survivor and merged of each merge, had these been all, in their order."""
    root = {pid: pid for pid in born}
    found = []
    for link in links:
        one, other = root[link.one], root[link.other]
        survivor, merged = sorted((one, other), key=lambda pid: born[pid])
        root = {pid: survivor if at == merged else at for pid, at in root.items()}
        found.append(Label(record=link.record, survivor=survivor, merged=merged))
    return found


def first_owners(moves: Sequence[tuple[int, Iterable[object]]]) -> dict[object, int]:
    """Whose a row was before any merge: (merged profile, rows it brought) in order of merges."""
    owners: dict[object, int] = {}
    for merged, rows in moves:
        for row in rows:
            owners.setdefault(row, merged)
    return owners
