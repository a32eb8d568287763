"""``manage.py clm_writekey``: who may send events, on the command line."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.core.management.base import BaseCommand, CommandError

from clm_plugin import clock
from clm_plugin.adapters.segment.api import (
    BROWSER,
    CUSTOMER,
    EXTERNAL,
    SERVER,
    WriteKeyError,
    make_key,
    revoke_key,
    write_keys,
)

if TYPE_CHECKING:
    from django.core.management.base import CommandParser


class Command(BaseCommand):
    help = "Makes, lists and revokes write keys of the Segment endpoints."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("name", nargs="?", help="Who sends with the key; makes one.")
        parser.add_argument("--source", help="The word under which its events are stored.")
        parser.add_argument(
            "--browser", action="store_true", help="For pages and apps; not secret."
        )
        parser.add_argument(
            "--customer-ids", action="store_true", help="Its user ids are this shop's customers."
        )
        parser.add_argument(
            "--origin", action="append", default=[], help="A page's origin; may be repeated."
        )
        parser.add_argument("--revoke", metavar="PREFIX", help="Revokes the key that begins so.")

    def handle(self, *args: Any, **options: Any) -> None:
        if options["revoke"]:
            self._revoke(options["revoke"])
        elif options["name"]:
            self._make(options)
        else:
            self._list()

    def _make(self, options: dict[str, Any]) -> None:
        if not options["source"]:
            raise CommandError("--source is missing: a short word such as storefront.")
        try:
            made = make_key(
                name=options["name"],
                source=options["source"],
                kind=BROWSER if options["browser"] else SERVER,
                ids_are=CUSTOMER if options["customer_ids"] else EXTERNAL,
                origins=options["origin"],
                now=clock.now(),
            )
        except WriteKeyError as error:
            raise CommandError(str(error)) from None
        self.stdout.write(made.secret)
        self.stderr.write("Keep it: it is shown this once.")

    def _revoke(self, prefix: str) -> None:
        found = list(write_keys().filter(prefix=prefix[:10], revoked_at=None))
        if len(found) != 1:
            raise CommandError(f"{len(found)} keys in force begin with {prefix[:10]!r}.")
        revoke_key(found[0], now=clock.now())
        self.stderr.write(f"Revoked {found[0]}.")

    def _list(self) -> None:
        for key in write_keys():
            state = "revoked" if key.revoked_at else "in force"
            used = key.last_used_at.isoformat(timespec="minutes") if key.last_used_at else "never"
            line = (key.prefix, key.kind, key.ids_are, key.source, state, f"used {used}", key.name)
            self.stdout.write("  ".join(line))
