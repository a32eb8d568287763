"""A file of people for a static list: read, looked up, and told what is wrong with it."""

from __future__ import annotations

import csv
import io
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.utils.translation import gettext as _

from clm_plugin.profiles.models import Profile

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

MOST_BYTES = 5_000_000
MOST_ROWS = 100_000
SHOWN = 200
"""Errors in the table; the rest is counted."""
_CHUNK = 1_000
_MAIL = ("email", "e-mail", "mail", "e_mail", "email address", "e-mail address")
_ID = ("customer_id", "customer id", "customer", "id", "customer number", "number")


class BadFile(Exception):
    """The file as a whole cannot be read; the text is for people."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Wrong:
    """A row that names nobody: its line in the file, what stands there and what to do."""

    line: int
    value: str
    why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Checked:
    """What a dry run found. ``ids`` are profiles, each once."""

    rows: int
    ids: tuple[int, ...]
    wrong: tuple[Wrong, ...]
    doubled: int

    @property
    def shown(self) -> tuple[Wrong, ...]:
        return self.wrong[:SHOWN]

    @property
    def more(self) -> int:
        return max(len(self.wrong) - SHOWN, 0)


def check_file(raw: bytes) -> Checked:
    """Look up everybody in a file of e-mail addresses or customer ids, one a row.

    The first column that is called so counts, else the first one. A bounded number of queries per
    1,000 rows. Raises BadFile.
    """
    named = list(_rows(_text(raw)))
    if not named:
        raise BadFile(_("The file has no rows."))
    if len(named) > MOST_ROWS:
        raise BadFile(
            _("The file has more than %(most)s rows; split it.") % {"most": f"{MOST_ROWS:,}"}
        )
    known = _look_up({value for _line, value in named if value})
    ids: dict[int, None] = {}
    wrong, doubled = [], 0
    for line, value in named:
        if not value:
            wrong.append(Wrong(line=line, value="", why=_("The row is empty.")))
        elif value not in known:
            why = _("Nobody has this e-mail address.") if "@" in value else _("No such customer.")
            wrong.append(Wrong(line=line, value=value[:100], why=why))
        elif known[value] in ids:
            doubled += 1
        else:
            ids[known[value]] = None
    return Checked(rows=len(named), ids=tuple(ids), wrong=tuple(wrong), doubled=doubled)


def _text(raw: bytes) -> str:
    if len(raw) > MOST_BYTES:
        raise BadFile(_("The file is larger than 5 MB; split it."))
    for encoding in ("utf-8-sig", "cp1252"):
        try:
            text = raw.decode(encoding)
        except UnicodeDecodeError:
            continue
        if "\x00" in text:
            break
        return text
    raise BadFile(_("This is no text file. Save it as CSV (UTF-8) and try again."))


def _rows(text: str) -> Iterator[tuple[int, str]]:
    """(line, value) of each row; an address in lower case, for so they are stored."""
    head = text[:4_096].split("\n", 1)[0]
    delimiter = max(",;\t", key=head.count)
    reader = csv.reader(io.StringIO(text), delimiter=delimiter)
    column = 0
    try:
        for number, row in enumerate(reader):
            cells = [cell.strip() for cell in row]
            if number == 0:
                names = [cell.lower() for cell in cells]
                titled = [at for at, name in enumerate(names) if name in (*_MAIL, *_ID)]
                if titled:
                    column = next((at for at in titled if names[at] in _MAIL), titled[0])
                    continue
            if not any(cells):
                continue
            value = cells[column] if column < len(cells) else ""
            yield reader.line_num, value.lower() if "@" in value else value
    except csv.Error as error:
        raise BadFile(
            _("Line %(line)s cannot be read: %(why)s") % {"line": reader.line_num, "why": error}
        ) from error


def _look_up(values: Iterable[str]) -> dict[str, int]:
    """Value -> profile; a merged one stands for its survivor."""
    found: dict[str, int] = {}
    wanted = sorted(values)
    for start in range(0, len(wanted), _CHUNK):
        chunk = wanted[start : start + _CHUNK]
        for field, part in (
            ("email", [value for value in chunk if "@" in value]),
            ("customer_id", [value for value in chunk if "@" not in value]),
        ):
            if not part:
                continue
            rows = Profile.objects.filter(**{f"{field}__in": part}).order_by("-pk")
            for value, pk, into in rows.values_list(field, "pk", "merged_into_id"):
                found[value] = into or pk
    return found
