"""Who is in, and until when: groups of conditions for one person. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING

from clm_plugin.segments.data import Condition, Group

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

    from clm_plugin.segments.data import Need, Subject

Node = Group | Condition


def holds(node: Node, subject: Subject, now: datetime) -> bool:
    """Whether the person is in the group."""
    if not isinstance(node, Group):
        return node.holds(subject, now)
    if node.kind == "all":
        return all(holds(member, subject, now) for member in node.members)
    found = any(holds(member, subject, now) for member in node.members)
    return found if node.kind == "any" else not found


def next_change(node: Node, subject: Subject, now: datetime) -> datetime | None:
    """The next moment at which time alone may change ``holds``; None: never.

    Never later than the change, sometimes earlier: look again then.
    """
    if not isinstance(node, Group):
        return node.next_change(subject, now)
    # "all" turns when its last false member has, or the first of them when all are true; "any" and
    # "none" are the mirror image.
    deciding = node.kind != "all"
    answers = [(holds(member, subject, now), member) for member in node.members]
    held_back = [member for answer, member in answers if answer is deciding]
    if not held_back:
        times = [next_change(member, subject, now) for member in node.members]
        return min((at for at in times if at is not None), default=None)
    last: datetime | None = None
    for member in held_back:
        at = next_change(member, subject, now)
        if at is None:
            return None
        last = at if last is None or at > last else last
    return last


def facets(node: Node) -> frozenset[str]:
    """What may change who is in; an event matters to a group when it touches one of them."""
    return frozenset().union(*(condition.facets for condition in _conditions(node)))


def needs(nodes: Iterable[Node]) -> frozenset[Need]:
    """All that has to be read of a person to ask these groups."""
    return frozenset(
        need for node in nodes for condition in _conditions(node) for need in condition.needs
    )


def _conditions(node: Node) -> Iterable[Condition]:
    return node.conditions() if isinstance(node, Group) else (node,)
