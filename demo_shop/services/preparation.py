"""What the first start does, step by step; an interrupted one goes on where it stopped."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from dataclasses import dataclass
from hashlib import blake2b
from pathlib import Path
from typing import TYPE_CHECKING

from demo_shop.services.processes import Program, last_lines, launch, stop

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from demo_shop.services.supervisor import StopRequest

ROOT = Path(__file__).resolve().parents[2]
QUIET_FOR = 2.0  # a step that is quicker shows nothing but its result
LINE_EVERY = 10.0  # how often a log file, which cannot be overwritten, gets a sign of life


@dataclass(frozen=True, kw_only=True)
class Step:
    """One management command. ``again`` means: also after new code arrived."""

    label: str
    command: tuple[str, ...]
    again: bool = False


STEPS = (
    Step(label="Making the tables", command=("migrate", "--no-input"), again=True),
    Step(label="Loading products, customers and orders", command=("demo_load",)),
    Step(label="Making the pages", command=("demo_pages",), again=True),
    Step(label="Reading the shop's history into the plugin", command=("clm_backfill",)),
    Step(label="Installing schedules and campaigns", command=("clm_install",), again=True),
    Step(label="Publishing the store credit", command=("demo_credit",), again=True),
    Step(label="Publishing the offers", command=("demo_offers",), again=True),
)


class PreparationError(RuntimeError):
    """A step failed; the message ends with its output."""


class Stamp:
    """Remembers which steps are done, and with which code."""

    def __init__(self, path: Path) -> None:
        self._path = path
        try:
            known = json.loads(path.read_text())
        except (OSError, ValueError):
            known = {}
        self.done: list[str] = known.get("done", [])
        self._code: str = known.get("code", "")

    def due(self) -> list[Step]:
        """The steps still to do: all new ones, and some again if the code has changed."""
        changed = self._code != code_version()
        return [step for step in STEPS if step.label not in self.done or (changed and step.again)]

    def note(self, step: Step) -> None:
        self.done = [*(label for label in self.done if label != step.label), step.label]
        self._write()

    def finish(self) -> None:
        self._code = code_version()
        self._write()

    def _write(self) -> None:
        fresh = self._path.with_suffix(".new")
        fresh.write_text(json.dumps({"done": self.done, "code": self._code}))
        fresh.replace(self._path)


def code_version() -> str:
    """Changes with every line of the plugin and the demo, and with every pinned version."""
    digest = blake2b(digest_size=8)
    paths = [ROOT / "constraints.txt"]
    for package in ("clm_plugin", "demo_shop"):
        paths += sorted((ROOT / package).rglob("*.py"))
    for path in paths:
        if path.exists():
            digest.update(str(path.relative_to(ROOT)).encode() + path.read_bytes())
    return digest.hexdigest()


class Preparation:
    """Runs steps as commands of their own, with a line of progress for each."""

    def __init__(
        self,
        *,
        say: Callable[[str], None],
        stop: StopRequest,
        environment: Mapping[str, str],
        logs: Path,
    ) -> None:
        self._say = say
        self._stop = stop
        self._environment = environment
        self._logs = logs

    def run(self, step: Step) -> bool:
        """Returns whether the step was done; false after Ctrl-C."""
        # A log for each step, of its last run only: an error message shows the end of it.
        log = self._logs / f"prepare-{step.command[0]}.log"
        log.unlink(missing_ok=True)
        program = Program(
            name=step.label,
            argv=[sys.executable, "manage.py", *step.command],
            log=log,
            environment=self._environment,
            cwd=ROOT,
            patience=3.0,
        )
        began = time.monotonic()
        process = launch(program)
        try:
            self._watch(step, log, process, began)
        finally:
            stop(process, program)
        if self._stop:
            return False
        if process.returncode:
            command = " ".join(step.command)
            message = f"{step.label} failed (manage.py {command}):\n{last_lines(log, 25)}"
            raise PreparationError(message)
        self._show(f"  done  {step.label} ({time.monotonic() - began:.1f} s)", keep=True)
        return True

    def _watch(self, step: Step, log: Path, process: subprocess.Popen[bytes], began: float) -> None:
        next_line = QUIET_FOR
        while process.poll() is None and not self._stop:
            time.sleep(0.1)
            elapsed = time.monotonic() - began
            if elapsed >= next_line:
                next_line = elapsed + (0.5 if sys.stdout.isatty() else LINE_EVERY)
                detail = last_lines(log, 1).strip()[:60]
                self._show(f"  ...   {step.label}, {elapsed:.0f} s  {detail}", keep=False)

    def _show(self, text: str, *, keep: bool) -> None:
        if sys.stdout.isatty():
            sys.stdout.write(f"\r\x1b[K{text}" + ("\n" if keep else ""))
            sys.stdout.flush()
        else:
            self._say(text)
