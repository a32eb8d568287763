"""``manage.py demo_load``: fill the demo shop."""

from __future__ import annotations

import time
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand

from demo_shop import clock, loading
from demo_shop.loading.progress import Lines


class Command(BaseCommand):
    """Loads catalogue, pictures, customers and orders; does nothing when they are there."""

    help = "Fill the demo shop with its range, pictures, customers and real order history."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """``--flush`` starts over."""
        parser.add_argument("--flush", action="store_true", help="remove the shop first")
        parser.add_argument("--no-pictures", action="store_true", help="do not draw pictures")
        parser.add_argument("--customers", type=int, default=None, help="load only this many")

    def handle(self, *args: Any, **options: Any) -> None:
        """Load and say how long it took."""
        progress = Lines(self.stdout, live=self.stdout.isatty())
        started = time.perf_counter()
        if options["flush"]:
            with progress.step("Remove"):
                loading.flush()
        report = loading.load(
            now=clock.now(),
            progress=progress,
            limit_customers=options["customers"],
            pictures=not options["no_pictures"],
        )
        if not report.loaded:
            self.stdout.write("Already loaded. Use --flush to start over.")
            return
        self.stdout.write(
            f"{report.products} products, {report.pictures} pictures, "
            f"{report.customers} customers, {report.orders} orders, {report.lines} lines "
            f"in {time.perf_counter() - started:.1f} s"
        )
