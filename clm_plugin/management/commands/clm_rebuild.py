"""``manage.py clm_rebuild``: facts and stages anew from the log; the result is equal."""

from __future__ import annotations

import sys
from typing import Any

from django.core.management.base import BaseCommand

from clm_plugin import clock
from clm_plugin.rebuild import rebuild_facts


class Command(BaseCommand):
    help = "Rebuilds the facts of all profiles from the event log. Nothing is sent."

    def handle(self, *args: Any, **options: Any) -> None:
        def progress(done: int, total: int) -> None:
            end = "\r" if sys.stdout.isatty() and done < total else "\n"
            self.stdout.write(f"{done:,} of {total:,} events", ending=end)

        profiles = rebuild_facts(now=clock.now(), progress=progress)
        self.stdout.write(f"Rebuilt the facts of {profiles:,} profiles.")
