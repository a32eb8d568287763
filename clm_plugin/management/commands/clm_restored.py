"""``manage.py clm_restored``: what must happen after a backup was put back."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from clm_plugin import clock
from clm_plugin.conf import settings
from clm_plugin.messages.api import held_since, release_sends
from clm_plugin.privacy.api import restore


class Command(BaseCommand):
    help = (
        "After a restored backup, before the workers start: holds all mails and erases again whom"
        " the erasure journal knows. Then --release, with or without what was waiting."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--release", action="store_true", help="let mails go again")
        parser.add_argument(
            "--drop", action="store_true", help="with --release: the waiting ones never leave"
        )

    def handle(self, *args: Any, release: bool = False, drop: bool = False, **options: Any) -> None:
        if release:
            self._release(drop)
            return
        if not settings.ERASURE_JOURNAL:
            self.stderr.write('CLM["ERASURE_JOURNAL"] is not set: erasures cannot be done again.')
        done = restore(now=clock.now())
        self.stdout.write(
            f"{done.people} people erased again, for {done.entries} entries of the journal that"
            f" this database did not know. {done.mails} mails wait and are held.\n"
            "Look at them, then: manage.py clm_restored --release (they leave), or --release --drop"
            " (they may have left before the restore: they never leave again)."
        )

    def _release(self, drop: bool) -> None:
        if held_since() is None:
            self.stdout.write("No mails are held.")
            return
        count = release_sends(now=clock.now(), drop=drop)
        self.stdout.write(f"{count} mails {'dropped' if drop else 'may leave'}; sending goes on.")
