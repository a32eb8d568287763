"""Reads of the profile floor."""

from __future__ import annotations

from typing import TYPE_CHECKING

from clm_plugin.arrays import any_of
from clm_plugin.events.api import actor
from clm_plugin.profiles.data import MAIL, MARKETING, FactRow
from clm_plugin.profiles.models import (
    CategoryFact,
    Consent,
    Facts,
    Identifier,
    ItemFact,
    LifeEventKind,
    OrderFact,
    Profile,
    TraitDefinition,
    TraitValue,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from datetime import datetime

    from django.db.models import QuerySet


def fact_rows(profile_ids: Iterable[int]) -> dict[int, FactRow]:
    """The facts that stages are made of, by profile id; one query."""
    rows = Facts.objects.filter(any_of("profile", profile_ids)).values_list(
        "profile_id",
        "profile__customer_id",
        "profile__email",
        "product_views",
        "orders",
        "first_order_at",
        "last_order_at",
        "gap_days",
        "main_category",
        "basket_id",
        "basket_items",
        "basket_minor",
        "basket_at",
        "spend_minor",
        "praises",
    )
    return {
        pid: FactRow(
            profile_id=pid,
            known=bool(customer or email),
            product_views=views,
            orders=orders,
            first_order_at=first,
            last_order_at=last,
            gap_days=gap,
            main_category=category,
            basket_id=basket,
            basket_items=items,
            basket_minor=minor,
            basket_at=at,
            spend_minor=spend,
            praises=praises,
        )
        for (
            pid,
            customer,
            email,
            views,
            orders,
            first,
            last,
            gap,
            category,
            basket,
            items,
            minor,
            at,
            spend,
            praises,
        ) in rows
    }


def profile_id_of(actor: str) -> int | None:
    """The profile of an actor, if it is known."""
    return Identifier.objects.filter(actor=actor).values_list("profile_id", flat=True).first()


def actors_of(profile_id: int) -> list[str]:
    """All names of a profile: what its events are found by."""
    return list(Identifier.objects.filter(profile=profile_id).values_list("actor", flat=True))


def names_of(profile_ids: Iterable[int]) -> dict[int, str]:
    """A name of each person under which news about her are recorded; one query.

    Her account's, which stays hers, else the first by alphabet; ``profile:<id>`` where none is
    known. What is recorded under a name is found with her other events and moves with it.
    """
    ids = set(profile_ids)
    rows = Identifier.objects.filter(any_of("profile", ids), verified=True)
    found: dict[int, str] = {}
    for profile_id, name in rows.values_list("profile_id", "actor"):
        known = found.get(profile_id)
        if known is None or _rank(name) < _rank(known):
            found[profile_id] = name
    return {pk: found.get(pk) or actor("profile", pk) for pk in ids}


def _rank(name: str) -> tuple[bool, str]:
    return not name.startswith("customer:"), name


def mail_consents(profile_ids: Iterable[int]) -> dict[int, bool]:
    """What profiles said about mail: True, False; absent when they never said."""
    rows = Consent.objects.filter(profile__in=list(profile_ids), purpose=MARKETING, channel=MAIL)
    return dict(rows.values_list("profile_id", "granted"))


def ordered_since(profile_ids: Iterable[int]) -> dict[int, datetime]:
    """When each profile last ordered (cancelled orders left out); absent: never."""
    rows = Facts.objects.filter(profile__in=list(profile_ids), last_order_at__isnull=False)
    found = rows.values_list("profile_id", "last_order_at")
    return {profile_id: at for profile_id, at in found if at is not None}


def profiles_by_id(profile_ids: Iterable[int]) -> dict[int, Profile]:
    return Profile.objects.in_bulk(list(profile_ids))


def order_owner(order_ids: Iterable[str]) -> dict[str, OrderFact]:
    """Orders by id, as far as facts know them."""
    return OrderFact.objects.in_bulk(list(order_ids))


def orders_of(profile_ids: Iterable[int]) -> list[str]:
    """The orders of these people, cancelled ones too."""
    rows = OrderFact.objects.filter(profile__in=list(profile_ids))
    return list(rows.values_list("order_id", flat=True))


def purchase_gaps() -> Iterator[tuple[str, float]]:
    """Every gap between two orders of one customer: (her main category, days). Streams."""
    rows = (
        OrderFact.objects.filter(
            cancelled_at__isnull=True, placed_at__isnull=False, profile__facts__orders__gt=1
        )
        .order_by("profile_id", "placed_at")
        .values_list("profile_id", "profile__facts__main_category", "placed_at")
    )
    last_profile, last_at = None, None
    for profile_id, category, placed_at in rows.iterator(chunk_size=5_000):
        if profile_id == last_profile and last_at is not None and placed_at is not None:
            days = (placed_at - last_at).total_seconds() / 86_400
            if days >= 1:  # two orders of one day are one visit
                yield category, days
        last_profile, last_at = profile_id, placed_at


def profiles() -> QuerySet[Profile]:
    """All profiles, for the floors above to read with their own tables joined."""
    return Profile.objects.all()


def identifiers() -> QuerySet[Identifier]:
    """All names of profiles, likewise."""
    return Identifier.objects.all()


def facts() -> QuerySet[Facts]:
    """The facts of everybody, likewise."""
    return Facts.objects.all()


def order_facts() -> QuerySet[OrderFact]:
    """All orders, cancelled ones too, likewise."""
    return OrderFact.objects.all()


def category_facts() -> QuerySet[CategoryFact]:
    """What everybody viewed and bought by category, likewise."""
    return CategoryFact.objects.all()


def survivor_of(profile_id: int) -> int | None:
    """The profile that an id leads to, through all merges since; None for nobody's id.

    A chain is as long as there were merges of merged people, two or three; a query each.
    """
    seen: set[int] = set()
    at: int | None = profile_id
    while at is not None and at not in seen:
        seen.add(at)
        row = Profile.objects.filter(pk=at).values_list("merged_into", flat=True)[:1]
        if not row:
            return None
        if row[0] is None:
            return at
        at = row[0]
    return None


def declared_traits() -> list[dict[str, object]]:
    """The traits that the shop declared, as plain values; one query."""
    rows = TraitDefinition.objects.order_by("key")
    return [dict(row) for row in rows.values("key", "label", "kind", "rule", "sensitive")]


def sensitive_keys() -> tuple[frozenset[str], frozenset[str]]:
    """The keys of sensitive traits, and of sensitive life events; two queries."""
    return _sensitive(TraitDefinition), _sensitive(LifeEventKind)


def _sensitive(model: type[TraitDefinition | LifeEventKind]) -> frozenset[str]:
    return frozenset(model._default_manager.filter(sensitive=True).values_list("key", flat=True))


def trait_keys() -> list[str]:
    """The keys of the traits that the shop declared; one query."""
    return list(TraitDefinition.objects.order_by("key").values_list("key", flat=True))


def trait_values(key: str = "", *, prefix: str = "") -> QuerySet[TraitValue]:
    """What people said of one trait, or of all whose keys begin alike."""
    return TraitValue.objects.filter(**({"key": key} if key else {"key__startswith": prefix}))


def order_lines(*, since: datetime) -> Iterator[tuple[str, str]]:
    """(order id, product id) of every line of the orders since then that were not cancelled.

    Streamed in chunks; millions of lines do not come into memory at once.
    """
    lines = ItemFact.objects.filter(order__placed_at__gte=since, order__cancelled_at__isnull=True)
    return lines.values_list("order_id", "product_id").iterator(chunk_size=20_000)
