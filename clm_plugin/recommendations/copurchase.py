"""The numeric core of "often bought together": a sparse product of orders with themselves.

``X`` is the orders x products matrix of ones; row ``p`` of ``X.T @ X`` counts the orders that hold
``p`` together with every other product. Rows are made in slices of bounded size, filtered by the
floors and cut to the best few before the next slice, so memory stays small however many products
there are. numpy and scipy come with the extra ``insights`` and are imported on first use, in
workers only.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from clm_plugin.exceptions import ClmError
from clm_plugin.recommendations.data import Floors
from clm_plugin.recommendations.rules import PER_PRODUCT, SHRINK

if TYPE_CHECKING:
    from collections.abc import Iterator

    import numpy as np
    from numpy.typing import NDArray

    Ints = NDArray[np.integer[Any]]
    Floats = NDArray[np.float64]

_SLICE = 1_500_000
"""Most multiply-adds of one slice of rows; bounds its memory."""


class NumericsMissing(ClmError):
    """numpy and scipy are not installed: ``pip install "clm-plugin[insights]"``."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Pairs:
    """Columns of equal length, sorted by (product, rank): the best neighbours of each product."""

    product: Ints
    other: Ints
    rank: Ints
    together: Ints
    support: Floats
    confidence: Floats
    lift: Floats
    score: Floats
    orders: int
    """How many orders were counted."""

    def __len__(self) -> int:
        return len(self.product)


def copurchases(
    orders: Ints,
    products: Ints,
    *,
    per_product: int = PER_PRODUCT,
    shrink: float = SHRINK,
    floors: Floors | None = None,
) -> Pairs:
    """The best ``per_product`` neighbours of every product.

    ``orders`` and ``products`` are parallel arrays of small integer codes, a pair for each order
    line; a pair that comes twice counts once. Codes should be dense (0 … n-1); every order code up
    to the largest counts as an order. Ties go to the pair with more orders, then to the smaller
    code. Raises NumericsMissing.
    """
    np, sparse = numerics()
    floors = floors or Floors()
    shape = (int(orders.max(initial=-1)) + 1, int(products.max(initial=-1)) + 1)
    ones = np.ones(len(orders), np.int32)
    baskets = sparse.csr_matrix((ones, (orders, products)), shape=shape)
    baskets.sum_duplicates()
    baskets.data[:] = 1
    total = baskets.shape[0]
    sold = np.bincount(baskets.indices, minlength=baskets.shape[1])
    # A product with fewer orders than a pair needs has no pair. Best sellers first: rows of
    # like length lie together, which keeps the padding of a slice small.
    kept = np.argsort(-sold, kind="stable")[: int((sold >= floors.together).sum())]
    baskets = baskets[:, kept]
    least = np.maximum(floors.together, np.ceil(floors.confidence * sold[kept] - 1e-9))
    table = _Table(
        sold=sold[kept],
        inverse=1 / sold[kept],
        least=least.astype(np.int32),
        total=total,
        lift=floors.lift,
        shrink=shrink,
        best=per_product,
    )
    none = (kept[:0], kept[:0], kept[:0])
    return _assemble(table, [none, *(_best(table, *part) for part in _slices(baskets))], kept)


@dataclass(frozen=True, slots=True)
class _Table:
    """What is known of each product (columns by code of the reduced matrix)."""

    sold: Ints
    inverse: Floats
    least: Ints
    """The fewest orders together that satisfy the floors of count and confidence."""
    total: int
    lift: float
    shrink: float
    best: int


def _slices(baskets: Any) -> Iterator[tuple[Any, int]]:
    """Rows of ``X.T @ X`` in slices (CSR, int32), each with the number of its first row."""
    np, _ = numerics()
    by_product = baskets.T.tocsr()
    work = np.cumsum(by_product @ np.diff(baskets.indptr))
    start = 0
    while start < len(work):
        done = work[start - 1] if start else 0
        end = max(start + 1, int(np.searchsorted(work, done + _SLICE, side="right")))
        yield by_product[start:end] @ baskets, start
        start = end


