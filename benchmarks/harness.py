"""How a figure is measured: both sides in one run, turn and turn about, and what came of it."""

from __future__ import annotations

import gc
import statistics
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

if TYPE_CHECKING:
    from benchmarks.shop import BenchDatabase

ROUNDS = 5


@dataclass(frozen=True, kw_only=True)
class Outcome:
    """What a figure measured. ``pairs`` are (baseline, ours) of each round, in the figure's unit.

    ``also`` are further conditions, each with its wording and whether it holds.
    """

    pairs: list[tuple[float, float]]
    note: str = ""
    also: list[tuple[str, bool]] = field(default_factory=list)

    @property
    def ratio(self) -> float:
        """The median of the rounds' own ratios: what disturbs both sides of a round cancels out."""
        return statistics.median(ours / baseline for baseline, ours in self.pairs)

    @property
    def baseline(self) -> float:
        return statistics.median(baseline for baseline, _ in self.pairs)

    @property
    def ours(self) -> float:
        return statistics.median(ours for _, ours in self.pairs)


@dataclass(frozen=True, kw_only=True)
class Figure:
    """A promise: ``ratio`` of ours to the baseline is at most (or at least) ``reach``."""

    id: str
    title: str
    against: str
    unit: str
    reach: float
    better: Literal["lower", "higher"]
    run: Callable[[Bench], Outcome]

    def holds(self, outcome: Outcome) -> bool:
        near = (
            outcome.ratio <= self.reach if self.better == "lower" else outcome.ratio >= self.reach
        )
        return near and all(holds for _, holds in outcome.also)


class Unavailable(Exception):
    """A figure cannot be measured here; the message says what is missing."""


@dataclass(kw_only=True)
class Bench:
    """What a figure is given: how thorough to be, where to keep files, and the database."""

    quick: bool = False
    rounds: int = ROUNDS
    folder: Path
    _database: BenchDatabase | None = None

    def say(self, text: str) -> None:
        """Progress, on standard error so that the table can be piped."""
        sys.stderr.write(f"    {text}\n")
        sys.stderr.flush()

    def database(self) -> BenchDatabase:
        """The bundled PostgreSQL with the demo shop's tables; started at the first call."""
        if self._database is None:
            from benchmarks.shop import BenchDatabase

            self._database = BenchDatabase(self.folder, say=self.say)
            self._database.start()
        return self._database

    def close(self) -> None:
        if self._database is not None:
            self._database.stop()

    def interleave(
        self,
        baseline: Callable[[], Any],
        ours: Callable[[], Any],
        *,
        clock: Callable[[], float] = time.perf_counter,
    ) -> list[tuple[float, float]]:
        """Seconds of both sides, alternating who goes first; one round before counts for nothing.

        What only computes, in one thread, may be measured by ``time.process_time``, which other
        processes disturb less.
        """
        pairs = []
        for number in range(self.rounds + 1):
            seconds = {}
            for side in (baseline, ours) if number % 2 else (ours, baseline):
                seconds[side] = seconds_of(side, clock)
            if number:
                pairs.append((seconds[baseline], seconds[ours]))
                self.say(
                    f"round {number}/{self.rounds}: baseline {pairs[-1][0]:.3f} s,"
                    f" ours {pairs[-1][1]:.3f} s"
                )
        return pairs


def seconds_of(call: Callable[[], Any], clock: Callable[[], float] = time.perf_counter) -> float:
    """Time of one call, with the garbage of others collected before."""
    gc.collect()
    began = clock()
    call()
    return clock() - began


def rates(pairs: list[tuple[float, float]], count: float) -> list[tuple[float, float]]:
    """Seconds for ``count`` things as things a second."""
    return [(count / baseline, count / ours) for baseline, ours in pairs]
