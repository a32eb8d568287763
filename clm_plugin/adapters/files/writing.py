"""Writing lists as CSV or Parquet: a stream in bounded memory, read by ranges of the key.

Every cell of text in CSV goes through ``reading.harmless``; Parquet keeps values as they are, for
nothing in it is ever run.
"""

from __future__ import annotations

import csv
import io
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from importlib.util import find_spec
from itertools import chain, islice
from typing import TYPE_CHECKING, Any, Literal

from clm_plugin.adapters.files.reading import harmless
from clm_plugin.money import exponent

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from django.db.models import QuerySet

Kind = Literal["text", "whole", "money", "amount", "moment", "flag"]
Row = tuple[Any, ...]

_MILLE = Decimal("0.001")
CHUNK = 1_000
"""Rows of one query."""
GROUP = 20 * CHUNK
"""Rows of a row group in Parquet; so many are held in memory."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """A column of a list: its name in the file, and what ``values_list`` is to be given for it.

    ``kind``: ``whole`` is a number; ``money`` minor units of ``currency``, written in major ones;
    ``amount`` a decimal in major units of any currency, written with three places;
    ``moment`` an aware time; ``flag`` yes or no. None of any kind is an empty cell.
    """

    name: str
    value: Any
    kind: Kind = "text"
    currency: str = ""


def chunks(rows: QuerySet[Any], columns: Sequence[Column]) -> Iterator[list[Row]]:
    """The rows of a list by ascending key, ``CHUNK`` at a time: one query each.

    Rows that come or change meanwhile are in the file or not, none is in it twice.
    """
    asked = rows.order_by("pk").values_list("pk", *(column.value for column in columns))
    page = list(asked[:CHUNK])
    while page:
        yield [row[1:] for row in page]
        if len(page) < CHUNK:
            return
        page = list(asked.filter(pk__gt=page[-1][0])[:CHUNK])


class _Echo:
    """A file that gives back what is written, for a response that streams."""

    def write(self, text: str) -> str:
        return text


def csv_lines(header: Iterable[str], rows: Iterable[Iterable[str]]) -> Iterator[str]:
    """Lines of a CSV file that no spreadsheet runs; begins with the mark of UTF-8."""
    writer = csv.writer(_Echo())
    mark = "\ufeff"
    for row in chain((header,), rows):
        yield mark + str(writer.writerow(map(harmless, row)))
        mark = ""


def csv_pieces(columns: Sequence[Column], parts: Iterable[Iterable[Row]]) -> Iterator[bytes]:
    """A CSV file, a piece for each part. Times in UTC (ISO 8601), amounts with a point."""
    write = [_as_text(column) for column in columns]
    mark = "\ufeff"
    for part in chain(((),), parts):
        held = io.StringIO(newline="")
        writer = csv.writer(held)
        if mark:
            writer.writerow(column.name for column in columns)
        for row in part:
            writer.writerow([to(value) for to, value in zip(write, row, strict=True)])
        yield (mark + held.getvalue()).encode()
        mark = ""


def _as_text(column: Column) -> Callable[[Any], str]:
    if column.kind == "money":
        digits = exponent(column.currency)
        return lambda minor: "" if minor is None else f"{Decimal(minor).scaleb(-digits):f}"
    return {
        "text": _text, "whole": _number, "amount": _amount, "moment": _moment, "flag": _flag
    }[column.kind]  # fmt: skip


def _text(value: Any) -> str:
    return "" if value is None else harmless(str(value))


def _number(value: Any) -> str:
    return "" if value is None else str(value)


def _amount(value: Decimal | None) -> str:
    return "" if value is None else f"{value:.3f}"


def _moment(value: datetime | None) -> str:
    if value is None:
        return ""
    return value.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")


def _flag(value: bool | None) -> str:
    return "" if value is None else "yes" if value else "no"


def has_parquet() -> bool:
    """Whether the extra ``parquet`` is installed."""
    return find_spec("pyarrow") is not None


def parquet_pieces(columns: Sequence[Column], parts: Iterable[Iterable[Row]]) -> Iterator[bytes]:
    """A Parquet file with typed columns, a piece for each row group. Needs ``parquet``."""
    import pyarrow
    from pyarrow import parquet

    types = [_arrow_type(pyarrow, column) for column in columns]
    schema = pyarrow.schema([(c.name, type_) for c, type_ in zip(columns, types, strict=True)])
    convert = [_as_value(column) for column in columns]
    sink = _Sink()
    with parquet.ParquetWriter(sink, schema) as writer:
        rows = chain.from_iterable(parts)
        while group := list(islice(rows, GROUP)):
            arrays = [
                pyarrow.array([None if v is None else to(v) for v in values], type_)
                for to, type_, values in zip(convert, types, zip(*group, strict=True), strict=True)
            ]
            writer.write_table(pyarrow.Table.from_arrays(arrays, schema=schema))
            yield sink.take()
    yield sink.take()


def _arrow_type(pyarrow: Any, column: Column) -> Any:
    if column.kind == "money":
        return pyarrow.decimal128(20, exponent(column.currency))
    return {
        "text": pyarrow.string(),
        "whole": pyarrow.int64(),
        "amount": pyarrow.decimal128(24, 3),
        "moment": pyarrow.timestamp("us", tz="UTC"),
        "flag": pyarrow.bool_(),
    }[column.kind]


def _as_value(column: Column) -> Callable[[Any], Any]:
    if column.kind == "money":
        digits = exponent(column.currency)
        return lambda minor: Decimal(minor).scaleb(-digits)
    if column.kind == "amount":
        return lambda amount: Decimal(amount).quantize(_MILLE)
    return str if column.kind == "text" else lambda value: value


class _Sink(io.RawIOBase):
    """A file whose bytes are taken away as they come, but which knows how far it got."""

    def __init__(self) -> None:
        self._pieces: list[bytes] = []
        self._size = 0

    def writable(self) -> bool:
        return True

    def tell(self) -> int:
        return self._size

    def write(self, piece: Any) -> int:
        self._pieces.append(bytes(piece))
        self._size += len(self._pieces[-1])
        return len(self._pieces[-1])

    def take(self) -> bytes:
        taken, self._pieces = b"".join(self._pieces), []
        return taken
