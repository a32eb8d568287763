"""The demo's clock: real time plus an offset that every process reads from one small file."""

import os
import re
import tempfile
from datetime import UTC, datetime, timedelta
from pathlib import Path

from django.conf import settings

UNITS = {"m": "minutes", "h": "hours", "d": "days"}

# (inode, mtime, offset) of the file as last read: a stat is all a call costs.
_seen: tuple[int, int, timedelta] = (0, 0, timedelta())


def now() -> datetime:
    """The shop's time, aware, in UTC."""
    return datetime.now(UTC) + offset()


def offset() -> timedelta:
    """How far the shop's time is ahead of the real one."""
    global _seen
    path = _path()
    try:
        found = path.stat()
    except FileNotFoundError:
        return timedelta()
    if (found.st_ino, found.st_mtime_ns) != _seen[:2]:
        _seen = (found.st_ino, found.st_mtime_ns, _read(path))
    return _seen[2]


def move(delta: timedelta) -> datetime:
    """Moves the clock forward and returns the new time."""
    if delta < timedelta():
        message = "The clock only moves forward; 'reset' returns it to real time."
        raise ValueError(message)
    return move_to(now() + delta)


def move_to(moment: datetime) -> datetime:
    """Sets the clock to a moment that is not in its past."""
    _write(max(offset(), moment - datetime.now(UTC)))
    return now()


def reset() -> None:
    """Back to real time."""
    _path().unlink(missing_ok=True)


def parse(text: str) -> timedelta:
    """Reads ``+14d``, ``+1h`` or ``+90m``."""
    match = re.fullmatch(r"\+?(\d{1,5})([mhd])", text.strip().lower())
    if match is None:
        message = f"{text!r} is not a step forward such as +14d, +1h or +90m."
        raise ValueError(message)
    return timedelta(**{UNITS[match[2]]: int(match[1])})


def describe() -> str:
    """The offset to the nearest minute, such as ``14 d 1 h``; empty in real time."""
    minutes = round(offset().total_seconds() / 60)
    parts = ((minutes // 1440, "d"), (minutes // 60 % 24, "h"), (minutes % 60, "min"))
    return " ".join(f"{number} {unit}" for number, unit in parts if number)


def _path() -> Path:
    return Path(settings.DEMO_VAR) / "clock"


def _read(path: Path) -> timedelta:
    try:
        return timedelta(seconds=float(path.read_text()))
    except (OSError, ValueError):
        # A file somebody broke by hand must not take the shop down.
        return timedelta()


def _write(value: timedelta) -> None:
    # A rename swaps the file in one step: no reader ever sees half a number.
    path = _path()
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, temporary = tempfile.mkstemp(dir=path.parent, prefix="clock-")
    with os.fdopen(handle, "w") as stream:
        stream.write(f"{value.total_seconds():.6f}")
    Path(temporary).replace(path)
