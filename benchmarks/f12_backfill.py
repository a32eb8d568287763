from benchmarks.harness import Bench, Figure, Outcome, Unavailable


def run(bench: Bench) -> Outcome:
    raise Unavailable("not written yet")


FIGURE = Figure(
    id="F12", title="f12_backfill", against="-", unit="-", reach=1, better="lower", run=run
)
