"""What the profile floor knows one person by, and how it forgets her."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING
from uuid import uuid4

from clm_plugin.events.api import actor
from clm_plugin.profiles.models import Identifier, ItemFact, OrderFact, Profile, TraitValue
from clm_plugin.profiles.tombstones import address_name, hash_name, order_name

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from uuid import UUID

ERASED_ORDER = "erased-"
"""How the ids of orders begin that are nobody's any more."""
_CHUNK = 10_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """All that one person is known by: her profile, those merged into it, and every name."""

    root: int
    profile_ids: tuple[int, ...]
    actors: tuple[str, ...]
    addresses: tuple[str, ...]
    orders: tuple[str, ...]
    phones: tuple[str, ...] = ()

    def texts(self, *, also: Iterable[str] = ()) -> set[str]:
        """What she is found by in files that somebody brought."""
        return {*self.addresses, *self.phones, *self.orders, *also}

    def hashes(self, *, also: Iterable[str] = ()) -> set[UUID]:
        """The keyed hashes of every name (and further addresses), for tombstones and journal."""
        addresses = {*self.addresses, *also}
        names = [*self.actors, *map(address_name, addresses), *map(order_name, self.orders)]
        return {hash_name(name) for name in names}


def person_of(profile_id: int) -> Person | None:
    """The whole person behind a profile, a merged one included; None when there is none."""
    root = profile_id
    for _ in range(100):  # a chain of merges has an end; a broken one must not hang
        found = Profile.objects.filter(pk=root).values_list("merged_into_id").first()
        if found is None:
            return None
        if found[0] is None:
            break
        root = found[0]
    ids = [root]
    fresh = ids
    while fresh := [
        pk
        for pk in Profile.objects.filter(merged_into__in=fresh).values_list("pk", flat=True)
        if pk not in ids
    ]:
        ids += fresh
    rows = list(Profile.objects.filter(pk__in=ids).values_list("customer_id", "email"))
    said = TraitValue.objects.filter(profile__in=ids, key__in=["email", "phone"], text__gt="")
    told: dict[str, set[str]] = {"email": set(), "phone": set()}
    for key, text in said.values_list("key", "text"):
        told[key].add(str(text))
    actors = [
        *Identifier.objects.filter(profile__in=ids).values_list("actor", flat=True),
        *(actor("customer", customer) for customer, _ in rows if customer),
        *(actor("profile", pk) for pk in ids),
    ]
    addresses = {*(email for _, email in rows if email), *told["email"]}
    orders = OrderFact.objects.filter(profile__in=ids).values_list("order_id", flat=True)
    return Person(
        root=root,
        profile_ids=tuple(ids),
        actors=tuple(sorted(set(actors))),
        addresses=tuple(sorted(addresses)),
        orders=tuple(orders),
        phones=tuple(sorted(told["phone"])),
    )


def anonymise_orders(profile_ids: Sequence[int]) -> int:
    """Make her orders nobody's: another number, the day without the hour, no profile.

    Totals and products stay, so that the store's statistics and what is bought together stay.
    Returns how many orders.
    """
    rows = list(OrderFact.objects.filter(profile__in=profile_ids))
    new_ids = {row.order_id: f"{ERASED_ORDER}{uuid4().hex}" for row in rows}
    for row in rows:
        row.order_id, row.profile_id = new_ids[row.order_id], None
        row.placed_at, row.cancelled_at = _day(row.placed_at), _day(row.cancelled_at)
    OrderFact.objects.bulk_create(rows, batch_size=500)
    for old, new in new_ids.items():
        ItemFact.objects.filter(order=old).update(order=new)
    OrderFact.objects.filter(order_id__in=list(new_ids)).delete()
    return len(rows)


def _day(at: datetime | None) -> datetime | None:
    return at and at.astimezone(UTC).replace(hour=0, minute=0, second=0, microsecond=0)


def delete_profiles(profile_ids: Sequence[int]) -> None:
    """Delete profiles and, by cascade, every row of any floor that belongs to one."""
    Profile.objects.filter(pk__in=profile_ids).update(merged_into=None)
    Profile.objects.filter(pk__in=profile_ids).delete()


def people_named(hashes: Iterable[UUID]) -> Iterator[int]:
    """Profiles that one of these hashed names belongs to: reads every name there is."""
    wanted = set(hashes)
    if not wanted:
        return
    found: set[int] = set()
    for pk, name in _all_names():
        if pk not in found and hash_name(name) in wanted:
            found.add(pk)
            yield pk


def _all_names() -> Iterator[tuple[int, str]]:
    for name, pk in Identifier.objects.values_list("actor", "profile_id").iterator(_CHUNK):
        yield pk, name
    for pk, customer, email in Profile.objects.values_list("pk", "customer_id", "email").iterator(
        _CHUNK
    ):
        if customer:
            yield pk, actor("customer", customer)
        if email:
            yield pk, address_name(email)
