"""Reading CSV: any separator and the two encodings people have; a broken line stops nothing.

Pure and streaming: a million rows take the memory of one.
"""

from __future__ import annotations

import codecs
import csv
import io
from collections.abc import Iterator
from dataclasses import dataclass
from typing import BinaryIO

from clm_plugin.exceptions import ClmError

MAX_FILE = 100 * 1024 * 1024
"""Bytes of one file."""
MAX_ROWS = 1_000_000
MAX_COLUMNS = 100
MAX_CELL = 10_000
"""Characters of one cell."""
SEPARATORS = ",;\t|"
_PIECE = 1024 * 1024
_FORMULA = "=+-@\t\r\n＝＋－＠"


class BadFile(ClmError, ValueError):
    """A file that cannot be read at all; the message says what to do."""


@dataclass(frozen=True, slots=True)
class Table:
    """How a file is written: its encoding, separator and the names of its columns."""

    encoding: str
    separator: str
    header: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Line:
    """One record: the number of the line it ends on, its cells, and why it cannot be used."""

    number: int
    cells: tuple[str, ...]
    problem: str = ""


def look(file: BinaryIO) -> Table:
    """How the file is written. Raises BadFile: too large, no text, no header, columns twice."""
    encoding = _encoding(file)
    file.seek(0)
    first = file.read(_PIECE).decode(encoding, errors="ignore")
    head = next(csv.reader(io.StringIO(first[:MAX_CELL], newline="")), None) if first else None
    if not head or not any(cell.strip() for cell in head):
        raise BadFile("the first line must hold the names of the columns")
    separator = _separator(first)
    header = tuple(
        cell.strip()
        for cell in next(csv.reader(io.StringIO(first, newline=""), delimiter=separator))
    )
    _check_header(header)
    return Table(encoding, separator, header)


def lines(file: BinaryIO, table: Table) -> Iterator[Line]:
    """The records behind the header, each with its place; wrong ones say what is wrong.

    Raises BadFile past MAX_ROWS.
    """
    file.seek(0)
    text = io.TextIOWrapper(file, encoding=table.encoding, errors="replace", newline="")
    try:
        reader = csv.reader(text, delimiter=table.separator)
        next(reader)
        for count, line in enumerate(_records(reader, len(table.header)), 1):
            if count > MAX_ROWS:
                raise BadFile(f"more than {MAX_ROWS:,} rows: cut the file into parts")
            yield line
    finally:
        text.detach()  # the file is the caller's to close


def _records(reader: Iterator[list[str]], width: int) -> Iterator[Line]:
    while True:
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            yield Line(_number(reader), (), f"the quotes do not match ({error})")
            continue
        if any(cell.strip() for cell in cells):
            yield Line(_number(reader), tuple(cells), _problem(cells, width))


def _number(reader: Iterator[list[str]]) -> int:
    number: int = getattr(reader, "line_num", 0)
    return number


def _problem(cells: list[str], width: int) -> str:
    if len(cells) != width:
        return f"has {len(cells)} cells where the header has {width}"
    if any(len(cell) > MAX_CELL for cell in cells):
        return f"a cell is longer than {MAX_CELL:,} characters"
    if any("\x00" in cell or "\ufffd" in cell for cell in cells):
        return "has bytes that are no text"
    return ""


def _encoding(file: BinaryIO) -> str:
    """UTF-8 with or without its mark; else Windows-1252, which spreadsheets write."""
    decoder = codecs.getincrementaldecoder("utf-8-sig")()
    size, is_utf8 = 0, True
    file.seek(0)
    while piece := file.read(_PIECE):
        size += len(piece)
        if size > MAX_FILE:
            raise BadFile(f"larger than {MAX_FILE // 1024**2} MB: cut the file into parts")
        if is_utf8:
            try:
                decoder.decode(piece)
            except UnicodeDecodeError:
                is_utf8 = False
    file.seek(0)
    if file.read(2) in (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE):
        raise BadFile("is written in UTF-16: save it as “CSV UTF-8”")
    try:
        decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        is_utf8 = False
    return "utf-8-sig" if is_utf8 else "cp1252"


def _separator(text: str) -> str:
    """The one that cuts the header into most columns; a comma where none does."""
    first = text.splitlines()[0] if text.splitlines() else ""
    return max(
        SEPARATORS, key=lambda one: (len(next(csv.reader([first], delimiter=one), [])), one == ",")
    )


def _check_header(header: tuple[str, ...]) -> None:
    if len(header) > MAX_COLUMNS:
        raise BadFile(f"more than {MAX_COLUMNS} columns")
    if any("\x00" in name or len(name) > 200 for name in header):
        raise BadFile("the first line is no line of column names")
    for name in header:
        if not name:
            raise BadFile("a column has no name")
        if [other.casefold() for other in header].count(name.casefold()) > 1:
            raise BadFile(f"two columns are called “{name}”")


def unquoted(cell: str) -> str:
    """A cell as it was meant: the apostrophe that an export puts before a formula is taken off."""
    if len(cell) > 1 and cell[0] == "'" and cell[1] in _FORMULA:
        return cell[1:]
    return cell


def harmless(cell: str) -> str:
    """A cell that no spreadsheet runs: an apostrophe before what would begin a formula.

    Plain numbers keep their sign. ``unquoted`` takes it off again (OWASP, CSV Injection).
    """
    if cell and cell[0] in _FORMULA and not _is_number(cell):
        return f"'{cell}"
    return cell


def _is_number(cell: str) -> bool:
    return cell[0] in "+-" and cell[1:].replace(".", "", 1).isdecimal() and cell.isascii()
