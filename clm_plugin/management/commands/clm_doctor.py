"""``manage.py clm_doctor``: looks at everything and says what to do."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from clm_plugin import clock
from clm_plugin.doctor import examine


class Command(BaseCommand):
    help = "Checks settings, database, broker, worker, schedules, queue and campaigns."

    def handle(self, *args: Any, **options: Any) -> None:
        findings = examine(now=clock.now())
        for finding in findings:
            style = self.style.SUCCESS if finding.ok else self.style.ERROR
            mark = "ok  " if finding.ok else "FIX "
            self.stdout.write(style(f"{mark}{finding.what}"))
            if not finding.ok:
                self.stdout.write(f"    {finding.advice}")
        bad = sum(not finding.ok for finding in findings)
        if bad:
            raise CommandError(f"{bad} of {len(findings)} things need you.")
        self.stdout.write("All is well.")