def _best(table: _Table, counts: Any, start: int) -> tuple[Any, Any, Any]:
    """(row, column, together) of what is among the best of the rows from ``start`` on.

    Up to ties, that is the final answer; ties at the last place are cut later, exactly.
    """
    np, _ = numerics()
    here = slice(start, start + counts.shape[0])
    # First what the floors drop, as flat positions: few entries are left for all that follows.
    least = table.least[here]
    keep = np.flatnonzero(counts.data >= least.min())
    if least.max() > least.min():  # only among best sellers: elsewhere the count alone decides
        row_least = np.repeat(least, np.diff(np.searchsorted(keep, counts.indptr)))
        keep = keep[counts.data[keep] >= row_least]
    ends = np.searchsorted(keep, counts.indptr)
    columns, together = counts.indices[keep], counts.data[keep]
    # Within a row the order by score is the order by together * ln(lift).
    lift = together * table.inverse[columns]
    lift *= np.repeat(table.total * table.inverse[here], np.diff(ends))
    worth = (together * np.log(lift)).astype(np.float32)
    worth[lift <= table.lift] = -np.inf
    # One more than wanted: a product is its own best partner, and goes in the next step.
    limits = np.repeat(_low_limit(worth, ends, table.best + 1), np.diff(ends))
    keep = np.flatnonzero((worth >= limits) & (worth > -np.inf))
    rows = np.searchsorted(ends[1:], keep, side="right")
    others = columns[keep] != rows + start
    keep, rows = keep[others], rows[others]
    worth, lengths = worth[keep], np.bincount(rows, minlength=counts.shape[0])
    final = worth >= np.repeat(_limit(worth, lengths, table.best), lengths)
    return rows[final] + start, columns[keep[final]], together[keep[final]]


def _low_limit(worth: Any, ends: Any, best: int) -> Any:
    """Per row a bound that at least ``best`` entries reach, and not many more.

    Each row is cut into blocks; the ``best``-th largest of the blocks' maxima is such a bound, and
    costs one pass over the entries instead of a partition of them.
    """
    np, _ = numerics()
    lengths = np.diff(ends)
    width = np.maximum(lengths // (4 * best), 1)
    blocks = -(-lengths // width)
    within = np.arange(blocks.sum()) - np.repeat(np.cumsum(blocks) - blocks, blocks)
    starts = np.repeat(ends[:-1], blocks) + within * np.repeat(width, blocks)
    highest = np.maximum.reduceat(worth, starts) if len(starts) else worth
    return _limit(highest, blocks, best)


def _limit(worth: Any, lengths: Any, best: int) -> Any:
    """Per row the worth of its ``best``-th entry; minus infinity where a row is shorter.

    All rows of a slice are laid out as one padded block and partitioned in one call.
    """
    np, _ = numerics()
    limits = np.full(len(lengths), -np.inf, np.float32)
    long = lengths > best
    if long.any():
        width = int(lengths.max())
        block = np.full((int(long.sum()), width), -np.inf, np.float32)
        block[np.arange(width) < lengths[long][:, None]] = worth[np.repeat(long, lengths)]
        block.partition(width - best, axis=1)
        limits[long] = block[:, width - best]
    return limits


def _assemble(table: _Table, parts: list[tuple[Any, Any, Any]], kept: Ints) -> Pairs:
    """Exact figures of the candidates, ranked and cut to the best of each product."""
    np, _ = numerics()
    rows, columns, together = (np.concatenate(column) for column in zip(*parts, strict=True))
    confidence = together / table.sold[rows]
    lift = confidence * table.total / table.sold[columns]
    score = together / (table.sold[rows] + table.shrink) * np.log(lift)
    product, other = kept[rows], kept[columns]
    order = np.lexsort((other, -together, -score, product))
    starts = np.flatnonzero(np.diff(product[order], prepend=-1))
    rank = np.arange(len(order)) - np.repeat(starts, np.diff(starts, append=len(order))) + 1
    order, rank = order[rank <= table.best], rank[rank <= table.best]
    return Pairs(
        product=product[order],
        other=other[order],
        rank=rank,
        together=together[order],
        support=together[order] / table.total,
        confidence=confidence[order],
        lift=lift[order],
        score=score[order],
        orders=table.total,
    )


def numerics() -> tuple[Any, Any]:
    """numpy and scipy.sparse, imported when counting and not before. Raises NumericsMissing."""
    try:
        import numpy as np
        from scipy import sparse
    except ImportError as error:
        raise NumericsMissing(
            'co-purchase needs numpy and scipy: pip install "clm-plugin[insights]"'
        ) from error
    return np, sparse
