"""``manage.py clm_erase``: one person forgotten."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from clm_plugin import clock
from clm_plugin.management.persons import add_person, person_in
from clm_plugin.privacy.api import erase, preview


class Command(BaseCommand):
    help = "Erases one person: everything that leads to her. Says first what it would do."

    def add_arguments(self, parser: CommandParser) -> None:
        add_person(parser)
        parser.add_argument("--yes", action="store_true", help="do it; without, only say what")

    def handle(self, *args: Any, **options: Any) -> None:
        profile_id = person_in(options)
        foreseen = preview(profile_id)
        if foreseen is None:
            raise CommandError("There is no such person.")
        for name, (count, how) in foreseen.items():
            self.stdout.write(f"{name.replace('_', ' ')}: {count} ({how})")
        if not options["yes"]:
            self.stdout.write("Nothing was changed. Add --yes to erase; it cannot be undone.")
            return
        done = erase(profile_id, now=clock.now(), asked_by="command")
        if done is None:
            raise CommandError("Somebody else erased this person in between.")
        self.stdout.write(f"Erased: {sum(done.rows.values())} rows.")
