"""Whose is an event: from actors to profiles, for a whole batch in a handful of queries.

Links come from the server only (a login, the shop's own basket), never from a public body. Two
profiles become one only if at most one of them belongs to an account; a device that two accounts
share joins nobody (reliability, cases 44-46).

The actors of one person may be in different shards of the queue and so in the hands of different
workers. Each therefore holds the profiles of its batch before anything is read that it will write,
and starts over where another one was faster: merged a profile, or wrote a name first.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from django.db import transaction

from clm_plugin.exceptions import ClmError
from clm_plugin.profiles.data import Merge, Resolution
from clm_plugin.profiles.locking import hold_profiles
from clm_plugin.profiles.models import Identifier, OrderFact, Profile
from clm_plugin.upsert import upsert

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

    from clm_plugin.events.api import Event

_TRIES = 10
_PERSONAL = ("visitor:", "customer:", "basket:", "guest:", "profile:")


class IdentityInUse(ClmError):
    """Other workers were faster again and again; the batch is to be tried later."""


@dataclass(slots=True)
class _Node:
    """A profile while the batch is being resolved; ``id`` is None until it is written."""

    id: int | None
    customer: str = ""
    merged_into: _Node | None = None
    actors: list[str] = field(default_factory=list)

    def root(self) -> _Node:
        node = self
        while node.merged_into is not None:
            node = node.merged_into
        return node


def resolve(events: Iterable[Event]) -> Resolution:
    """Find or make the profile of each actor in the batch. Runs in the pipeline's transaction."""
    groups = [
        (event, [a for a in (event.actor, *event.links) if a.startswith(_PERSONAL)])
        for event in events
    ]
    seen = {a: event.occurred_at for event, actors in reversed(groups) for a in actors}
    orders = {event.payload["order_id"] for event in events if "order_id" in event.payload}
    for _ in range(_TRIES):
        with transaction.atomic():  # starting over lets go of what is held
            owner_of = _owner_of(orders)
            known = _load(set(seen))
            before = set(known)
            merges: list[tuple[_Node, _Node, str]] = []
            if _hold(known, owner_of):
                for event, actors in groups:
                    if actors:
                        _join(known, actors, event, merges)
                if _write(known, before, seen):
                    break
            transaction.set_rollback(True)
    else:
        raise IdentityInUse(f"other workers changed the same people {_TRIES} times")
    done = tuple(
        Merge(survivor=into.root().id or 0, merged=gone.id, reason=reason)
        for into, gone, reason in merges
        if gone.id is not None
    )
    survivor = {gone.id: into.root().id or 0 for into, gone, _ in merges}
    created = frozenset(node.root().id or 0 for actor, node in known.items() if actor not in before)
    return Resolution(
        profile_of={actor: node.root().id or 0 for actor, node in known.items()},
        created=created,
        merges=done,
        owner_of={order: survivor.get(pid, pid) for order, pid in owner_of.items()},
    )


def _owner_of(order_ids: set[str]) -> dict[str, int]:
    """Whose these orders are: a refund may name nobody, and changes her facts all the same."""
    if not order_ids:
        return {}
    rows = OrderFact.objects.filter(order_id__in=order_ids, profile__isnull=False)
    return dict(rows.values_list("order_id", "profile_id"))


def _hold(known: dict[str, _Node], owner_of: dict[str, int]) -> bool:
    return hold_profiles(
        {*owner_of.values(), *(node.id for node in known.values() if node.id is not None)}
    )


def _load(actors: set[str]) -> dict[str, _Node]:
    rows = Identifier.objects.filter(actor__in=actors).values_list(
        "actor", "profile_id", "profile__customer_id"
    )
    nodes: dict[int, _Node] = {}
    return {
        actor: nodes.setdefault(profile_id, _Node(profile_id, customer))
        for actor, profile_id, customer in rows
    }


def _join(
    known: dict[str, _Node],
    actors: list[str],
    event: Event,
    merges: list[tuple[_Node, _Node, str]],
) -> None:
    """Bring the actors of one event together as far as the merge rules allow."""
    main = known[actors[0]].root() if actors[0] in known else None
    if main is None:
        main = next(
            (known[a].root() for a in actors[1:] if a in known and _fits(known[a], actors[0])), None
        ) or _Node(None)
        _attach(known, main, actors[0])
    for actor in actors[1:]:
        other = known[actor].root() if actor in known else None
        if other is main:
            continue
        if other is None:
            if _fits(main, actor):
                _attach(known, main, actor)
            else:
                _attach(known, _Node(None), actor)
        elif not (main.customer and other.customer):
            into, gone = (other, main) if other.customer else (main, other)
            gone.merged_into = into
            merges.append((into, gone, event.type))
            main = into


def _fits(node: _Node, actor: str) -> bool:
    """An account's name fits a profile without an account or with the same one."""
    kind, _, value = actor.partition(":")
    return kind != "customer" or node.root().customer in ("", value)


def _attach(known: dict[str, _Node], node: _Node, actor: str) -> None:
    known[actor] = node
    node.actors.append(actor)
    kind, _, value = actor.partition(":")
    if kind == "customer":
        node.customer = value


def _write(known: dict[str, _Node], before: set[str], seen: dict[str, datetime]) -> bool:
    """Write new profiles and names; False where another worker was first with one of the names."""
    fresh = {actor: node.root() for actor, node in known.items() if actor not in before}
    if not fresh:
        return True
    first = {actor: (node, seen[actor]) for actor, node in fresh.items()}
    new_nodes = list({id(node): node for node in fresh.values() if node.id is None}.values())
    made = Profile.objects.bulk_create(
        [Profile(created_at=seen[node.actors[0]], customer_id=node.customer) for node in new_nodes]
    )
    for node, profile in zip(new_nodes, made, strict=True):
        node.id = profile.pk
    _name_accounts(fresh, new_nodes)
    # Sorted, so that two workers that insert the same names cannot deadlock.
    upsert(
        Identifier,
        ("actor", "profile_id", "created_at"),
        [(actor, node.id, seen) for actor, (node, seen) in sorted(first.items())],
        key=("actor",),
        combine={},
    )
    owners = dict(Identifier.objects.filter(actor__in=fresh).values_list("actor", "profile_id"))
    return all(owners[actor] == node.id for actor, node in fresh.items())


def _name_accounts(fresh: dict[str, _Node], new_nodes: list[_Node]) -> None:
    """A known anonymous profile that just got its account keeps the account's id."""
    made = {id(node) for node in new_nodes}
    named = {
        node.id: node.customer
        for actor, node in fresh.items()
        if actor.startswith("customer:") and id(node) not in made
    }
    if named:
        Profile.objects.bulk_update(
            [Profile(pk=pk, customer_id=customer) for pk, customer in named.items()],
            ["customer_id"],
        )
