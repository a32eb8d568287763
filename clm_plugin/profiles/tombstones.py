"""Tombstones: what is told of somebody who was erased does not bring her back.

The rule, name by name (an account, a visitor id, a basket, a hashed address, an order number):

- An event whose actor was erased is dropped, and so is one about an erased order or address.
- An erased name among an event's links is taken out of it; the event is its actor's.
- She comes back by an act of her own after the erasure: a login, a registration or an order
  (``RETURNS``), told live. From that moment on her actor and her address are known anew; what
  happened before stays unknown, and an order's number never comes back.

Checked where events get their profile, not at capture: the shop's own transactions stay as short
as they are, and nothing but the log has seen the event by then.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import TYPE_CHECKING
from uuid import UUID

from django.conf import settings as django_settings

from clm_plugin.conf import settings
from clm_plugin.events.api import Event, forget_events, relink
from clm_plugin.profiles.erased_models import Erased
from clm_plugin.profiles.names import email_hash

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import datetime

RETURNS = frozenset({"customer.logged_in", "customer.registered", "order.placed"})
_TOLD_LATER = frozenset({"backfill", "import"})


def hash_name(name: str) -> UUID:
    """The keyed hash of a name under the key in force."""
    return _hash(_canonical(name), _keys()[0])


def order_name(order_id: str) -> str:
    return f"order:{order_id}"


def address_name(address: str) -> str:
    """An address under its hash, as guests and identifiers carry it; "" for none."""
    return f"email:{email_hash(address)}" if address else ""


def bury(hashes: Iterable[UUID], *, at: datetime) -> int:
    """Remember hashed names as erased; a known one dies again. Returns how many were given."""
    rows = [Erased(hash=each, erased_at=at) for each in set(hashes)]
    Erased.objects.bulk_create(
        rows,
        update_conflicts=True,
        unique_fields=["hash"],
        update_fields=["erased_at", "returned_at"],
        batch_size=1_000,
    )
    return len(rows)


def buried(hashes: Iterable[UUID]) -> set[UUID]:
    """Which of these hashes are known as erased."""
    return set(Erased.objects.filter(hash__in=list(hashes)).values_list("hash", flat=True))


def without_erased(events: Sequence[Event]) -> Sequence[Event]:
    """The events that may be known; the others are deleted from the log in the same transaction.

    One query where nobody was ever erased, two otherwise, plus one for each kind of change.
    """
    if not Erased.objects.exists():
        return events
    sieve = _Sieve(events)
    kept = [found for event in events if (found := sieve.sift(event)) is not None]
    sieve.write()
    return kept


@dataclass(slots=True)
class _Tomb:
    erased_at: datetime
    returned_at: datetime | None

    def covers(self, at: datetime) -> bool:
        return self.returned_at is None or at < self.returned_at


class _Sieve:
    """One batch: tombstones read once, changes written once."""

    def __init__(self, events: Sequence[Event]) -> None:
        self.hashes: dict[str, list[UUID]] = {}
        for event in events:
            for name in (event.actor, *event.links, *_about(event)):
                if name not in self.hashes:
                    self.hashes[name] = [_hash(_canonical(name), key) for key in _keys()]
        wanted = [each for found in self.hashes.values() for each in found]
        rows = Erased.objects.filter(hash__in=wanted).values_list(
            "hash", "erased_at", "returned_at"
        )
        self.tombs = {row[0]: _Tomb(row[1], row[2]) for row in rows}
        self.dropped: list[UUID] = []
        self.relinked: dict[UUID, tuple[str, ...]] = {}
        self.returned: dict[UUID, datetime] = {}
        self.lost_orders: dict[UUID, datetime] = {}

    def sift(self, event: Event) -> Event | None:
        if not self.tombs:
            return event
        at = event.occurred_at
        about = _about(event)
        names = [event.actor, *(name for name in about if not name.startswith("order:"))]
        orders = [name for name in about if name.startswith("order:")]
        if any(self._tomb(name) for name in orders):
            return self._drop(event, ())
        if self._comes_back(event, names):
            for name in names:
                self._return(name, at)
        elif any((tomb := self._tomb(name)) and tomb.covers(at) for name in names):
            return self._drop(event, orders if event.type == "order.placed" else ())
        links = tuple(
            link for link in event.links if not ((tomb := self._tomb(link)) and tomb.covers(at))
        )
        if links == event.links:
            return event
        self.relinked[event.id] = links
        return replace(event, links=links)

    def write(self) -> None:
        forget_events(self.dropped)
        relink(self.relinked)
        for each, at in self.returned.items():
            Erased.objects.filter(hash=each).update(returned_at=at)
        by_time: dict[datetime, list[UUID]] = {}
        for each, at in self.lost_orders.items():
            by_time.setdefault(at, []).append(each)
        for at, hashes in by_time.items():
            bury(hashes, at=at)

    def _tomb(self, name: str) -> _Tomb | None:
        return next(
            (self.tombs[each] for each in self.hashes.get(name, ()) if each in self.tombs), None
        )

    def _comes_back(self, event: Event, names: Sequence[str]) -> bool:
        """Whether this is an act of her own since; an old one that is told now is none."""
        if event.type not in RETURNS or event.source in _TOLD_LATER:
            return False
        tombs = [tomb for name in names if (tomb := self._tomb(name))]
        return bool(tombs) and all(event.occurred_at > tomb.erased_at for tomb in tombs)

    def _return(self, name: str, at: datetime) -> None:
        for each in self.hashes.get(name, ()):
            tomb = self.tombs.get(each)
            if tomb and (tomb.returned_at is None or at < tomb.returned_at):
                tomb.returned_at = self.returned[each] = at

    def _drop(self, event: Event, orders: Sequence[str]) -> Event | None:
        self.dropped.append(event.id)
        for name in orders:  # a refund of this order will name nobody else
            self.lost_orders[self.hashes[name][0]] = event.occurred_at
        return None


def _about(event: Event) -> list[str]:
    """The order and the address that an event tells of."""
    payload = event.payload
    traits = payload.get("traits")
    addresses = {payload.get("email"), traits.get("email") if isinstance(traits, dict) else None}
    found = [address_name(each) for each in addresses if isinstance(each, str) and each]
    if payload.get("order_id"):
        found.append(order_name(payload["order_id"]))
    return found


def _canonical(name: str) -> str:
    return f"email:{name[6:]}" if name.startswith("guest:") else name


def _keys() -> tuple[bytes, ...]:
    """The key in force, then those it replaced, for names that were hashed under them."""
    secrets = (
        settings.ERASURE_KEY,
        django_settings.SECRET_KEY,
        *django_settings.SECRET_KEY_FALLBACKS,
    )
    return _derived(tuple(dict.fromkeys(str(secret) for secret in secrets if secret)))


@lru_cache(maxsize=4)
def _derived(secrets: tuple[str, ...]) -> tuple[bytes, ...]:
    return tuple(hashlib.sha256(f"clm.erased:{secret}".encode()).digest() for secret in secrets)


def _hash(name: str, key: bytes) -> UUID:
    return UUID(bytes=hashlib.blake2b(name.encode(), key=key, digest_size=16).digest())
