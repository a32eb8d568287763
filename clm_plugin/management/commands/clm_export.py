"""``manage.py clm_export``: all that is known of one person, as a zip."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from clm_plugin import clock
from clm_plugin.management.persons import add_person, person_in
from clm_plugin.privacy.api import export


class Command(BaseCommand):
    help = "Writes everything that is known of one person (CSV and JSON) into a zip file."

    def add_arguments(self, parser: CommandParser) -> None:
        add_person(parser)
        parser.add_argument("--output", type=Path, required=True, help="the zip file to write")

    def handle(self, *args: Any, **options: Any) -> None:
        pieces = export(person_in(options), now=clock.now())
        if pieces is None:
            raise CommandError("There is no such person.")
        with options["output"].open("wb") as file:
            for piece in pieces:
                file.write(piece)
        self.stdout.write(f"Wrote {options['output']}.")
