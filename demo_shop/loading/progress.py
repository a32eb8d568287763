"""Tells how far a long load has come."""

from __future__ import annotations

import time
from contextlib import AbstractContextManager
from types import TracebackType
from typing import Any, Protocol


class Progress(Protocol):
    """What the loader calls; a test passes ``Silent``."""

    def step(self, title: str) -> AbstractContextManager[None]:
        """Time one part of the load."""

    def advance(self, done: int, total: int) -> None:
        """Report the position inside the current part."""


class Stream(Protocol):
    """The little of a text stream that is used; Django wraps its own."""

    def write(self, text: str, /) -> Any:
        """Add text."""

    def flush(self) -> Any:
        """Show it."""


class _Timed:
    def __init__(self, progress: Lines | Silent, title: str) -> None:
        self.progress, self.title = progress, title

    def __enter__(self) -> None:
        self.started = time.perf_counter()
        self.progress.begin(self.title)

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if error is None:
            self.progress.end(self.title, time.perf_counter() - self.started)


class Silent:
    """Keeps the times and prints nothing."""

    def __init__(self) -> None:
        self.seconds: dict[str, float] = {}

    def step(self, title: str) -> AbstractContextManager[None]:
        """Time one part of the load."""
        return _Timed(self, title)

    def begin(self, title: str) -> None:
        """Called when a part starts."""

    def end(self, title: str, seconds: float) -> None:
        """Called when a part is done."""
        self.seconds[title] = seconds

    def advance(self, done: int, total: int) -> None:
        """Nothing to show."""


class Lines(Silent):
    """A moving counter on a terminal; one plain line per part anywhere else."""

    def __init__(self, stream: Stream, *, live: bool) -> None:
        super().__init__()
        self.stream, self.live, self.title = stream, live, ""

    def begin(self, title: str) -> None:
        """Show what is being done, so that a terminal never stands still without a word."""
        self.title = title
        self._redraw(f"  {title} …")

    def end(self, title: str, seconds: float) -> None:
        """One line that stays."""
        super().end(title, seconds)
        self._redraw("")
        self.stream.write(f"  {title:<34} {seconds:6.1f} s\n")
        self.stream.flush()

    def advance(self, done: int, total: int) -> None:
        """Move the counter; logs and pipes get no counter."""
        self._redraw(f"  {self.title} … {100 * done // max(total, 1)} %")

    def _redraw(self, text: str) -> None:
        if self.live:
            self.stream.write(f"\r\x1b[2K{text}")
            self.stream.flush()
