"""Moves the clock in steps and sweeps at each, so that the days happen instead of being skipped."""

import json
import time
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from pathlib import Path

from django.conf import settings

from demo_shop import clock

# Work that is due again at once must not hold the clock still.
SHORTEST_STEP = timedelta(minutes=10)


@dataclass(frozen=True, kw_only=True)
class Progress:
    """How far a journey is; it is written to a file that the start page reads."""

    start: str
    at: str
    target: str
    steps: int
    done: bool
    error: str = ""

    @property
    def percent(self) -> int:
        start, at, target = map(datetime.fromisoformat, (self.start, self.at, self.target))
        whole = (target - start).total_seconds()
        return 100 if self.done or whole <= 0 else int(100 * (at - start).total_seconds() / whole)


def travel(*, start: datetime, target: datetime) -> Iterator[Progress]:
    """Walks from now to ``target``: to the next thing due, sweep, and on.

    Of the nights passed only the last one's work is done: it looks at all that is due by then.
    """
    from clm_plugin import pipeline, scheduled, upkeep

    steps = 0
    while True:
        scheduled.publish_scheduled(now=clock.now())
        pipeline.sweep(now=clock.now())
        at = clock.now()
        steps += 1
        if at >= target:
            break
        yield _progress(start, at, target, steps, done=False)
        due = pipeline.next_due()
        step = target if due is None else min(max(due, at + SHORTEST_STEP), target)
        clock.move_to(step)
    if target.date() > start.date():
        upkeep.upkeep(now=clock.now())
    yield _progress(start, at, target, steps, done=True)


def travel_for(*, start: datetime, target: datetime, seconds: float | None = None) -> bool:
    """Travels for at most ``seconds`` and says whether the target was reached."""
    began = time.monotonic()
    try:
        for progress in travel(start=start, target=target):
            write_progress(progress)
            if progress.done:
                return True
            if seconds is not None and time.monotonic() - began > seconds:
                return False
    except Exception as error:
        failed = _progress(start, clock.now(), target, 0, done=True, error=repr(error))
        write_progress(failed)
        raise
    return False


def read_progress() -> Progress | None:
    """The last journey's progress, or None if there was none."""
    try:
        return Progress(**json.loads(_path().read_text()))
    except (OSError, ValueError, TypeError):
        return None


def write_progress(progress: Progress) -> None:
    path = _path()
    temporary = path.with_suffix(".new")
    temporary.write_text(json.dumps(asdict(progress)))
    temporary.replace(path)


def forget() -> None:
    """Drops the shown progress, as after a reset of the clock."""
    _path().unlink(missing_ok=True)


def _path() -> Path:
    return Path(settings.DEMO_VAR) / "travel.json"


def _progress(
    start: datetime, at: datetime, target: datetime, steps: int, *, done: bool, error: str = ""
) -> Progress:
    return Progress(
        start=start.isoformat(),
        at=at.isoformat(),
        target=target.isoformat(),
        steps=steps,
        done=done,
        error=error,
    )
