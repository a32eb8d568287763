"""CSV as people have it, and as people who wish us ill have it."""

import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clm_plugin.adapters.files import reading
from clm_plugin.adapters.files.cells import BadRow, moment, money
from clm_plugin.adapters.files.data import Reading
from clm_plugin.adapters.files.reading import BadFile, harmless, lines, look, unquoted


def read(raw: bytes) -> list[tuple[int, tuple[str, ...], str]]:
    file = io.BytesIO(raw)
    return [(line.number, line.cells, line.problem) for line in lines(file, look(file))]


@pytest.mark.parametrize("separator", [",", ";", "\t", "|"])
def test_separators(separator: str) -> None:
    raw = f"a{separator}b\n1{separator}2\n".encode()
    assert read(raw) == [(2, ("1", "2"), "")]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252"])
def test_encodings(encoding: str) -> None:
    assert read("name,city\nZoë,Köln\n".encode(encoding)) == [(2, ("Zoë", "Köln"), "")]


def test_quoted_line_ends_and_empty_lines() -> None:
    raw = b'a,b\r\n"one\r\ntwo",2\r\n\r\n , \r\n3,4'
    assert read(raw) == [(3, ("one\r\ntwo", "2"), ""), (6, ("3", "4"), "")]


@pytest.mark.parametrize(
    ("raw", "problem"),
    [
        (b"a,b\n1\n", "has 1 cells where the header has 2"),
        (b"a,b\n1,2,3\n", "has 3 cells where the header has 2"),
        (b"a,b\n1,\x00\n", "has bytes that are no text"),
        (b"a,b\n1," + b"x" * 10_001 + b"\n", "a cell is longer than 10,000 characters"),
    ],
)
def test_a_wrong_row_says_why_and_stops_nothing(raw: bytes, problem: str) -> None:
    found = read(raw + b"5,6\n")
    assert [line[2] for line in found] == [problem, ""]


def test_a_lone_quote_swallows_no_more_than_a_cell_may_hold() -> None:
    found = read(b'a,b\n"1,2\n' + b"3,4\n" * 50_000)
    assert "quotes do not match" in found[0][2]
    assert found[-1][1:] == (("3", "4"), "")


@pytest.mark.parametrize(
    ("raw", "words"),
    [
        (b"", "first line must hold the names"),
        (b"\n\n", "first line must hold the names"),
        (b"a,,c\n1,2,3\n", "a column has no name"),
        (b"a,A\n1,2\n", "two columns are called"),
        (",".join(f"c{n}" for n in range(101)).encode(), "more than 100 columns"),
        ("a,b\n1,2\n".encode("utf-16"), "UTF-16"),
        (b"\x00\x01\x02,b\n", "no line of column names"),
    ],
)
def test_files_that_are_refused(raw: bytes, words: str) -> None:
    with pytest.raises(BadFile, match=words):
        look(io.BytesIO(raw))


@pytest.mark.parametrize(("over", "fine"), [(0, True), (1, False)])
def test_exact_limits(monkeypatch: pytest.MonkeyPatch, over: int, fine: bool) -> None:
    monkeypatch.setattr(reading, "MAX_ROWS", 10)
    raw = b"a\n" + b"1\n" * (10 + over)
    if fine:
        assert len(read(raw)) == 10
    else:
        with pytest.raises(BadFile, match="more than 10 rows"):
            read(raw)
    monkeypatch.setattr(reading, "MAX_FILE", len(raw) - over)
    if over:
        with pytest.raises(BadFile, match="larger than"):
            look(io.BytesIO(raw))
    else:
        look(io.BytesIO(raw))


@given(st.binary(max_size=400))
def test_nothing_but_bad_file_comes_out(raw: bytes) -> None:
    try:
        found = read(raw)
    except BadFile:
        return
    assert all(line[2] or len(line[1]) == len(found[0][1]) or found[0][2] for line in found)


@given(st.text(max_size=40))
def test_what_an_export_guards_an_import_reads(text: str) -> None:
    assert unquoted(harmless(text)) == text or text.startswith("'")


@pytest.mark.parametrize("first", ["=", "+", "-", "@", "\t", "\r", "＝", "＋", "－", "＠"])
def test_no_spreadsheet_runs_a_cell(first: str) -> None:
    assert harmless(f"{first}cmd|'/c calc'!A1").startswith("'")


@pytest.mark.parametrize("number", ["-1", "+12.5", "-0.01"])
def test_numbers_keep_their_sign(number: str) -> None:
    assert harmless(number) == number


@pytest.mark.parametrize(
    ("text", "decimal", "minor"),
    [
        ("1,234.50", ".", 123_450),
        ("1.234,50", ",", 123_450),
        ("1 234,5", ",", 123_450),
        ("-3", ".", -300),
        ("0.005", ".", 1),
    ],
)
def test_amounts(text: str, decimal: str, minor: int) -> None:
    how = Reading(decimal=decimal, currency="GBP")  # type: ignore[arg-type]  # one of the two
    assert money(text, "", "total", how).minor == minor


@pytest.mark.parametrize(
    "text", ["", "1,50", "1.234,50", "NaN", "inf", "1e30", "twelve", "1,2,3", "１，０", "--1"]
)
def test_amounts_that_are_none(text: str) -> None:
    with pytest.raises(BadRow):
        money(text, "", "total", Reading(currency="GBP"))


@pytest.mark.parametrize(
    ("text", "dates", "iso"),
    [
        ("2026-11-22", "iso", "2026-11-22T12:00:00+00:00"),
        ("2026-11-22T10:00:00+02:00", "iso", "2026-11-22T08:00:00+00:00"),
        ("22.11.2026 09:30", "dmy", "2026-11-22T09:30:00+00:00"),
        ("11/22/2026", "mdy", "2026-11-22T12:00:00+00:00"),
    ],
)
def test_dates(text: str, dates: str, iso: str) -> None:
    how = Reading(dates=dates)  # type: ignore[arg-type]  # one of the three
    assert moment(text, "when", how).isoformat() == iso


@pytest.mark.parametrize(
    ("text", "dates"),
    [("22/11/2026", "mdy"), ("2026-13-01", "iso"), ("yesterday", "dmy"),
     ("0001-01-01T00:00:00+14:00", "iso")],
)  # fmt: skip
def test_dates_that_are_none(text: str, dates: str) -> None:
    with pytest.raises(BadRow):
        moment(text, "when", Reading(dates=dates))  # type: ignore[arg-type]  # one of the three
