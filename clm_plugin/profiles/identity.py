"""Whose is an event: from actors to profiles, for a whole batch in a handful of queries.

The rules are in ``joining``; here is what they need from the tables and what they write.

The actors of one person may be in different shards of the queue and so in the hands of different
workers. Each therefore holds the profiles of its batch before anything is read that it will write,
and starts over where another one was faster: merged a profile, or wrote a name first.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import transaction
from django.db.models import Q

from clm_plugin.arrays import any_of
from clm_plugin.exceptions import ClmError
from clm_plugin.profiles.data import Merge, Resolution
from clm_plugin.profiles.joining import Graph, Node
from clm_plugin.profiles.locking import hold_profiles
from clm_plugin.profiles.models import Identifier, KeptApart, OrderFact, Profile
from clm_plugin.profiles.names import EMAIL, KINDS, PROVEN, email_hash, proven_names
from clm_plugin.upsert import upsert

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

    from clm_plugin.events.api import Event

_TRIES = 10
# A claim gives way to whoever comes with the name itself, or with a newer claim.
_TAKEN_OVER = dict.fromkeys(
    ("profile_id", "origin", "verified", "created_at"),
    "CASE WHEN {table}.verified THEN {old} ELSE {new} END",
)


class IdentityInUse(ClmError):
    """Other workers were faster again and again; the batch is to be tried later."""


def resolve(events: Iterable[Event]) -> Resolution:
    """Find or make the profile of each actor in the batch. Runs in the pipeline's transaction."""
    groups = [(event, _names(event)) for event in events]
    seen = {a: event.occurred_at for event, actors in reversed(groups) for a in actors}
    orders = {event.payload["order_id"] for event in events if "order_id" in event.payload}
    for _ in range(_TRIES):
        with transaction.atomic():  # starting over lets go of what is held
            owner_of = _owner_of(orders)
            known = _load(set(seen))
            before = set(known)
            graph = Graph(known, _Apart(known), _Users(known))
            if _hold(known, owner_of):
                for event, actors in groups:
                    if actors:
                        graph.join(actors, event.type)
                if _write(graph, before, seen):
                    break
            transaction.set_rollback(True)
    else:
        raise IdentityInUse(f"other workers changed the same people {_TRIES} times")
    return _resolution(graph, before, owner_of)


def _names(event: Event) -> list[str]:
    names = [a for a in (event.actor, *event.links) if a.startswith(KINDS)]
    if event.type == PROVEN and names:
        names += [name for name in proven_names(event.payload) if name not in names]
    return names


def _resolution(graph: Graph, before: set[str], owner_of: dict[str, int]) -> Resolution:
    done = tuple(
        Merge(
            survivor=union.into.root().id or 0,
            merged=union.gone.id or 0,
            reason=union.reason,
            edge=(union.edge[0].id or 0, union.edge[1].id or 0),
        )
        for union in graph.unions
    )
    survivor = {merge.merged: merge.survivor for merge in done}
    known = graph.known
    return Resolution(
        profile_of={actor: node.root().id or 0 for actor, node in known.items()},
        created=frozenset(node.root().id or 0 for a, node in known.items() if a not in before),
        merges=done,
        owner_of={order: survivor.get(pid, pid) for order, pid in owner_of.items()},
    )


def _owner_of(order_ids: set[str]) -> dict[str, int]:
    """Whose these orders are: a refund may name nobody, and changes her facts all the same."""
    if not order_ids:
        return {}
    rows = OrderFact.objects.filter(order_id__in=order_ids, profile__isnull=False)
    return dict(rows.values_list("order_id", "profile_id"))


def _hold(known: dict[str, Node], owner_of: dict[str, int]) -> bool:
    roots = {node.root().id for node in known.values()}
    return hold_profiles({*owner_of.values(), *(pk for pk in roots if pk is not None)})


def _load(actors: set[str]) -> dict[str, Node]:
    """The names that are known; mere claims are not: they name nobody yet."""
    rows = Identifier.objects.filter(any_of("actor", actors), verified=True).values_list(
        "actor", "profile_id", "origin", "profile__customer_id"
    )
    nodes: dict[int, Node] = {}
    known: dict[str, Node] = {}
    for actor, profile_id, origin, customer in rows:
        node = nodes.get(profile_id)
        if node is None:
            node = nodes[profile_id] = Node(profile_id, customer)
        if origin is not None and origin != profile_id:
            root, node = node, nodes.setdefault(origin, Node(origin))
            node.merged_into = root
        known[actor] = node
    _load_ids(actors - known.keys(), known, nodes)
    return known


def _load_ids(missing: set[str], known: dict[str, Node], nodes: dict[int, Node]) -> None:
    """Names that are a profile's own id, also of one that was merged since."""
    ids = {
        int(digits): f"profile:{digits}"
        for digits in (name[8:] for name in missing if name.startswith("profile:"))
        if digits.isdecimal() and digits.isascii() and len(digits) < 19
    }
    if not ids:
        return
    for profile in Profile.objects.filter(any_of("id", ids)).select_related("merged_into"):
        root = profile.merged_into or profile
        node = nodes.setdefault(root.pk, Node(root.pk, root.customer_id))
        known[ids[profile.pk]] = node


