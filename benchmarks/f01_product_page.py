from benchmarks.harness import Bench, Figure, Outcome, Unavailable


def run(bench: Bench) -> Outcome:
    raise Unavailable("not written yet")


FIGURE = Figure(
    id="F1", title="f01_product_page", against="-", unit="-", reach=1, better="lower", run=run
)
