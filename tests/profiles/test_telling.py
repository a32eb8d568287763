"""Which word counts: a total order, so that it never matters who was heard first."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from itertools import permutations
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clm_plugin.profiles.telling import (
    LARGEST,
    NEWEST,
    OLDEST,
    SMALLEST,
    STRONGEST,
    Word,
    built_in,
    counts,
    typed,
)

AT = datetime(2026, 5, 1, tzinfo=UTC)
RULES = (NEWEST, OLDEST, STRONGEST, LARGEST, SMALLEST)


def word(value: Any, hours: int = 0, *, strong: bool = False) -> Word:
    column = "text" if isinstance(value, str) else "number"
    return Word(**{column: value}, told_at=AT + timedelta(hours=hours), strong=strong)


@pytest.mark.parametrize(
    ("rule", "words", "wanted"),
    [
        (NEWEST, [word("a", 1), word("b", 2, strong=False), word("c", 0, strong=True)], "b"),
        (OLDEST, [word("a", 1), word("b", 2), word("c", 0)], "c"),
        (STRONGEST, [word("typed", 9), word("account", 1, strong=True)], "account"),
        (STRONGEST, [word("old", 1, strong=True), word("new", 2, strong=True)], "new"),
        (STRONGEST, [word("first", 1), word("later", 2)], "later"),
        (LARGEST, [word(3.0, 1), word(7.0, 0), word(5.0, 2)], 7.0),
        (SMALLEST, [word(3.0, 1), word(7.0, 0), word(5.0, 2)], 3.0),
        (NEWEST, [word("a"), word("b")], "b"),
    ],
)
def test_rules(rule: str, words: list[Word], wanted: Any) -> None:
    for order in permutations(words):
        best = order[0]
        for each in order[1:]:
            best = each if counts(each, best, rule) else best
        assert (best.text or best.number) == wanted


_words = st.builds(
    word,
    st.one_of(st.sampled_from(["a", "b", "ä"]), st.floats(-5, 5)),
    st.integers(0, 3),
    strong=st.booleans(),
)


@given(st.sampled_from(RULES), _words, _words, _words)
def test_it_is_a_total_order(rule: str, a: Word, b: Word, c: Word) -> None:
    assert not counts(a, a, rule)
    if a != b and (a.told_at, a.strong, a.value) != (b.told_at, b.strong, b.value):
        assert counts(a, b, rule) != counts(b, a, rule)
    if counts(a, b, rule) and counts(b, c, rule):
        assert counts(a, c, rule)


@pytest.mark.parametrize(
    ("kind", "raw", "wanted"),
    [
        ("text", "blue", "blue"),
        ("text", 7, "7"),
        ("text", "x" * 300, "x" * 255),
        ("text", True, None),
        ("text", {"a": 1}, None),
        ("text", "", None),
        ("number", 3, 3.0),
        ("number", "3.5", 3.5),
        ("number", "NaN", None),
        ("number", "1e999", None),
        ("number", True, None),
        ("number", [1], None),
        ("boolean", True, 1.0),
        ("boolean", "No", 0.0),
        ("boolean", 1, 1.0),
        ("boolean", "perhaps", None),
        ("date", "2026-05-01", AT),
        ("date", "2026-05-01T02:00:00+02:00", AT),
        ("date", "0001-01-01", None),
        ("date", "9999-12-31T23:59:59-14:00", None),
        ("date", "1 May", None),
        ("date", 20260501, None),
        ("choice", "GOLD", "gold"),
        ("choice", "tin", None),
    ],
)
def test_values_become_their_type_or_nothing(kind: str, raw: Any, wanted: Any) -> None:
    found = typed(raw, kind, choices=["silver", "gold"], told_at=AT, strong=True, source="segment")
    value = None
    if found is not None:
        filled = [v for v in (found.text, found.number, found.moment) if v is not None]
        assert len(filled) == 1
        (value,) = filled
    assert value == wanted


@pytest.mark.parametrize(
    ("key", "raw", "wanted"),
    [
        ("email", "Ada@Example.com", "ada@example.com"),
        ("email", "nobody", ""),
        ("email", f"{'a' * 250}@example.com", ""),
        ("country", "gb", "GB"),
        ("country", "GBR", ""),
        ("country", 44, ""),
        ("time_zone", "Europe/London", "Europe/London"),
        ("time_zone", "Mars/Base", ""),
        ("phone", "+44 20 7946 0123", "+442079460123"),
        ("phone", "020", ""),
        ("first_name", " Ada ", "Ada"),
        ("first_name", ["Ada"], ""),
        ("language", "en-gb", "en-gb"),
    ],
)
def test_built_in_traits(key: str, raw: Any, wanted: str) -> None:
    assert built_in(key, raw) == wanted
