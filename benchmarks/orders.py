"""Real order lines to measure with.

``CLM_BENCH_UCI`` names a Parquet file of Daqing Chen's Online Retail data (UCI Machine Learning
Repository, CC BY 4.0) with the columns invoice, stock_code, quantity, ts, customer_id; a file
``data/uci_online_retail.parquet`` here or beside the checkout is found without it. Without either
the demo shop's own part of those data is used: fewer products, so other figures; notes say which.
"""

from __future__ import annotations

import os
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray


@dataclass(frozen=True, kw_only=True)
class Lines:
    """Parallel arrays, an entry for each distinct (order, product). Order codes are by time."""

    orders: NDArray[np.int32]
    products: NDArray[np.int32]
    customers: NDArray[np.int32]
    """Customer of each *order*; -1 for a guest."""
    source: str

    @property
    def order_count(self) -> int:
        return int(self.orders.max()) + 1


_FILE = "uci_online_retail.parquet"


@cache
def retail() -> Lines:
    """The lines of ``CLM_BENCH_UCI`` or of a file beside the checkout, else the demo's own."""
    path = os.environ.get("CLM_BENCH_UCI", "") or _beside()
    return _parquet(path) if path else _demo()


def _beside() -> str:
    """The file in a folder ``data`` here or in a folder next to the checkout; "" without one."""
    root = Path(__file__).resolve().parent.parent
    found = [*root.glob(f"data/{_FILE}"), *root.parent.glob(f"*/data/{_FILE}")]
    return str(found[0]) if found else ""


def _parquet(path: str) -> Lines:
    import numpy as np
    import pyarrow.compute as pc
    import pyarrow.parquet as pq

    columns = ["invoice", "stock_code", "quantity", "ts", "customer_id"]
    table = pq.read_table(path, columns=columns)
    table = table.filter(pc.greater(table["quantity"], 0))  # returns are no purchases
    customers = table["customer_id"].fill_null(-1).to_numpy()
    return _lines(
        np.array(table["invoice"].to_pylist()),
        np.array(table["stock_code"].to_pylist()),
        table["ts"].to_numpy(),
        customers,
        "UCI Online Retail",
    )


def _demo() -> Lines:
    import numpy as np

    from demo_shop.data.packed import read

    history = read().history
    sizes = np.array(history.order_sizes)
    owner = np.repeat(np.arange(len(sizes)), sizes)
    return _lines(
        owner,
        np.array(history.line_items),
        np.array(history.order_minutes)[owner],
        np.array(history.order_customers)[owner],
        "demo_shop/data, the demo's part of UCI Online Retail (CLM_BENCH_UCI is not set)",
    )


def _lines(orders: Any, products: Any, times: Any, customers: Any, source: str) -> Lines:
    import numpy as np

    _, orders = np.unique(orders, return_inverse=True)
    _, products = np.unique(products, return_inverse=True)
    first = np.full(orders.max() + 1, times.max())
    np.minimum.at(first, orders, times)
    by_time = np.empty(len(first), np.int32)
    by_time[np.argsort(first, kind="stable")] = np.arange(len(first), dtype=np.int32)
    pairs, at = np.unique(
        by_time[orders].astype(np.int64) * (int(products.max()) + 1) + products, return_index=True
    )
    owners = np.full(len(first), -1, np.int32)
    owners[by_time[orders]] = customers
    return Lines(
        orders=by_time[orders][at].astype(np.int32),
        products=products[at].astype(np.int32),
        customers=owners,
        source=f"{source}: {len(pairs):,} lines, {len(first):,} orders",
    )
