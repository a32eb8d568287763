"""``manage.py clm_verify``: prove that the books of store credit and offers' limits are right."""

from __future__ import annotations

import json
import sys
from dataclasses import asdict
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from django.core.management.base import BaseCommand

from clm_plugin.clock import now
from clm_plugin.proving import prove

if TYPE_CHECKING:
    from django.core.management.base import CommandParser

    from clm_plugin.wallet.api import Proof


class Command(BaseCommand):
    """Exit code 0: all is right; 1: it is not."""

    help = (
        "Prove that the books of store credit are right, compare them with the shop's orders, and"
        " prove that the limits of offers count what was used"
    )

    def add_arguments(self, parser: CommandParser) -> None:
        """What may be said."""
        parser.add_argument("--json", action="store_true", help="print the proof as JSON")
        parser.add_argument(
            "--orders-days",
            type=int,
            metavar="N",
            help="compare only the orders of the last N days with the shop's books (default: all)",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        """Prove, keep the proof, print it."""
        at = now()
        days = options["orders_days"]
        proof = prove(now=at, orders_since=None if days is None else at - timedelta(days=days))
        if options["json"]:
            self.stdout.write(json.dumps({"ok": proof.ok, **asdict(proof)}, default=str, indent=2))
        else:
            self._table(proof)
        if not proof.ok:
            sys.exit(1)

    def _table(self, proof: Proof) -> None:
        for check in proof.checks:
            word = "skip" if check.skipped else "ok" if check.ok else "WRONG"
            line = f"{word:5}  {check.name}  ({check.skipped or f'{check.looked_at:,}'})"
            style = self.style.SUCCESS if check.ok else self.style.ERROR
            self.stdout.write(style(line))
            for offender in check.offenders:
                self.stdout.write(f"       {offender}")
            if check.wrong > len(check.offenders):
                self.stdout.write(f"       and {check.wrong - len(check.offenders)} more")
        verdict = "The books are right" if proof.ok else "THE BOOKS ARE WRONG"
        self.stdout.write(f"{verdict} ({proof.seconds:.1f} s)")
