"""Writing co-purchase: the whole table anew from the orders, in one transaction."""

from __future__ import annotations

from array import array
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from django.db import connection, transaction

from clm_plugin.profiles.api import order_lines
from clm_plugin.recommendations.copurchase import Pairs, copurchases, numerics
from clm_plugin.recommendations.models import CoPurchase
from clm_plugin.shop.api import get_shop

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

MEMORY = timedelta(days=730)
"""Older orders say little about what goes together in today's range."""
_CHUNK = 1_000
_COLUMNS = (
    "product_id",
    "other_id",
    "rank",
    "together",
    "support",
    "confidence",
    "lift",
    "score",
)


def rebuild(*, now: datetime) -> int:
    """Replace all co-purchase rows by those of the orders of the last two years.

    Returns how many rows there are now. Readers see the old rows until the new ones are there.
    Raises NumericsMissing without numpy and scipy.
    """
    orders, products, names = _lines(since=now - MEMORY)
    listed = _listed(names)
    codes = {name: code for code, name in enumerate(dict.fromkeys(filter(None, listed.values())))}
    pairs = _count(orders, products, [codes.get(listed.get(name, ""), -1) for name in names])
    with transaction.atomic():
        _alone()
        CoPurchase.objects.all()._raw_delete(CoPurchase.objects.db)
        _write(pairs, list(codes))
    return len(pairs)


def _lines(*, since: datetime) -> tuple[array[int], array[int], list[str]]:
    """Order codes and product codes, a pair for each order line; the product ids by code."""
    orders, products = array("i"), array("i")
    order_codes: dict[str, int] = {}
    product_codes: dict[str, int] = {}
    for order_id, product_id in order_lines(since=since):
        orders.append(order_codes.setdefault(order_id, len(order_codes)))
        products.append(product_codes.setdefault(product_id, len(product_codes)))
    return orders, products, list(product_codes)


def _listed(names: Sequence[str]) -> dict[str, str]:
    """For each bought product the one that is listed: its parent if it is a variant, else itself.

    What the shop no longer knows is left out: it cannot be suggested.
    """
    listed: dict[str, str] = {}
    shop = get_shop()
    for start in range(0, len(names), _CHUNK):
        found = shop.products(names[start : start + _CHUNK])
        listed.update((key, product.parent_id or key) for key, product in found.items())
    return listed


def _count(orders: array[int], products: array[int], code_of: Sequence[int]) -> Pairs:
    np, _ = numerics()
    if not orders:
        return copurchases(np.empty(0, np.int32), np.empty(0, np.int32))
    codes = np.asarray(code_of, np.int32)[np.frombuffer(products, np.int32)]
    known = codes >= 0
    # Orders of unlisted products alone stay out of the total: nobody could buy them again.
    _, dense = np.unique(np.frombuffer(orders, np.int32)[known], return_inverse=True)
    return copurchases(dense.astype(np.int32), codes[known])


def _alone() -> None:
    """Two rebuilds at once would both insert each rank; the second waits. Readers do not."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute(f"LOCK TABLE {CoPurchase._meta.db_table} IN SHARE ROW EXCLUSIVE MODE")


def _write(pairs: Pairs, names: Sequence[str]) -> None:
    if connection.vendor == "postgresql":
        with (
            connection.cursor() as cursor,
            cursor.copy(
                f"COPY {CoPurchase._meta.db_table} ({', '.join(_COLUMNS)}) FROM STDIN"
            ) as copy,
        ):
            for row in _rows(pairs, names):
                copy.write_row(row)
        return
    CoPurchase.objects.bulk_create(
        (CoPurchase(**dict(zip(_COLUMNS, row, strict=True))) for row in _rows(pairs, names)),
        batch_size=_CHUNK,
    )


def _rows(pairs: Pairs, names: Sequence[str]) -> Iterator[tuple[object, ...]]:
    columns = (
        pairs.product,
        pairs.other,
        pairs.rank,
        pairs.together,
        pairs.support,
        pairs.confidence,
        pairs.lift,
        pairs.score,
    )
    for product, other, *rest in zip(*(column.tolist() for column in columns), strict=True):
        yield (names[product], names[other], *rest)
