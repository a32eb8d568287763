"""``python -m benchmarks [--only F5,F13] [--quick] [--rounds 5] [--json bench.json]``."""

from __future__ import annotations

import argparse
import shutil
import sys
import tempfile
import traceback
from pathlib import Path
from typing import Any

from benchmarks import report
from benchmarks.figures import FIGURES
from benchmarks.harness import ROUNDS, Bench, Figure, Unavailable


def main(arguments: list[str] | None = None) -> int:
    """Measure, print, write the JSON. 1 if ``--strict`` and a figure does not hold, else 0."""
    options = _options(arguments)
    wanted = _wanted(options.only)
    folder = Path(tempfile.mkdtemp(prefix="clm-bench-"))
    bench = Bench(quick=options.quick, rounds=options.rounds, folder=folder)
    entries: dict[str, dict[str, Any]] = {}
    try:
        for figure in wanted:
            sys.stderr.write(f"{figure.id}  {figure.title}\n")
            entries[figure.id] = _measure(figure, bench)
            report.write(options.json, entries)
    finally:
        bench.close()
        shutil.rmtree(folder, ignore_errors=True)
    print(report.table(wanted, entries))
    return int(options.strict and not all(entry["holds"] for entry in entries.values()))


def _measure(figure: Figure, bench: Bench) -> dict[str, Any]:
    try:
        return report.entry(figure, figure.run(bench))
    except Unavailable as error:
        return report.failed(figure, str(error))
    except Exception as error:  # one figure that breaks must not take the others with it
        traceback.print_exc()
        return report.failed(figure, f"{type(error).__name__}: {error}")


def _options(arguments: list[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("--only", default="", help="figures to measure: F5 or F3,F4")
    parser.add_argument("--quick", action="store_true", help="small data: a check, not a figure")
    parser.add_argument("--rounds", type=int, default=ROUNDS)
    parser.add_argument("--json", type=Path, default=Path("bench.json"))
    parser.add_argument("--strict", action="store_true", help="fail where a figure does not hold")
    return parser.parse_args(arguments)


def _wanted(only: str) -> list[Figure]:
    ids = [part.strip().upper() for part in only.split(",") if part.strip()]
    known = {figure.id: figure for figure in FIGURES}
    if unknown := [name for name in ids if name not in known]:
        sys.exit(f"no such figure: {', '.join(unknown)} (there are {', '.join(known)})")
    return [known[name] for name in ids] if ids else list(FIGURES)


if __name__ == "__main__":
    sys.exit(main())
