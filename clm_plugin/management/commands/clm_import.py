"""``manage.py clm_import``: a CSV file of customers, orders, consents or spend."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from clm_plugin import clock
from clm_plugin.adapters.files.data import Reading
from clm_plugin.adapters.files.mapping import IMPORTERS, guess
from clm_plugin.adapters.files.models import Import, RefusedRow
from clm_plugin.adapters.files.reading import BadFile
from clm_plugin.adapters.files.running import begin, choose, upload, work
from clm_plugin.adapters.files.writing import csv_lines
from clm_plugin.conf import settings
from clm_plugin.profiles.api import trait_keys

_SHOWN = 5


class Command(BaseCommand):
    help = "Reads a CSV file: customers, orders, consents or spend. Sends nothing to anybody."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("kind", choices=sorted(IMPORTERS.keys() - {"credit"}))
        parser.add_argument("file", type=Path)
        parser.add_argument(
            "--map",
            action="append",
            default=[],
            metavar="FIELD=COLUMN",
            help="which column is what; what the names tell need not be said",
        )
        parser.add_argument("--dates", choices=("iso", "dmy", "mdy"), default="iso")
        parser.add_argument("--decimal", choices=(".", ","), default=".")
        parser.add_argument("--zone", default=settings.TIME_ZONE or "UTC", help="of times without")
        parser.add_argument(
            "--ids-of", default="customer", metavar="SYSTEM", help="whose ids; default: this shop's"
        )
        parser.add_argument("--dry-run", action="store_true", help="look through, write nothing")
        parser.add_argument("--errors", type=Path, help="write refused rows, with why, here")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            with options["file"].open("rb") as file:
                run = upload(
                    file,
                    kind=options["kind"],
                    name=options["file"].name,
                    by="command line",
                    now=clock.now(),
                )
            choose(run, mapping=self._mapping(run, options["map"]), reading=self._reading(options))
        except (OSError, BadFile) as error:
            raise CommandError(f"{options['file']}: {error}") from None
        self._work(run, "Looked through")
        if not options["dry_run"]:
            begin(run)
            self._work(run, "Read in")
        self._tell(run)
        if options["errors"]:
            self._write_errors(run, options["errors"])
        if options["dry_run"]:
            run.delete()

    def _mapping(self, run: Import, given: list[str]) -> dict[str, str]:
        importer = IMPORTERS[run.kind]
        mapping = guess(importer, run.header, trait_keys())
        for pair in given:
            field, found, column = pair.partition("=")
            if not found:
                raise CommandError(f"--map takes FIELD=COLUMN, not {pair!r}")
            mapping = {key: name for key, name in mapping.items() if name != column}
            mapping[field] = column
        for key, column in mapping.items():
            self.stdout.write(f"  {key:<16} from “{column}”")
        return mapping

    def _reading(self, options: dict[str, Any]) -> Reading:
        return Reading(
            dates=options["dates"],
            decimal=options["decimal"],
            zone=options["zone"],
            currency=settings.CURRENCY,
            ids_are=options["ids_of"],
        )

    def _work(self, run: Import, word: str) -> None:
        on_screen = self.stdout.isatty()

        def show(done: int, total: int) -> None:
            if on_screen:
                filled = "█" * (24 * done // total)
                self.stdout.write(f"\r  {word} {filled:<24} {done:,} of {total:,}", ending="")

        work(run.pk, now=clock.now(), progress=show)
        if on_screen:
            self.stdout.write("")
        run.refresh_from_db()

    def _tell(self, run: Import) -> None:
        done = "Would change" if run.state == Import.State.CHECKED else "Changed"
        self.stdout.write(
            f"{done}: {run.new:,} rows new, {run.known:,} known already, {run.bad:,} refused."
        )
        for row in RefusedRow.objects.filter(run=run).order_by("line")[:_SHOWN]:
            self.stdout.write(self.style.WARNING(f"  line {row.line}: {row.why}"))
        if run.bad > _SHOWN:
            self.stdout.write("  … more with --errors FILE")

    def _write_errors(self, run: Import, path: Path) -> None:
        with path.open("w", newline="", encoding="utf-8") as file:
            rows = RefusedRow.objects.filter(run=run).order_by("line").iterator()
            file.writelines(csv_lines([*run.header, "why"], ([*r.cells, r.why] for r in rows)))
        self.stdout.write(f"{run.bad:,} refused rows are in {path}.")
