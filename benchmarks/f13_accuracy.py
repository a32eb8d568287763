"""F13: does "bought together" guess what was bought? Hit rate at 10, leave one out, time split.

The first four fifths of the orders teach, the last fifth asks: one product of each order of two or
more is hidden, and the rest of the basket has to bring it among ten suggestions. The setting was
chosen on the fourth fifth (learning from the first three), never on the last.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from benchmarks.harness import Bench, Figure, Outcome
from benchmarks.orders import Lines, retail

if TYPE_CHECKING:
    from collections.abc import Sequence

TOP = 10
LEARN = 0.8
LEAST = 21.0


def run(bench: Bench) -> Outcome:
    import numpy as np

    lines = retail()
    bench.say(lines.source)
    cut = int(lines.order_count * LEARN)
    learn = lines.orders < cut
    neighbours = _neighbours(lines, learn)
    sold = np.bincount(lines.products[learn], minlength=int(lines.products.max()) + 1)
    popular = np.argsort(-sold, kind="stable").tolist()
    baskets = _baskets(lines, cut)
    pairs, alone = [], []
    for seed in range(bench.rounds):  # each round hides other products
        cases = _cases(baskets, seed)
        pairs.append(
            (
                _rate(cases, lambda rest: _popular(popular, rest)),
                _rate(cases, lambda rest: _together(neighbours, rest)),
            )
        )
        alone.append(_rate(cases, lambda rest: _together(neighbours, rest[:1])))
        bench.say(
            f"hidden set {seed + 1}: popularity {pairs[-1][0]:.2f} %, ours {pairs[-1][1]:.2f} %"
        )
    outcome = Outcome(pairs=pairs)
    single = sorted(alone)[len(alone) // 2]
    return Outcome(
        pairs=pairs,
        note=f"{lines.source}; {len(baskets):,} test orders; knowing one product of the basket"
        f" instead of all the rest: {single:.1f} %",
        also=[
            (f"hit rate at 10 {outcome.ours:.1f} %, at least {LEAST:g} %", outcome.ours >= LEAST)
        ],
    )


def _neighbours(lines: Lines, learn: Any) -> dict[int, list[Any]]:
    from clm_plugin.recommendations.copurchase import copurchases
    from clm_plugin.recommendations.data import Neighbour

    pairs = copurchases(lines.orders[learn], lines.products[learn])
    found: dict[int, list[Neighbour]] = {}
    columns = (
        pairs.product,
        pairs.other,
        pairs.together,
        pairs.support,
        pairs.confidence,
        pairs.lift,
        pairs.score,
    )
    for product, other, together, *figures in zip(*(c.tolist() for c in columns), strict=True):
        support, confidence, lift, score = figures
        found.setdefault(product, []).append(
            Neighbour(
                product_id=str(other),
                together=together,
                support=support,
                confidence=confidence,
                lift=lift,
                score=score,
            )
        )
    return found


def _baskets(lines: Lines, cut: int) -> list[list[int]]:
    import numpy as np

    test = lines.orders >= cut
    _, starts = np.unique(lines.orders[test], return_index=True)
    baskets = np.split(lines.products[test], starts[1:])
    return [basket.tolist() for basket in baskets if len(basket) > 1]


def _cases(baskets: Sequence[Sequence[int]], seed: int) -> list[tuple[int, list[int]]]:
    import numpy as np

    rng = np.random.default_rng(seed)
    mixed = (rng.permutation(basket).tolist() for basket in baskets)
    return [(hidden, rest) for hidden, *rest in mixed]


def _rate(cases: Sequence[tuple[int, list[int]]], suggest: Any) -> float:
    return 100 * sum(hidden in suggest(rest) for hidden, rest in cases) / len(cases)


def _popular(ranked: Sequence[int], rest: Sequence[int]) -> list[int]:
    held = set(rest)
    return [product for product in ranked[: TOP + len(rest)] if product not in held][:TOP]


def _together(neighbours: dict[int, list[Any]], rest: Sequence[int]) -> set[int]:
    from clm_plugin.recommendations.rules import vote

    lists = [neighbours.get(product, []) for product in rest]
    return {int(key) for key, _ in vote(lists, exclude=set(map(str, rest)))[:TOP]}


FIGURE = Figure(
    id="F13",
    title="bought together: hit rate at 10",
    against="popularity",
    unit="%",
    reach=6.0,
    better="higher",
    run=run,
)
