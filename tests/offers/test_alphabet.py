"""Codes: what they are made of, and how they are read (case 42)."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from clm_plugin.offers.alphabet import (
    ALPHABET,
    LENGTH,
    new_code,
    read_code,
    read_part,
    shown_code,
    written_code,
)
from tests.lengths import examples

CODE = "ACDEF23457"


@pytest.mark.parametrize(
    "typed",
    [
        "ACDEF23457",
        "acdef23457",
        "  ACDEF23457\t\n",
        "ACDEF-23457",
        "acdef 234 57",
        "ACDEF\u201323457",  # en dash
        "ACDEF\u00a023457",  # no-break space
        "\u200bACDEF\u200b23457\ufeff",  # zero-width signs, as copied from a page
        "\uff21\uff23\uff24\uff25\uff26\uff12\uff13\uff14\uff15\uff17",  # full-width
        "ACDEFZ3457",  # Z for 2
        "ACDEF234S7",  # S for 5
        "\u0410\u0421DEF23457",  # Cyrillic A and Es
        "\u0391CDEF23457",  # Greek Alpha
        "\U0001d400CDEF23457",  # mathematical bold A
        "'ACDEF23457'",
    ],
)
def test_a_code_is_read_however_it_is_written(typed: str) -> None:
    assert read_code(typed) == CODE


@pytest.mark.parametrize(
    "typed",
    ["", "ACD", "A" * 21, "ACDEF2345!", "\x00" * 10, "A" * 1_000_000, "ACDEF2345\ud800",
     "<script>ACDEF23457", "\u00e9t\u00e926"],
)  # fmt: skip
def test_what_is_no_code_is_none(typed: str) -> None:
    assert read_code(typed) == ""


@pytest.mark.parametrize(
    ("written", "meant"), [("8", "B"), ("5", "S"), ("2", "Z"), ("V", "U"), ("G", "6")]
)
def test_look_alikes_mean_the_one_sign_of_the_alphabet(written: str, meant: str) -> None:
    assert written in ALPHABET
    assert meant not in ALPHABET
    assert read_code(f"ACDEF2345{meant}") == f"ACDEF2345{written}"


def test_no_sign_looks_like_another_one() -> None:
    assert len(set(ALPHABET)) == len(ALPHABET) == 25
    assert not set(ALPHABET) & set("0OQ1IL")
    for pair in ("2Z", "5S", "8B", "6G", "UV"):
        assert len(set(pair) & set(ALPHABET)) == 1


def test_codes_are_made_of_it_and_read_as_themselves() -> None:
    made = {new_code() for _ in range(500)}
    assert len(made) == 500
    for code in made:
        assert len(code) == LENGTH
        assert read_code(code) == code
        assert read_code(shown_code(code).lower()) == code


def test_every_sign_is_drawn() -> None:
    drawn = "".join(new_code() for _ in range(500))
    counts = [drawn.count(sign) for sign in ALPHABET]
    assert min(counts) > 130, "5,000 signs, 200 of each on average"
    assert max(counts) < 280


@settings(max_examples=examples(50), deadline=None)
@given(st.text(max_size=80))
def test_reading_never_fails_and_gives_a_code_or_nothing(text: str) -> None:
    found = read_code(text)
    assert found == "" or (4 <= len(found) <= 20 and set(found) <= {*ALPHABET, "0", "1"})
    assert read_code(found) == found
    assert unicodedata.is_normalized("NFKC", found)


@pytest.mark.parametrize(
    "typed",
    ["SPRING26", "spring 26", "Spring-26", "5PR1NGZ6", "sprlng26", "\uff33\uff30RING26",
     "S\u0420R\u0406NG26"],
)  # fmt: skip
def test_a_public_code_is_read_however_it_is_written(typed: str) -> None:
    assert read_code(typed) == read_code("SPRING26") == "5PR1NG2G"
    assert read_part(typed[:3]) == read_part("SPRING26"[: len(read_part(typed[:3]))])


@pytest.mark.parametrize(
    ("typed", "written"),
    [("spring 26", "SPRING26"), ("\uff33PRING26", "SPRING26"), ("o-l-q-i", "OLQI"),
     ("abc", ""), ("A" * 21, ""), ("spring\u00e9", ""), ("50%", ""), ("\u0421PRING26", "")],
)  # fmt: skip
def test_what_an_author_may_choose(typed: str, written: str) -> None:
    assert written_code(typed) == written


@pytest.mark.parametrize("code", ["SPRING26", "SUMMERSALE", "THANKYOU", "LLLLLLLLLL"])
def test_a_public_code_is_shown_as_it_was_written(code: str) -> None:
    assert shown_code(code) == code
