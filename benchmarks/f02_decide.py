"""F2: deciding on the four slots of a page for a known visitor, against a view with one point read.

Both go through the shop's whole middleware. Everything is warm: plans, recommendations and
catalogue are in memory. Three of the slots get a widget with real products, the fourth is the
overlay; every decision is written as a receipt and committed, with fsync on.
"""

from __future__ import annotations

import json
import statistics
from typing import TYPE_CHECKING

from benchmarks.harness import Bench, Figure, Outcome

if TYPE_CHECKING:
    from django.http import HttpRequest

QUERIES = 3
TAIL = 3.0


def run(bench: Bench) -> Outcome:
    database = bench.database()
    from benchmarks.requests import BROWSER, Caller, queries_of
    from benchmarks.visitor import SLOTS, Visit, prepare
    from clm_plugin.conf import settings

    visit: Visit = prepare(database, small=bench.quick)
    caller = Caller()
    from django.test import RequestFactory

    factory = RequestFactory()
    factory.cookies[settings.VISITOR_COOKIE] = visit.cookie
    slots = [
        {"name": name, "product": product}
        for name, product in zip(SLOTS, visit.products, strict=False)
    ]
    body = json.dumps({"slots": [*slots, {"name": "overlay"}], "signal": ""})

    def ask(path: str) -> HttpRequest:
        return factory.post(path, body, content_type="application/json", headers=BROWSER)

    def ours() -> HttpRequest:
        return ask("/clm/d")

    def theirs() -> HttpRequest:
        return ask("/bench/point-read")

    answer = json.loads(caller.send(ours)[0].content)
    filled = sorted(answer["slots"])
    sent = queries_of(lambda: caller.send(ours))
    statements = [sql for sql in sent if not sql.startswith(("BEGIN", "COMMIT"))]
    ends = len(sent) - len(statements)
    pairs, tail = [], []
    number = 50 if bench.quick else 400
    for round_ in range(bench.rounds + 1):
        walls: tuple[list[float], list[float]] = ([], [])
        for _ in range(number):
            for side, make in enumerate((theirs, ours)):
                walls[side].append(caller.send(make)[1].wall * 1000)
        if round_:
            pairs.append((statistics.median(walls[0]), statistics.median(walls[1])))
            tail += walls[1]
            bench.say(
                f"round {round_}/{bench.rounds}: point read {pairs[-1][0]:.2f} ms,"
                f" decide {pairs[-1][1]:.2f} ms"
            )
    slow = statistics.quantiles(tail, n=100)[98] / statistics.median(tail)
    return Outcome(
        pairs=pairs,
        note=f"slots filled: {', '.join(filled) or 'none'}",
        also=[
            (
                f"{len(statements)} queries, at most {QUERIES} (and {ends} to begin and commit)",
                len(statements) <= QUERIES,
            ),
            (f"p99 {slow:.1f} x the median, at most {TAIL:g} x", slow <= TAIL),
            (f"{len(filled)} of {len(SLOTS)} bundles shown", len(filled) == len(SLOTS)),
        ],
    )


FIGURE = Figure(
    id="F2",
    title="decide: 4 slots, warm",
    against="empty view + one point read",
    unit="ms",
    reach=2.0,
    better="lower",
    run=run,
)
