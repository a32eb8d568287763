"""Child processes that never outlive us, not even when we are killed with signal 9."""

from __future__ import annotations

import contextlib
import ctypes
import os
import signal
import subprocess
import sys
import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from pathlib import Path

# Loaded before any fork: between fork and exec a child must not import anything.
_LIBC = ctypes.CDLL(None) if sys.platform == "linux" else None
_PR_SET_PDEATHSIG = 1


@dataclass(frozen=True, kw_only=True)
class Program:
    """What to run. ``rank`` orders the stopping: the higher ones go first."""

    name: str
    argv: Sequence[str]
    log: Path
    environment: Mapping[str, str] = field(default_factory=dict)
    cwd: Path | None = None
    stop_signal: signal.Signals = signal.SIGTERM
    # What the kernel sends when we are killed ourselves: nobody is left then who would wait for the
    # program and insist. A worker that is asked to end while its broker ends too tries for long.
    orphan_signal: signal.Signals = signal.SIGKILL
    # Long enough for a task in hand; a longer one is left undone, and its row is claimed again.
    patience: float = 5.0
    rank: int = 1
    user: int | None = None


def launch(program: Program) -> subprocess.Popen[bytes]:
    """Starts the program in a process group of its own, its output appended to its log.

    Call it from the main thread only: Linux sends the death signal when the *thread* that
    started the child ends.
    """
    program.log.parent.mkdir(parents=True, exist_ok=True)
    # The output of Python children must not sit in a buffer.
    environment = {**os.environ, "PYTHONUNBUFFERED": "1", **program.environment}
    identity: dict[str, Any] = {}
    if program.user is not None:
        identity = {"user": program.user, "group": program.user, "extra_groups": []}
    with program.log.open("ab") as log:
        process: subprocess.Popen[bytes] = subprocess.Popen(
            list(program.argv),
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=subprocess.STDOUT,
            cwd=program.cwd,
            env=environment,
            # Its own group: Ctrl-C reaches only us, and we stop the children in our order.
            start_new_session=True,
            preexec_fn=_die_with_parent(program.orphan_signal),
            **identity,
        )
    return process


def _die_with_parent(orphan_signal: signal.Signals) -> Callable[[], None] | None:
    if _LIBC is None:
        return None
    parent = os.getpid()
    number = int(orphan_signal)
    prctl = _LIBC.prctl

    def ask_the_kernel() -> None:
        prctl(_PR_SET_PDEATHSIG, number)
        if os.getppid() != parent:  # the parent died before the line above
            os._exit(1)

    return ask_the_kernel


def stop(process: subprocess.Popen[bytes], program: Program) -> None:
    """Asks the program to end, waits, then kills its whole group."""
    if process.poll() is None:
        with contextlib.suppress(ProcessLookupError):
            process.send_signal(program.stop_signal)
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(program.patience)
    kill_group(process)


def kill_group(process: subprocess.Popen[bytes]) -> None:
    """Ends whatever is left in the program's process group."""
    # The group's number is free again once all of it is gone: that is the usual case.
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()


def last_lines(log: Path, count: int = 15) -> str:
    """The end of a log, for an error message."""
    try:
        with log.open("rb") as stream:
            stream.seek(max(0, log.stat().st_size - 16_384))
            text = stream.read().decode(errors="replace")
    except FileNotFoundError:
        return "(no log)"
    return "\n".join(text.splitlines()[-count:])


class NotReadyError(RuntimeError):
    """A server did not come up; the message ends with its log."""


def wait_until(
    ready: Callable[[], bool],
    process: subprocess.Popen[bytes],
    program: Program,
    *,
    seconds: float = 30.0,
) -> None:
    """Waits for a server to answer, and explains with its log why it does not."""
    end = time.monotonic() + seconds
    while not ready():
        if process.poll() is not None:
            why = f"ended with code {process.returncode}"
        elif time.monotonic() > end:
            why = f"did not answer within {seconds:.0f} s"
            stop(process, program)
        else:
            time.sleep(0.05)
            continue
        message = f"{program.name} {why}. The end of {program.log}:\n{last_lines(program.log)}"
        raise NotReadyError(message)
