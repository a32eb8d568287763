"""What is in the basket now. Amounts in minor units."""

from __future__ import annotations

from dataclasses import dataclass

from clm_plugin.segments.data import Condition
from clm_plugin.segments.fields import minor, texts, whole


@dataclass(frozen=True, kw_only=True)
class Basket(Condition):
    """What is in the basket now. Amounts in minor units."""

    kind = "basket"
    min_items: int | None = whole()
    max_items: int | None = whole()
    min_minor: int | None = minor()
    max_minor: int | None = minor()
    products: tuple[str, ...] = texts(limit=64)
    categories: tuple[str, ...] = texts(limit=64)
