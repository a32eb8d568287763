"""Keeps a set of programs alive: restarts what crashes, stops all of it in order."""

from __future__ import annotations

import contextlib
import re
import signal
import subprocess
import time
from dataclasses import dataclass, field
from itertools import groupby
from typing import TYPE_CHECKING

from demo_shop.services.processes import Program, kill_group, last_lines, launch

if TYPE_CHECKING:
    from collections.abc import Callable
    from types import FrameType

LONGEST_PAUSE = 30.0
# A program that lived this long has started well: its next crash counts as the first.
SETTLED = 60.0
WORTH_SHOWING = re.compile(r"\b(WARNING|ERROR|CRITICAL)\b")
# kombu says the first of every transport that has no host, and files have none; the second is
# the answer to our own asking whether all is up.
NOISE = re.compile("No hostname was supplied|Service Unavailable: /clm/health")


class StopRequest:
    """Ctrl-C, SIGTERM or a closed terminal. A second one means: at once."""

    def __init__(self) -> None:
        self.count = 0

    def listen(self) -> None:
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, self._note)

    def _note(self, number: int, frame: FrameType | None) -> None:
        self.count += 1

    def __bool__(self) -> bool:
        return self.count > 0


class CrashLoopError(RuntimeError):
    """A program keeps crashing although the demo was never up."""


@dataclass
class _Child:
    program: Program
    process: subprocess.Popen[bytes]
    started: float = field(default_factory=time.monotonic)
    crashes: int = 0
    restart_at: float | None = None
    shown: int = 0  # how far its log was searched for warnings


class Supervisor:
    """Everything happens in ``tick``, in the main thread: no locks, no races."""

    def __init__(self, *, say: Callable[[str], None], stop: StopRequest) -> None:
        self._say = say
        self._stop = stop
        self._children: list[_Child] = []
        self.was_up = False  # set by the caller once the whole has answered

    def start(self, program: Program) -> None:
        self.adopt(program, launch(program))

    def adopt(self, program: Program, process: subprocess.Popen[bytes]) -> None:
        """Looks after a program that somebody else has started."""
        child = _Child(program, process)
        child.shown = program.log.stat().st_size
        self._children.append(child)

    def tick(self) -> None:
        """Restarts what has died and is due; passes warnings on."""
        now = time.monotonic()
        for child in self._children:
            if child.restart_at is not None:
                if now >= child.restart_at:
                    child.process, child.started = launch(child.program), now
                    child.restart_at = None
            elif child.process.poll() is not None:
                self._note_crash(child, now)
            self._show_warnings(child)

    def _note_crash(self, child: _Child, now: float) -> None:
        kill_group(child.process)  # what it may have left behind
        lived = now - child.started
        child.crashes = 1 if lived > SETTLED else child.crashes + 1
        pause = min(LONGEST_PAUSE, 2.0 ** (child.crashes - 1))
        child.restart_at = now + pause
        name, code = child.program.name, child.process.returncode
        report = f"{name} ended with code {code} after {lived:.0f} s."
        tail = last_lines(child.program.log)
        if not self.was_up and child.crashes >= 3:
            message = f"{report} The end of {child.program.log}:\n{tail}"
            raise CrashLoopError(message)
        self._say(f"{report} Again in {pause:.0f} s; see {child.program.log}.")

    def _show_warnings(self, child: _Child) -> None:
        log = child.program.log
        with contextlib.suppress(OSError):
            if log.stat().st_size <= child.shown:
                return
            with log.open("rb") as stream:
                stream.seek(child.shown)
                block = stream.read()
            whole = block[: block.rfind(b"\n") + 1]
            child.shown += len(whole)
            for line in whole.decode(errors="replace").splitlines():
                if WORTH_SHOWING.search(line) and not NOISE.search(line):
                    self._say(f"[{child.program.name}] {line[:300]}")

    def stop(self) -> None:
        """Asks rank by rank, the highest first; after a second stop request kills the rest."""
        by_rank = sorted(self._children, key=lambda child: -child.program.rank)
        for _, group in groupby(by_rank, key=lambda child: child.program.rank):
            children = list(group)
            for child in children:
                if child.process.poll() is None:
                    with contextlib.suppress(ProcessLookupError):
                        child.process.send_signal(child.program.stop_signal)
            for child in children:
                self._await(child)
                kill_group(child.process)
        self._children.clear()

    def _await(self, child: _Child) -> None:
        end = time.monotonic() + child.program.patience
        while child.process.poll() is None and time.monotonic() < end and self._stop.count < 2:
            time.sleep(0.05)
