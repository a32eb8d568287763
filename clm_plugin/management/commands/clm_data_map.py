"""``manage.py clm_data_map``: which table holds what about people."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from clm_plugin.privacy.api import data_map_page


class Command(BaseCommand):
    help = "Prints which table holds what about people, why, for how long, and what erasure does."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--write", metavar="FILE", type=Path, help="write it into a file")

    def handle(self, *args: Any, write: Path | None = None, **options: Any) -> None:
        page = data_map_page()
        if write is None:
            self.stdout.write(page)
        else:
            write.write_text(page)
            self.stdout.write(f"Wrote {write}.")
