from benchmarks.harness import Bench, Figure, Outcome, Unavailable


def run(bench: Bench) -> Outcome:
    raise Unavailable("not written yet")


FIGURE = Figure(
    id="F4", title="f04_process", against="-", unit="-", reach=1, better="lower", run=run
)
