"""Where processes wait for each other, so that a race is run and not hoped for."""

from __future__ import annotations

import os
import time
from pathlib import Path
from typing import Any

PATIENCE = 20.0
"""Seconds; a process of the crew needs milliseconds, on a very busy machine a few seconds."""


def meet(place: str, number: int) -> None:
    """Come here, and go on when so many processes have; at once when they have before."""
    Path(place, str(os.getpid())).touch()
    wait_for(place, number)


def wait_for(place: str, number: int) -> None:
    """Until so many came. Raises TimeoutError: a check that cannot be run is not passed."""
    until = time.monotonic() + PATIENCE
    while len(list(Path(place).iterdir())) < number:
        if time.monotonic() > until:
            raise TimeoutError(f"fewer than {number} processes came to {place}")
        time.sleep(0.002)


def meeting_after(module: Any, name: str, place: str, number: int) -> None:
    """Let a function of a module answer only when so many processes have called it."""
    inner = vars(module)[name]

    def together(*args: Any, **kwargs: Any) -> Any:
        found = inner(*args, **kwargs)
        meet(place, number)
        return found

    vars(module)[name] = together
