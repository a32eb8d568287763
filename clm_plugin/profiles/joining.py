"""Who is who in a batch: the rules by which names come together. Pure.

Links come from the server only (a login, the shop's own basket), never from a public body. Two
profiles become one only by names that are proven, if at most one of them belongs to an account, and
if nobody said that they are two people. The oldest survives; the account goes with the person.

Users of another system may have several names there, so their own system may join two of them; a
device that served both never does (case 44).

An address or a number as a link is a claim: it names the person who gave it until somebody proves
to own it (reliability, cases 44-46).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING

from clm_plugin.profiles.names import PROVEN, is_claim, is_device, system_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence


@dataclass(slots=True, eq=False)
class Node:
    """A profile while a batch is being resolved; ``id`` is None until it is written.

    ``actors`` are the names that came to it in this batch. A merged one points to its survivor.
    ``born`` is filled when two are about to be joined.
    """

    id: int | None
    customer: str = ""
    born: datetime | None = None
    merged_into: Node | None = None
    actors: list[str] = field(default_factory=list)
    members: list[Node] = field(default_factory=list)
    """Of a root: who was merged into it in this batch."""

    def root(self) -> Node:
        node = self
        while node.merged_into is not None:
            node = node.merged_into
        return node

    def home(self) -> Node:
        """The profile this is, or the one it became a part of before it was ever written."""
        node = self
        while node.id is None and node.merged_into is not None:
            node = node.merged_into
        return node


@dataclass(slots=True)
class Union:
    """Two written profiles that became one, and the two profiles whose names were linked."""

    into: Node
    gone: Node
    reason: str
    edge: tuple[Node, Node]


@dataclass(slots=True)
class Graph:
    """The names of a batch and whose they are; ``known`` maps a name to the profile it came with.

    ``apart`` says whether two profiles must not be joined; it is asked only when they are about to
    be, and sees to it that their ``born`` is known then. ``users`` gives the names from other
    systems that a written profile has had before; it is asked only where a device links somebody.
    """

    known: dict[str, Node]
    apart: Callable[[Node, Node], bool]
    users: Callable[[Node], Iterable[str]] = lambda node: ()
    unions: list[Union] = field(default_factory=list)
    claims: set[str] = field(default_factory=set)
    """Names that came as mere claims, to be written as unverified."""
    lost: list[tuple[str, Node]] = field(default_factory=list)
    """Proven names that somebody else proved to own since: (name, former profile)."""

    def join(self, actors: Sequence[str], reason: str) -> None:
        """Bring the names of one event together, the actor's first, as far as the rules allow."""
        actor = actors[0]
        if actor not in self.known:
            self._attach(actor, self._host(actors))
        for name in actors[1:]:
            mine = self.known[actor]
            if name not in self.known:
                if is_claim(name) and reason != PROVEN:
                    self.claims.add(name)
                self._attach(name, mine if self._fits(mine, name, by=actor) else Node(None))
                continue
            theirs = self.known[name]
            if theirs.root() is mine.root() or (is_claim(name) and reason != PROVEN):
                continue
            if self._may_join(mine.root(), theirs.root(), by=(actor, name)):
                self._unite(mine, theirs, reason)
            elif is_claim(name):  # proven anew: the address has another owner now
                self.lost.append((name, theirs))
                self._attach(name, mine)

    def _host(self, actors: Sequence[str]) -> Node:
        """The profile of a new actor: that of her first known link, or one of her own."""
        for name in actors[1:]:
            node = self.known.get(name)
            if node is not None and not is_claim(name) and self._fits(node, actors[0], by=name):
                return node
        return Node(None)

    def _attach(self, name: str, node: Node) -> None:
        self.known[name] = node
        node.actors.append(name)
        kind, _, value = name.partition(":")
        if kind == "customer":
            node.root().customer = value

    def _fits(self, node: Node, name: str, *, by: str) -> bool:
        """Whether a new name, linked to the name ``by`` of a profile, may become one of its own.

        An account's name fits a profile without an account or with the same one, and a user's of
        another system a profile that a device links it to and that has no other user's of it.
        """
        root = node.root()
        kind, _, value = name.partition(":")
        if kind == "customer":
            return root.customer in ("", value)
        system = system_of(name)
        return not system or not is_device(by) or system not in self._systems(root)

    def _may_join(self, one: Node, other: Node, *, by: tuple[str, str]) -> bool:
        if one.customer and other.customer:
            return False
        if any(map(is_device, by)) and self._systems(one) & self._systems(other):
            return False
        return not self.apart(one, other)

    def _systems(self, root: Node) -> set[str]:
        """The other systems that a profile is a user of, also by its names of this batch."""
        nodes = (root, *root.members)
        names = [name for node in nodes for name in (*node.actors, *self.users(node))]
        return {system_of(name) for name in names} - {""}

    def _unite(self, mine: Node, theirs: Node, reason: str) -> None:
        one, other = mine.root(), theirs.root()
        into, gone = (one, other) if _is_older(one, other) else (other, one)
        if gone.id is None:
            # It was never anybody: its names come with the profile that they were linked to.
            gone.merged_into = theirs if gone is one else mine
        else:
            self.unions.append(Union(into, gone, reason, (mine.home(), theirs.home())))
            gone.merged_into = into
        into.customer = into.customer or gone.customer
        into.members += [gone, *gone.members]


def _is_older(one: Node, other: Node) -> bool:
    """Written beats unwritten; then the earlier time, then the smaller id. Ties: the first."""
    if one.id is None or other.id is None:
        return one.id is not None or other.id is None
    if one.born is not None and other.born is not None and one.born != other.born:
        return one.born < other.born
    return one.id <= other.id
