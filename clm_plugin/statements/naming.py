"""Names of what programmes choose, from the shop; kept for a minute, for they are on every page."""

from __future__ import annotations

from functools import lru_cache
from time import monotonic
from typing import TYPE_CHECKING

from django.utils.translation import get_language

from clm_plugin.shop.api import get_shop

if TYPE_CHECKING:
    from clm_plugin.wallet.plan import Choice

_KEPT_SECONDS = 60
_MOST = 8
"""Names in one sentence; who leaves out more than that has a page of its own about it."""


def names_of(choice: Choice) -> list[str]:
    """Titles of the products and categories of a choice; those the shop no longer has are left
    out. No query where nothing is chosen."""
    if not choice.products and not choice.categories:
        return []
    moment = int(monotonic() // _KEPT_SECONDS)
    return list(_names(choice.products[:_MOST], choice.categories[:_MOST], _language(), moment))


def _language() -> str:
    return get_language() or ""


@lru_cache(maxsize=512)
def _names(
    products: tuple[str, ...], categories: tuple[str, ...], language: str, moment: int
) -> tuple[str, ...]:
    shop = get_shop()
    found = []
    if categories:
        every = shop.categories()
        found += [every[key].name for key in categories if key in every]
    if products:
        sold = shop.products(products)
        found += [sold[key].title for key in products if key in sold]
    return tuple(found)
