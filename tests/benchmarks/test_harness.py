"""The harness: what holds, what is written; a figure that breaks leaves the others alone."""

from __future__ import annotations

import gc
import json
import math
from pathlib import Path
from typing import Any

import pytest

from benchmarks import __main__ as command
from benchmarks import orders, report
from benchmarks.figures import FIGURES
from benchmarks.harness import Bench, Figure, Outcome, Unavailable

KEYS = {"ratio", "reach", "holds", "baseline", "ours", "unit", "note"}


def figure(**changes: Any) -> Figure:
    options: dict[str, Any] = {
        "id": "F0",
        "title": "t",
        "against": "a",
        "unit": "s",
        "reach": 1.2,
        "better": "lower",
        "run": lambda bench: Outcome(pairs=[(1.0, 1.0)]),
    }
    return Figure(**options | changes)


def test_the_ratio_is_the_median_of_the_rounds_own() -> None:
    # The third round was disturbed on both sides: its absolutes are far off, its ratio is not.
    outcome = Outcome(pairs=[(1.0, 1.1), (1.0, 1.3), (50.0, 60.0)])
    assert outcome.ratio == pytest.approx(1.2)
    assert (outcome.baseline, outcome.ours) == (1.0, 1.3)


@pytest.mark.parametrize(
    ("better", "ratio", "also", "holds"),
    [
        ("lower", 1.2, True, True),
        ("lower", 1.21, True, False),
        ("lower", 1.0, False, False),
        ("higher", 1.2, True, True),
        ("higher", 1.19, True, False),
    ],
)
def test_a_figure_holds_by_its_ratio_and_all_conditions(
    better: str, ratio: float, also: bool, holds: bool
) -> None:
    outcome = Outcome(pairs=[(1.0, ratio)], also=[("memory", also)])
    assert figure(better=better).holds(outcome) is holds


def test_sides_take_turns_and_the_first_round_does_not_count(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    collected: list[str] = []  # instead of all the garbage of the tests before
    monkeypatch.setattr(gc, "collect", lambda: collected.append("g"))
    calls: list[str] = []
    bench = Bench(rounds=3, folder=tmp_path)
    pairs = bench.interleave(lambda: calls.append("b"), lambda: calls.append("o"))
    assert len(pairs) == 3
    assert "".join(calls) == "obboobbo"
    assert len(collected) == len(calls)


def test_every_figure_is_written_even_if_one_breaks(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def breaks(bench: Bench) -> Outcome:
        raise ZeroDivisionError("oops")

    def lacks(bench: Bench) -> Outcome:
        raise Unavailable("no such package here")

    figures = (
        figure(id="F1", run=breaks),
        figure(id="F2", run=lacks),
        figure(id="F3"),
    )
    monkeypatch.setattr(command, "FIGURES", figures)
    path = tmp_path / "bench.json"
    assert command.main(["--json", str(path)]) == 0
    assert command.main(["--json", str(path), "--strict"]) == 1
    written = json.loads(path.read_text())
    assert list(written) == ["F1", "F2", "F3"]
    assert all(set(entry) == KEYS for entry in written.values())
    assert [entry["holds"] for entry in written.values()] == [False, False, True]
    assert "oops" in written["F1"]["note"]
    assert "no such package here" in written["F2"]["note"]
    assert "<= 1.2" in capsys.readouterr().out


def test_an_unknown_figure_is_an_error_that_names_the_known() -> None:
    with pytest.raises(SystemExit, match=r"F99.*F5"):
        command.main(["--only", "F99"])


def test_the_registered_figures_are_those_of_the_design() -> None:
    reach = {figure.id: (figure.better, figure.reach) for figure in FIGURES}
    assert reach == {
        "F1": ("lower", 1.03),
        "F2": ("lower", 2.0),
        "F3": ("higher", 0.5),
        "F4": ("higher", 0.5),
        "F5": ("lower", 1.2),
        "F7": ("lower", 1.2),
        "F10": ("higher", 0.6),
        "F12": ("lower", 3.0),
        "F13": ("higher", 6.0),
        "F15": ("lower", 0.01),
    }


def test_numbers_are_written_as_json_can_hold_them() -> None:
    entry = report.entry(figure(), Outcome(pairs=[(3.0, 1.0)]))
    assert entry["ratio"] == pytest.approx(1 / 3, abs=1e-3)
    assert all(not isinstance(v, float) or math.isfinite(v) for v in entry.values())


@pytest.mark.slow
def test_a_quick_run_of_two_real_figures(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Co-purchase and its accuracy on the data that the demo ships."""
    monkeypatch.delenv("CLM_BENCH_UCI", raising=False)
    monkeypatch.setattr(orders, "_beside", lambda: "")
    orders.retail.cache_clear()
    path = tmp_path / "bench.json"
    command.main(["--only", "f5,F13", "--quick", "--rounds", "1", "--json", str(path)])
    written = json.loads(path.read_text())
    assert list(written) == ["F5", "F13"]
    assert written["F5"]["baseline"] > 0
    # Popularity is strong among so few products; twice as good says that the data arrived.
    assert written["F13"]["ratio"] > 2
    assert "CLM_BENCH_UCI is not set" in written["F13"]["note"]
