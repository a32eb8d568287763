from benchmarks.harness import Bench, Figure, Outcome, Unavailable


def run(bench: Bench) -> Outcome:
    raise Unavailable("not written yet")


FIGURE = Figure(
    id="F2", title="f02_decide", against="-", unit="-", reach=1, better="lower", run=run
)
