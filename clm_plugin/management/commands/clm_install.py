"""``manage.py clm_install``: what a shop needs once: schedules, the first day's campaigns."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from clm_plugin.campaigns.recipes import first_day, install
from clm_plugin.schedules import install_schedules


class Command(BaseCommand):
    help = "Installs the periodic tasks and three campaigns; safe to run again."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--drafts", action="store_true", help="leave the campaigns as drafts, publish none"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        for name in install_schedules():
            self.stdout.write(f"Scheduled “{name}”.")
        for recipe in first_day():
            if install(recipe, publish=not options["drafts"]):
                state = "as a draft" if options["drafts"] else "and published it"
                self.stdout.write(f"Made the campaign “{recipe.name}” {state}.")
        self.stdout.write("Installed. Next: manage.py clm_backfill reads the shop's history.")
