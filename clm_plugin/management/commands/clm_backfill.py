"""Read the shop's history into the plugin: accounts, orders, refunds; then process it all."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

from django.core.management.base import BaseCommand, CommandError

from clm_plugin import clock, pipeline
from clm_plugin.adapters.history import backfill
from clm_plugin.events.api import lag
from clm_plugin.insights.api import recount
from clm_plugin.shop.api import ShopError, get_shop
from clm_plugin.upkeep import upkeep

if TYPE_CHECKING:
    from django.core.management.base import CommandParser, OutputWrapper

_BATCH = 20_000
"""Events processed in one transaction: history is not in a hurry, and bigger batches cost less."""


class Command(BaseCommand):
    """Silent (nothing is mailed or granted for the past) and resumable (Ctrl-C, run it again)."""

    help = "Reads the shop's accounts, orders and refunds, and processes them. Can be run again."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--restart",
            action="store_true",
            help="read everything again, also what an earlier run has read (nothing counts twice)",
        )
        parser.add_argument(
            "--no-process",
            action="store_true",
            help="only store the events; the workers process them",
        )

    def handle(self, *args: Any, restart: bool, no_process: bool, **options: Any) -> None:
        now = clock.now()
        shows = options["verbosity"] > 0
        reading = _Progress(self.stdout, shows=shows)
        try:
            done = backfill(get_shop(), now=now, progress=reading.show, restart=restart)
        except ShopError as error:
            raise CommandError(str(error)) from error
        reading.end()
        processed = 0 if no_process else _process(_Progress(self.stdout, shows=shows))
        if not no_process:
            self._conclude()
        if shows:
            self.stdout.write(
                f"Read {done.registrations:,} accounts, {done.orders:,} orders and "
                f"{done.refunds:,} refunds; {done.stored:,} events are new, "
                f"{processed:,} were processed."
            )

    def _conclude(self) -> None:
        """What else a shop expects of day one: people aged until today, and what goes together."""
        self.stdout.write("Working out purchase gaps and what is bought together …")
        done = upkeep(now=clock.now())
        pipeline.sweep(now=clock.now(), send=False)
        self.stdout.write("Counting for the board …")
        recount(now=clock.now())
        if done.pairs is None:
            self.stdout.write(
                "numpy and scipy are missing, so nothing is suggested yet:"
                ' pip install "clm-plugin[insights]", then run this again.'
            )


def _process(progress: _Progress) -> int:
    total, _ = lag(now=clock.now())
    done = 0
    progress.show("events", done, total)
    # The clock is read for each batch: a worker beside us may put events off for a moment.
    while count := pipeline.process(now=clock.now(), limit=_BATCH):
        done += count
        progress.show("events", done, max(total, done))
    progress.end()
    return done


class _Progress:
    """A bar on a terminal; elsewhere a plain line now and then."""

    WIDTH = 30
    EVERY_SECONDS = 2.0

    def __init__(self, out: OutputWrapper, *, shows: bool) -> None:
        self.out, self.shows = out, shows
        self.bar = out.isatty()
        self.part, self.last, self.line = "", 0.0, ""

    def show(self, part: str, done: int, total: int | None) -> None:
        """``done`` of ``total`` (None: nobody knows) records of a part."""
        if part != self.part:
            self.end()
            self.part = part
        self.line = self._text(done, total)
        now = time.monotonic()
        if now - self.last < (0.1 if self.bar else self.EVERY_SECONDS) or not self.shows:
            return
        self.last = now
        self._write()

    def end(self) -> None:
        """The last state of the part, which stays on the screen."""
        if self.part and self.shows and self.line:
            self._write()
            if self.bar:
                self.out.write("")
        self.part, self.line = "", ""

    def _write(self) -> None:
        if self.bar:
            self.out.write(f"\r\x1b[2K{self.line}", ending="")
            self.out.flush()
        else:
            self.out.write(self.line)

    def _text(self, done: int, total: int | None) -> str:
        if not total:
            return f"{self.part:<14}{done:>12,}"
        share = min(done / total, 1)
        filled = round(share * self.WIDTH)
        bar = f"[{'#' * filled}{'.' * (self.WIDTH - filled)}] " if self.bar else ""
        return f"{self.part:<14}{bar}{done:>12,} of {total:,} ({share:.0%})"
