"""Reading co-purchase: what goes with a product or a basket, from this process's memory.

Nothing here is personal, so all visitors share what is remembered: rows and catalogue data for a
minute. A warm answer costs no query; a cold one costs one, and two questions to the shop.
"""

from __future__ import annotations

from collections import defaultdict
from functools import lru_cache
from itertools import islice
from typing import TYPE_CHECKING

from django.utils.translation import get_language, ngettext

from clm_plugin.recommendations.data import Bundle, Neighbour, Suggestion
from clm_plugin.recommendations.memory import Memory
from clm_plugin.recommendations.models import CoPurchase
from clm_plugin.recommendations.rules import total_price, vote
from clm_plugin.shop.api import get_shop

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Sequence

    from clm_plugin.shop.api import Product

_MOST_LISTS = 5_000
_MOST_PRODUCTS = 20_000


def bought_together(
    product_id: str, *, limit: int = 4, exclude: Collection[str] = ()
) -> list[Suggestion]:
    """Products often bought with this one (or with its parent, for a variant), best first.

    Leaves out what cannot be bought now, the product itself and ``exclude`` (say, the basket's
    product ids; a variant excludes its parent).
    """
    barred = _with_parents({product_id, *exclude})
    return _suggest(_lists_of([product_id])[0], barred, limit)


def complete_basket(
    product_ids: Collection[str], *, limit: int = 4, exclude: Collection[str] = ()
) -> list[Suggestion]:
    """Products that go with all that is in a basket, best first; never one that is in it.

    The reason names the closest relation: the product of the basket that it was bought with most.
    """
    barred = _with_parents({*product_ids, *exclude})
    lists = _lists_of(sorted(set(product_ids)))
    closest: dict[str, Neighbour] = {}
    for neighbour in (each for neighbours in lists for each in neighbours):
        known = closest.get(neighbour.product_id)
        if known is None or neighbour.together > known.together:
            closest[neighbour.product_id] = neighbour
    ranked = [closest[key] for key, _ in vote(lists, exclude=barred)]
    return _suggest(ranked, barred, limit)


def bundle(
    product_id: str, *, items: int = 2, at_least: int = 1, exclude: Collection[str] = ()
) -> Bundle | None:
    """A product with up to ``items`` others to buy with it; None where fewer than ``at_least``
    can be bought now, or the product itself cannot."""
    product = _products_by_id([product_id]).get(product_id)
    if product is None or not product.is_available:
        return None
    found = bought_together(product_id, limit=items, exclude=exclude)
    if len(found) < at_least:
        return None
    total = total_price([product, *(each.product for each in found)])
    return Bundle(product=product, suggestions=tuple(found), total=total)


_generation = 0


def generation() -> int:
    """Grows with each ``forget``: whoever keeps what was made of suggestions, keeps it by this."""
    return _generation


def forget() -> None:
    """Read anew from now on: after a rebuild in this process, and in tests."""
    global _generation
    _generation += 1
    _lists.clear()
    _catalogue.cache_clear()


def _suggest(
    neighbours: Sequence[Neighbour], barred: Collection[str], limit: int
) -> list[Suggestion]:
    wanted = [each for each in neighbours if each.product_id not in barred]
    products = _products_by_id([each.product_id for each in wanted])
    found = (
        (product, each)
        for each in wanted
        if (product := products.get(each.product_id)) is not None and product.is_available
    )
    return [
        Suggestion(product=product, neighbour=each, reason=reason(each))
        for product, each in islice(found, limit)
    ]


def reason(neighbour: Neighbour) -> str:
    """Why it is suggested, in the active language: the real number of orders."""
    return ngettext(
        "Bought together in %(count)d order",
        "Bought together in %(count)d orders",
        neighbour.together,
    ) % {"count": neighbour.together}


def _lists_of(product_ids: Sequence[str]) -> list[tuple[Neighbour, ...]]:
    """The neighbours of each listed product; two variants of one parent count once."""
    products = _products_by_id(product_ids)
    parents = {key: product.parent_id for key, product in products.items() if product.parent_id}
    listed = dict.fromkeys(parents.get(key, key) for key in product_ids)
    return list(_lists.get(listed).values())


def _with_parents(ids: Collection[str]) -> set[str]:
    parents = {product.parent_id for product in _products_by_id(ids).values() if product.parent_id}
    return {*ids, *parents}


def _products_by_id(ids: Iterable[str]) -> dict[str, Product]:
    found = _catalogue(get_language() or "").get(ids)
    return {key: product for key, product in found.items() if product is not None}


def _read_lists(product_ids: Sequence[str]) -> dict[str, tuple[Neighbour, ...]]:
    rows = CoPurchase.objects.filter(product_id__in=product_ids).order_by("product_id", "rank")
    columns = ("other_id", "together", "support", "confidence", "lift", "score")
    lists: defaultdict[str, list[Neighbour]] = defaultdict(list)
    for product_id, other, together, support, confidence, lift, score in rows.values_list(
        "product_id", *columns
    ):
        lists[product_id].append(
            Neighbour(
                product_id=other,
                together=together,
                support=support,
                confidence=confidence,
                lift=lift,
                score=score,
            )
        )
    return {key: tuple(lists.get(key, ())) for key in product_ids}


def _read_products(ids: Sequence[str]) -> dict[str, Product | None]:
    found = get_shop().products(ids)
    return {key: found.get(key) for key in ids}


_lists: Memory[tuple[Neighbour, ...]] = Memory(_read_lists, most=_MOST_LISTS)


@lru_cache(maxsize=32)
def _catalogue(language: str) -> Memory[Product | None]:
    """Products as they read in the active language; titles may be translated by the shop."""
    return Memory(_read_products, most=_MOST_PRODUCTS)
