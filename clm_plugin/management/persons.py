"""Which person a command is about."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.core.management.base import CommandError

from clm_plugin.profiles.api import normalise_email, profile_id_of, profiles

if TYPE_CHECKING:
    from django.core.management.base import CommandParser


def add_person(parser: CommandParser) -> None:
    parser.add_argument(
        "who",
        help="an actor (customer:7, visitor:…), an e-mail address, or the number of a profile",
    )


def person_in(options: dict[str, Any]) -> int:
    """The profile that was meant. Raises CommandError when it is nobody, or several."""
    who: str = options["who"]
    if who.isdigit():
        return int(who)
    if ":" in who:
        found = profile_id_of(who)
        if found is None:
            raise CommandError(f"Nobody is known as {who}.")
        return found
    ids = set(
        profiles()
        .filter(email__in={who, normalise_email(who)}, merged_into=None)
        .exclude(email="")
        .values_list("pk", flat=True)
    )
    if len(ids) != 1:
        told = "Nobody has" if not ids else f"{len(ids)} profiles ({sorted(ids)}) have"
        raise CommandError(f"{told} that address; name an actor or the number of a profile.")
    return ids.pop()
