"""The shop of gifts with categories, and a search by title."""

from __future__ import annotations

from clm_plugin.shop.api import Category, Product
from tests.widgets.gift_shop import GIFTS, GiftShop


class NamedShop(GiftShop):
    supports_search = True

    def categories(self) -> dict[str, Category]:
        return {
            key: Category(id=key, name=name)
            for key, name in (("tea", "Tea things"), ("light", "Lights"))
        }

    def find_products(self, text: str, *, limit: int = 20) -> list[Product]:
        found = [gift for gift in GIFTS.values() if text.lower() in gift.title.lower()]
        return found[:limit]
