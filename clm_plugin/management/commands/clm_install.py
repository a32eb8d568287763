"""``manage.py clm_install``: what a shop needs once: schedules, first campaigns and segments."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from clm_plugin.campaigns.recipes import credit_reminders, first_day, install, offer_reminders
from clm_plugin.profiles.api import install_life_events
from clm_plugin.roles import install_roles
from clm_plugin.schedules import install_schedules
from clm_plugin.segments.api import install_segment, ready_made


class Command(BaseCommand):
    help = "Installs the periodic tasks, seven campaigns and drafts of segments; safe to run again."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--drafts", action="store_true", help="leave the campaigns as drafts, publish none"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        for name in install_schedules():
            self.stdout.write(f"Scheduled “{name}”.")
        for name in install_roles():
            self.stdout.write(f"Made the group “{name}”.")
        for recipe in (*first_day(), *credit_reminders(), *offer_reminders()):
            if install(recipe, publish=not options["drafts"]):
                state = "as a draft" if options["drafts"] else "and published it"
                self.stdout.write(f"Made the campaign “{recipe.name}” {state}.")
        made = [one.name for one in ready_made() if install_segment(one)]
        if made:
            self.stdout.write(f"Made {len(made)} segments as drafts: {', '.join(made)}.")
        for label in install_life_events():
            self.stdout.write(f"Made the life event “{label}”.")
        self.stdout.write("Installed. Next: manage.py clm_backfill reads the shop's history.")
