"""The prepared shop as one small file: JSON columns of plain integers, compressed with xz."""

from __future__ import annotations

import json
import lzma
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from functools import cache
from itertools import accumulate
from pathlib import Path
from typing import Any

SHOP_FILE = Path(__file__).with_name("shop.json.xz")
# Minutes in the order column count from here: local wall time of the shop, without a zone.
EPOCH = datetime(2010, 12, 1)  # noqa: DTZ001  (the real times come without a zone)


@dataclass(frozen=True, kw_only=True)
class Item:
    """Something that can be bought; ``product`` is an index into the products."""

    code: str
    product: int
    title: str
    value: str
    description: str
    price: int
    cost: int
    kind: str
    pattern: str
    colour: str
    detail: str


@dataclass(frozen=True, kw_only=True)
class Family:
    """A product page; ``axis`` is empty when it has only one item."""

    title: str
    category: str
    axis: str
    description: str


@dataclass(frozen=True, kw_only=True)
class History:
    """Orders by time. Columns of equal length per customer, per order and per line."""

    customer_ids: list[int]
    customer_countries: list[int]
    invoices: list[int]
    order_customers: list[int]
    order_minutes: list[int]
    order_sizes: list[int]
    line_items: list[int]
    line_quantities: list[int]
    line_prices: list[int]


@dataclass(frozen=True, kw_only=True)
class Shop:
    """Everything the loader needs. Prices are in pence."""

    categories: dict[str, str]
    products: list[Family]
    items: list[Item]
    countries: list[str]
    history: History


def local_time(minute: int) -> datetime:
    """The wall time (without a zone) of an order, as it was in the real data."""
    return EPOCH + timedelta(minutes=minute)


def _deltas(values: list[int]) -> list[int]:
    return [value - before for value, before in zip(values, [0, *values], strict=False)]


def write(shop: Shop, path: Path = SHOP_FILE) -> int:
    """Write the file and return its size; the same shop always gives the same bytes."""
    data = asdict(shop)
    history = data["history"]
    for column in ("customer_ids", "invoices", "order_minutes"):
        history[column] = _deltas(history[column])
    # Most lines were sold at the shop's price, so the difference compresses to almost nothing.
    usual = [item.price for item in shop.items]
    history["line_prices"] = [
        price - usual[item]
        for item, price in zip(history["line_items"], history["line_prices"], strict=True)
    ]
    text = json.dumps(data, ensure_ascii=False, separators=(",", ":"))
    packed = lzma.compress(text.encode(), preset=9 | lzma.PRESET_EXTREME)
    path.write_bytes(packed)
    return len(packed)


@cache
def read(path: Path = SHOP_FILE) -> Shop:
    """The prepared shop; read once per process."""
    data: dict[str, Any] = json.loads(lzma.decompress(path.read_bytes()))
    history = data["history"]
    items = [Item(**row) for row in data["items"]]
    for column in ("customer_ids", "invoices", "order_minutes"):
        history[column] = list(accumulate(history[column]))
    history["line_prices"] = [
        items[item].price + delta
        for item, delta in zip(history["line_items"], history["line_prices"], strict=True)
    ]
    return Shop(
        categories=data["categories"],
        products=[Family(**row) for row in data["products"]],
        items=items,
        countries=data["countries"],
        history=History(**history),
    )
