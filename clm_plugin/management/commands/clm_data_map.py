"""``manage.py clm_data_map``: which table holds what about people."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from clm_plugin.privacy.api import data_map_page, words_module


class Command(BaseCommand):
    help = "Prints which table holds what about people, why, for how long, and what erasure does."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--write", metavar="FILE", type=Path, help="write it into a file")
        parser.add_argument(
            "--words", metavar="FILE", type=Path, help="write its words for translators (a module)"
        )

    def handle(
        self, *args: Any, write: Path | None = None, words: Path | None = None, **options: Any
    ) -> None:
        if write is None and words is None:
            self.stdout.write(data_map_page())
        for file, text in ((write, data_map_page), (words, words_module)):
            if file is not None:
                file.write_text(text())
                self.stdout.write(f"Wrote {file}.")
