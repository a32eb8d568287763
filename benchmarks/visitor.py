"""The prepared demo shop with its campaigns and credit, and one visitor who looked around in it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import timedelta
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from benchmarks.shop import BenchDatabase

SLOTS = ("product-bundle", "basket", "home")
"""Slots of a page beside the overlay; each has a bundle campaign of its own."""


@dataclass(frozen=True, kw_only=True)
class Visit:
    cookie: str
    products: tuple[str, ...]
    """Ids of listed products with co-purchase rows, the best connected first."""


_prepared: list[Visit] = []


def prepare(database: BenchDatabase, *, small: bool) -> Visit:
    """The shop and its visitor; made at the first call."""
    if not _prepared:
        database.load_shop(small=small)
        _prepared.append(_prepare())
    return _prepared[0]


def _prepare() -> Visit:
    """Read its history in, publish campaigns, and let a visitor view products."""
    from clm_plugin import clock, pipeline
    from clm_plugin.adapters import history
    from clm_plugin.events.api import NewEvent, record_many
    from clm_plugin.profiles.api import new_visitor_id
    from clm_plugin.recommendations.api import rebuild
    from clm_plugin.shop.api import get_shop

    now = clock.now()
    history.backfill(get_shop(), now=now)
    pipeline.drain(now=now)
    rebuild(now=now)
    _publish()
    products = _connected()
    cookie = new_visitor_id()
    record_many(
        NewEvent(
            type="product.viewed",
            actor=f"visitor:{cookie}",
            payload={"product_id": each},
            occurred_at=now - timedelta(minutes=1),
            source="browser",
            key=f"view:{each}",
        )
        for each in products[:5]
    )
    pipeline.drain(now=clock.now())
    return Visit(cookie=cookie, products=products)


def _publish() -> None:
    from clm_plugin.campaigns.recipes import first_day, install
    from demo_shop.loading.credit import load_programme

    load_programme()
    recipes = {recipe.key: recipe for recipe in first_day()}
    for recipe in recipes.values():
        install(recipe, publish=True)
    for slot in SLOTS[1:]:
        copy = replace(
            recipes["bought-together"],
            key=f"bought-together-{slot}",
            name=f"Bought together ({slot})",
            trigger=("slot", {"slot": slot}),
        )
        install(copy, publish=True)


def _connected() -> tuple[str, ...]:
    from django.db.models import Count

    from clm_plugin.recommendations.models import CoPurchase
    from clm_plugin.shop.api import get_shop

    counts = CoPurchase.objects.values("product_id").annotate(n=Count("id")).order_by("-n")
    ids = [row["product_id"] for row in counts[:60]]
    known = get_shop().products(ids)
    return tuple(each for each in ids if each in known and known[each].is_available)
