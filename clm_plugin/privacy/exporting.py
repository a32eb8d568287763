"""Everything that is known of one person as a zip of CSV and JSON, streamed."""

from __future__ import annotations

import csv
import io
import zipfile
from typing import TYPE_CHECKING, Any

from django.core.exceptions import FieldDoesNotExist
from django.core.serializers.json import DjangoJSONEncoder
from django.utils.translation import gettext as _

from clm_plugin.privacy.declared import Table, about_people
from clm_plugin.profiles.api import person_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from datetime import datetime

    from clm_plugin.profiles.api import Person

_CHUNK = 500
_FORMULA = ("=", "+", "-", "@", "\t", "\r")
_as_json = DjangoJSONEncoder(ensure_ascii=False).encode


class _Pipe(io.RawIOBase):
    """What the zip writes and the reader takes away at once; nothing piles up."""

    def __init__(self) -> None:
        self._parts: list[bytes] = []

    def writable(self) -> bool:
        return True

    def write(self, data: Any, /) -> int:
        self._parts.append(bytes(data))
        return len(data)

    def take(self) -> bytes:
        parts, self._parts = self._parts, []
        return b"".join(parts)


def export(profile_id: int, *, now: datetime) -> Iterator[bytes] | None:
    """The zip of the whole person behind a profile in pieces; None when there is none.

    ``README.txt`` says what each file is, ``data.json`` has everything, and each table with rows
    has a CSV file of its own.
    """
    person = person_of(profile_id)
    return None if person is None else _pieces(person, now)


def _pieces(person: Person, now: datetime) -> Iterator[bytes]:
    pipe = _Pipe()
    found = [table for table in about_people() if table.rows(person).exists()]
    with zipfile.ZipFile(pipe, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("README.txt", _read_me(found, now))
        for table in found:
            yield from _write(archive, pipe, f"csv/{table.name}.csv", _csv(table, person))
        yield from _write(archive, pipe, "data.json", _json(found, person, now))
    yield pipe.take()


def _write(
    archive: zipfile.ZipFile, pipe: _Pipe, name: str, pieces: Iterable[str]
) -> Iterator[bytes]:
    with archive.open(name, "w") as entry:
        for piece in pieces:
            entry.write(piece.encode())
            if taken := pipe.take():
                yield taken


def _read_me(found: list[Table], now: datetime) -> str:
    lines = [
        _("Everything that is known of you, as of %(at)s.") % {"at": f"{now:%Y-%m-%d %H:%M %Z}"},
        "",
        _("data.json holds it all; each file in csv/ is one part of it:"),
        "",
    ]
    for table in found:
        holds, why = _(str(table.data.holds)), _(str(table.data.why))
        lines.append(f"csv/{table.name}.csv: {holds} ({why})")
    lines += [
        "",
        _("Times are UTC. Amounts ending in “minor” are in the smallest unit of the currency."),
    ]
    return "\n".join(lines) + "\n"


def _values(table: Table, person: Person) -> Iterator[tuple[Any, ...]]:
    rows: Iterator[tuple[Any, ...]] = (
        table.rows(person).values_list(*table.data.columns).iterator(chunk_size=_CHUNK)
    )
    return rows


def _csv(table: Table, person: Person) -> Iterator[str]:
    buffer = io.StringIO()
    writer = csv.writer(buffer)
    writer.writerow([_title(table, column) for column in table.data.columns])
    for row in _values(table, person):
        writer.writerow([_cell(value) for value in row])
        yield buffer.getvalue()
        buffer.seek(0)
        buffer.truncate()
    yield buffer.getvalue()


def _title(table: Table, column: str) -> str:
    """A column's name for readers."""
    try:
        return str(getattr(table.model._meta.get_field(column), "verbose_name", column))
    except FieldDoesNotExist:
        return column.removesuffix("_id").replace("__", " ").replace("_", " ")


def _cell(value: object) -> object:
    """A cell that no spreadsheet takes for a formula."""
    if isinstance(value, dict | list):
        value = _as_json(value)
    elif hasattr(value, "isoformat"):
        value = value.isoformat()
    if isinstance(value, str) and value.startswith(_FORMULA):
        return f"'{value}"
    return value


def _json(found: list[Table], person: Person, now: datetime) -> Iterator[str]:
    yield f'{{"as_of": {_as_json(now)}, "data": {{'
    for number, table in enumerate(found):
        yield f"{',' if number else ''}\n{_as_json(table.name)}: ["
        for index, row in enumerate(_values(table, person)):
            fields = dict(zip(table.data.columns, row, strict=True))
            yield ("," if index else "") + "\n" + _as_json(fields)
        yield "]"
    yield "\n}}\n"
