"""A reward that is given once is given once to a person, whatever profiles she was before.

Its key names the profile that she was (``rewarding.reward_key``); of two that became one, one of
them may have had it.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from django.db.models import Q

from clm_plugin.profiles.api import profiles
from clm_plugin.wallet.awarding import known_keys
from clm_plugin.wallet.programme_models import Promise

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping

MOST = 160
"""Characters of a promise's key."""


@dataclass(frozen=True, slots=True)
class People:
    """``was``: the profiles that each of them was, her own first; ``accounts``: who has one."""

    was: Mapping[int, tuple[int, ...]] = field(default_factory=dict)
    accounts: frozenset[int] = frozenset()


def people_of(profile_ids: Collection[int]) -> People:
    """One query."""
    ids = list(profile_ids)
    rows = profiles().filter(Q(pk__in=ids) | Q(merged_into__in=ids))
    was = {pid: [pid] for pid in ids}
    accounts = set()
    for pk, into, customer in rows.order_by("pk").values_list("pk", "merged_into", "customer_id"):
        if customer:
            accounts.add(pk)
        if into in was:
            was[into].append(pk)
    return People({pid: tuple(all_) for pid, all_ in was.items()}, frozenset(accounts))


def given_or_promised(keys: Iterable[str]) -> set[str]:
    """Which of these rewards there are, given or waiting for an order; two queries."""
    wanted = {key[:MOST] for key in keys}
    promised = Promise.objects.filter(key__in=wanted).values_list("key", flat=True)
    return known_keys(wanted) | set(promised)


def what_it_is(promise: Promise) -> tuple[int, str]:
    """A promise without the profile that she was: two that are alike are one, and kept once."""
    head, _, tail = promise.key.rpartition(f":{promise.rule[:36]}:")
    profile, _, rest = tail.partition(":")
    mark = f":{rest}" if profile.isdecimal() and len(profile) < 20 else f"={tail}"
    return promise.profile_id, f"{head}:{promise.rule[:36]}:{mark}"


def keys_of(promise: Promise, was: Iterable[int]) -> list[str]:
    """The keys under which any of the profiles that she was had what is promised."""
    head, _, tail = promise.key.rpartition(f":{promise.rule[:36]}:")
    profile, _, rest = tail.partition(":")
    if not (profile.isdecimal() and len(profile) < 20):
        return [promise.key]
    end = f":{rest}" if rest else ""
    return [f"{head}:{promise.rule[:36]}:{pid}{end}" for pid in was]


def waiting(profile_ids: list[int]) -> list[Promise]:
    """What these people are promised. What one of the profiles that they were had, or is promised
    as well, is struck off: it is given once."""
    rows = list(Promise.objects.filter(profile__in=profile_ids).order_by("id"))
    if all(row.order_id for row in rows):
        return []
    was = people_of({row.profile_id for row in rows}).was
    known = known_keys(key for row in rows for key in keys_of(row, was[row.profile_id]))
    seen = {what_it_is(row) for row in rows if row.order_id}
    found: list[Promise] = []
    twice: list[Promise] = []
    for row in rows:
        if row.order_id:
            continue
        had = any(key in known for key in keys_of(row, was[row.profile_id]))
        (twice if had or what_it_is(row) in seen else found).append(row)
        seen.add(what_it_is(row))
    if twice:
        Promise.objects.filter(pk__in=[row.pk for row in twice], order_id="").delete()
    return found
