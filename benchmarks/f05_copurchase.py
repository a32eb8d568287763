"""F5: co-purchase with all its figures, against the bare product of the order matrix."""

from __future__ import annotations

import time
import tracemalloc
from collections.abc import Callable
from typing import Any

from benchmarks.harness import Bench, Figure, Outcome
from benchmarks.orders import Lines, retail

TOP = 20


def bare(lines: Lines, *, tuned: bool = False) -> list[Any]:
    """What one writes first: X.T @ X, and the top 20 of each row.

    ``tuned`` knows two things of scipy: that it multiplies rows by rows faster than columns by
    rows, and that 32-bit integers are lighter than its 64-bit floats.
    """
    import numpy as np
    from scipy import sparse

    ones = np.ones(len(lines.orders), np.int32 if tuned else np.float64)
    baskets = sparse.csr_matrix((ones, (lines.orders, lines.products)))
    counts = baskets.T.tocsr() @ baskets if tuned else (baskets.T @ baskets).tocsr()
    counts.setdiag(0)
    tops = []
    for row in range(counts.shape[0]):
        here = slice(counts.indptr[row], counts.indptr[row + 1])
        together = counts.data[here]
        best = min(TOP, len(together))
        top = np.argpartition(-together, best - 1)[:best]
        tops.append(counts.indices[here][top[np.argsort(-together[top])]])
    return tops


def ours(lines: Lines) -> Any:
    from clm_plugin.recommendations.copurchase import copurchases

    return copurchases(lines.orders, lines.products, per_product=TOP)


def run(bench: Bench) -> Outcome:
    lines = retail()
    bench.say(lines.source)
    pairs = bench.interleave(lambda: bare(lines), lambda: ours(lines), clock=time.process_time)
    bench.say("the baseline, tuned")
    hard = Outcome(
        pairs=bench.interleave(
            lambda: bare(lines, tuned=True), lambda: ours(lines), clock=time.process_time
        )
    )
    theirs, own = peak(lambda: bare(lines, tuned=True)), peak(lambda: ours(lines))
    return Outcome(
        pairs=pairs,
        note=f"{lines.source}; ratio to the baseline tuned for scipy {hard.ratio:.2f}",
        also=[
            (
                f"peak memory {own / 2**20:.0f} MB against {theirs / 2**20:.0f} MB (tuned),"
                " at most 1.5x",
                own <= 1.5 * theirs,
            )
        ],
    )


def peak(call: Callable[[], Any]) -> int:
    """Most bytes held at once by Python and numpy during a call."""
    tracemalloc.start()
    try:
        call()
        return tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()


FIGURE = Figure(
    id="F5",
    title="co-purchase: support, confidence, lift, top 20",
    against="scipy X.T@X + top 20",
    unit="CPU s",
    reach=1.2,
    better="lower",
    run=run,
)
