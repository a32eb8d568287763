"""What is printed and written."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from benchmarks.harness import Figure, Outcome

_HEADS = ("", "figure", "against", "baseline", "ours", "unit", "ratio", "reach", "holds")


def entry(figure: Figure, outcome: Outcome) -> dict[str, Any]:
    """A figure's part of ``bench.json``."""
    conditions = [f"{'yes' if holds else 'NO'}: {wording}" for wording, holds in outcome.also]
    return {
        "ratio": _short(outcome.ratio),
        "reach": figure.reach,
        "holds": figure.holds(outcome),
        "baseline": _short(outcome.baseline),
        "ours": _short(outcome.ours),
        "unit": figure.unit,
        "note": "; ".join([*filter(None, [outcome.note]), *conditions]),
    }


def failed(figure: Figure, why: str) -> dict[str, Any]:
    """The part of a figure that could not be measured: it does not hold."""
    return {
        "ratio": None,
        "reach": figure.reach,
        "holds": False,
        "baseline": None,
        "ours": None,
        "unit": figure.unit,
        "note": f"not measured: {why}",
    }


def write(path: Path, entries: Mapping[str, Mapping[str, Any]]) -> None:
    path.write_text(json.dumps(entries, indent=2, allow_nan=False) + "\n")


def table(figures: Sequence[Figure], entries: Mapping[str, Mapping[str, Any]]) -> str:
    """The figures as a table for a terminal, notes below."""
    rows = [_HEADS]
    for figure in figures:
        row = entries[figure.id]
        sign = "<=" if figure.better == "lower" else ">="
        rows.append(
            (
                figure.id,
                figure.title,
                figure.against,
                _text(row["baseline"]),
                _text(row["ours"]),
                figure.unit,
                _text(row["ratio"]),
                f"{sign} {figure.reach:g}",
                "yes" if row["holds"] else "NO",
            )
        )
    widths = [max(len(row[i]) for row in rows) for i in range(len(_HEADS))]
    lines = [
        "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip()
        for row in rows
    ]
    lines.insert(1, "  ".join("-" * width for width in widths))
    notes = [
        f"{figure.id}: {entries[figure.id]['note']}"
        for figure in figures
        if entries[figure.id]["note"]
    ]
    return "\n".join([*lines, "", *notes])


def _text(value: float | None) -> str:
    return "-" if value is None else f"{value:,g}" if value < 1000 else f"{value:,.0f}"


def _short(value: float) -> float:
    return float(f"{value:.4g}")
