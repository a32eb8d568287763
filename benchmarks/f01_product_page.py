"""F1: the shop's product page with the plugin, against the same page without it.

One process, request by request in turn. "Without" means: no receiver of the plugin is connected to
any signal, and its template tags give nothing. A third turn without Oscar's own analytics receivers
shows what those cost, as a measure of what a shop accepts already.
"""

from __future__ import annotations

import gc
import statistics
from collections.abc import Callable
from itertools import permutations
from typing import TYPE_CHECKING

from benchmarks.harness import Bench, Figure, Outcome

if TYPE_CHECKING:
    from django.http import HttpRequest

    from benchmarks.requests import Cost

SHARE = 0.25
ON, OFF, BARE = "with the plugin", "without", "without plugin and Oscar's analytics"


def run(bench: Bench) -> Outcome:
    database = bench.database()
    from benchmarks.plugged import Plug
    from benchmarks.requests import BROWSER, Caller, queries_of
    from benchmarks.visitor import prepare

    visit = prepare(database, small=bench.quick)
    paths = _paths(visit.products)
    caller = Caller()
    from django.test import RequestFactory

    factory = RequestFactory()

    def page(path: str) -> Callable[[], HttpRequest]:
        return lambda: factory.get(path, headers=BROWSER)

    plug = Plug({ON: (), OFF: ("clm_plugin",), BARE: ("clm_plugin", "oscar.apps.analytics")})
    queries, costs = {}, []
    for variant in (ON, OFF, BARE):  # warm, then count
        plug.set(variant)
        for path in paths:
            body = caller.send(page(path))[0].content
            for part in (b"clm.js", b"clm-consent-title", b"clm-earn-hint"):
                assert (part in body) is (variant == ON), (variant, part)
        queries[variant] = len(queries_of(lambda: caller.send(page(paths[0]))))
    number = 6 if bench.quick else 120
    # Each follows each as often as another: none always runs in the wake of the same.
    orders = list(permutations((ON, OFF, BARE)))
    rounds = []
    gc.collect()
    gc.freeze()  # as servers do before they fork: what was loaded is nobody's garbage
    for round_ in range(bench.rounds):
        turns = []
        for turn in range(number):
            path = paths[turn // len(orders) % len(paths)]
            costs_of: dict[str, Cost] = {}
            for variant in orders[turn % len(orders)]:
                plug.set(variant)
                costs_of[variant] = caller.send(page(path))[1]
            turns.append(costs_of)
        costs += turns
        rounds.append((_median(turns, OFF), _median(turns, ON)))
        bench.say(
            f"round {round_ + 1}/{bench.rounds}: without {rounds[-1][0]:.2f} ms,"
            f" with {rounds[-1][1]:.2f} ms"
        )
    gc.unfreeze()
    plug.set(ON)
    added = _added(costs, ON, OFF)
    analytics = _added(costs, OFF, BARE)
    extra = queries[ON] - queries[OFF]
    return Outcome(
        pairs=rounds,
        note=f"{queries[OFF]} queries without the plugin",
        also=[
            (f"{extra} extra queries", extra == 0),
            (
                f"CPU added {added:.3f} ms; Oscar's analytics add {analytics:.3f} ms;"
                f" at most {SHARE} x of that",
                added <= SHARE * analytics,
            ),
        ],
    )


def _median(turns: list[dict[str, Cost]], variant: str) -> float:
    return statistics.median(turn[variant].wall for turn in turns) * 1000


def _added(turns: list[dict[str, Cost]], one: str, other: str) -> float:
    """Milliseconds of CPU that ``one`` costs more than ``other``, turn by turn."""
    return statistics.median(turn[one].cpu - turn[other].cpu for turn in turns) * 1000


def _paths(products: tuple[str, ...]) -> list[str]:
    from clm_plugin.shop.api import get_shop

    known = get_shop().products(products[:8])
    return [product.url for product in known.values()]


FIGURE = Figure(
    id="F1",
    title="Oscar's product page with everything on",
    against="the same page without the plugin",
    unit="ms",
    reach=1.03,
    better="lower",
    run=run,
)