class _Apart:
    """Who was said to be two people, and who is older: read when two are about to be joined."""

    def __init__(self, known: dict[str, Node]) -> None:
        self._known = known
        self._pairs: set[tuple[int, int]] | None = None

    def __call__(self, one: Node, other: Node) -> bool:
        if self._pairs is None:
            self._pairs = self._read()
        if not self._pairs:
            return False
        mine, theirs = ({n.id for n in (node, *node.members) if n.id} for node in (one, other))
        return any((min(a, b), max(a, b)) in self._pairs for a in mine for b in theirs)

    def _read(self) -> set[tuple[int, int]]:
        roots = {node.root().id: node.root() for node in self._known.values()}
        ids = [pk for pk in roots if pk is not None]
        for pk, born in Profile.objects.filter(id__in=ids).values_list("id", "created_at"):
            roots[pk].born = born
        rows = KeptApart.objects.filter(Q(low__in=ids) | Q(high__in=ids))
        return set(rows.values_list("low_id", "high_id"))


class _Users:
    """The users of other systems among these profiles: read when a device links one of them."""

    def __init__(self, known: dict[str, Node]) -> None:
        self._known = known
        self._names: dict[int, list[str]] | None = None

    def __call__(self, node: Node) -> list[str]:
        if node.id is None:
            return []
        if self._names is None:
            nodes = self._known.values()  # who was merged in this batch is still on her own there
            both = (each.id for node in nodes for each in (node, node.root()))
            ids = {pk for pk in both if pk is not None}
            rows = Identifier.objects.filter(
                any_of("profile", ids), actor__startswith="ext:", verified=True
            )
            self._names = {}
            for pk, name in rows.values_list("profile_id", "actor"):
                self._names.setdefault(pk, []).append(name)
        return self._names.get(node.id, [])


def _write(graph: Graph, before: set[str], seen: dict[str, datetime]) -> bool:
    """Write new profiles and names; False where another worker was first with one of the names."""
    fresh = {actor: node for actor, node in graph.known.items() if actor not in before}
    if not (fresh or graph.lost):
        return True
    roots = [node.root() for node in fresh.values()]
    new_nodes = list({id(node): node for node in roots if node.id is None}.values())
    made = Profile.objects.bulk_create(
        [Profile(created_at=_born(node, seen), customer_id=node.customer) for node in new_nodes]
    )
    for node, profile in zip(new_nodes, made, strict=True):
        node.id = profile.pk
    _name_accounts(fresh, new_nodes)
    # Sorted, so that two workers that insert the same names cannot deadlock.
    upsert(
        Identifier,
        ("actor", "profile_id", "origin", "verified", "created_at"),
        [
            (actor, node.root().id, _origin(node), actor not in graph.claims, seen[actor])
            for actor, node in sorted(fresh.items())
        ],
        key=("actor",),
        combine=_TAKEN_OVER,
    )
    for name, former in graph.lost:
        _hand_over(name, graph.known[name], former, seen[name])
    owners = dict(
        Identifier.objects.filter(any_of("actor", fresh.keys() - graph.claims)).values_list(
            "actor", "profile_id"
        )
    )
    return all(owners[actor] == fresh[actor].root().id for actor in owners)


def _born(node: Node, seen: dict[str, datetime]) -> datetime:
    names = node.actors or [name for member in node.members for name in member.actors]
    return seen[names[0]]


def _origin(node: Node) -> int | None:
    """The profile a name came with, where that is not the one it belongs to."""
    home = node.home()
    return None if home is node.root() else home.id


def _hand_over(name: str, to: Node, former: Node, at: datetime) -> None:
    """An address was proven to be somebody else's now: a new owner, or a recycled one."""
    root = to.root()
    Identifier.objects.filter(actor=name).update(
        profile=root.id, origin=_origin(to), created_at=at, verified=True
    )
    loser = Profile.objects.filter(pk=former.root().id or 0, email_verified=True).first()
    if loser is not None and name == f"{EMAIL}{email_hash(loser.email)}":
        Profile.objects.filter(pk=loser.pk).update(email_verified=False)


def _name_accounts(fresh: dict[str, Node], new_nodes: list[Node]) -> None:
    """A known anonymous profile that just got its account keeps the account's id."""
    made = {id(node) for node in new_nodes}
    named = {
        node.root().id: node.root().customer
        for actor, node in fresh.items()
        if actor.startswith("customer:") and id(node.root()) not in made
    }
    if named:
        Profile.objects.bulk_update(
            [Profile(pk=pk, customer_id=customer) for pk, customer in named.items()],
            ["customer_id"],
        )
