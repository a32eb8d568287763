"""``manage.py demo_clock +14d`` lets the shop live through fourteen days."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from demo_shop import clock
from demo_shop.travel import Progress, forget, travel, write_progress


class Command(BaseCommand):
    help = "Moves the shop's clock forward, sweeping on the way: +14d, +1h, +90m; or 'reset'."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("step", nargs="?", default="", help="+14d, +1h, +90m or reset")

    def handle(self, *args: Any, **options: Any) -> None:
        step = str(options["step"])
        if step == "reset":
            clock.reset()
            forget()
        elif step:
            self._travel(step)
        shown = timezone.localtime(clock.now())
        ahead = f"{clock.describe()} ahead" if clock.describe() else "real time"
        self.stdout.write(f"The shop's time is {shown:%A %d %B %Y %H:%M} ({ahead}).")

    def _travel(self, step: str) -> None:
        try:
            delta = clock.parse(step)
        except ValueError as error:
            raise CommandError(str(error)) from error
        start = clock.now()
        for progress in travel(start=start, target=start + delta):
            write_progress(progress)
            self._show(progress)
        self.stdout.write("")

    def _show(self, progress: Progress) -> None:
        line = f"\r{progress.percent:3d} %  {progress.at[:16].replace('T', ' ')} UTC"
        self.stdout.write(f"{line}  {progress.steps} sweeps", ending="")
        self.stdout.flush()
