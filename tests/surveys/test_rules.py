"""Answers are checked, and add up to scores."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clm_plugin.surveys.api import Answer, BadAnswer, Question, options
from clm_plugin.surveys.rules import check, score

NPS = Question(key="nps", kind="nps", text="Would you recommend us?")
STARS = Question(key="stars", kind="stars", text="How was it?")
CHOICE = Question(key="how", kind="choice", text="How did you find us?", choices=("Friend", "Ad"))
TEXT = Question(key="why", kind="text", text="Why?")


@pytest.mark.parametrize(
    ("question", "value", "words", "answer"),
    [
        (NPS, "0", "", Answer(score=0)),
        (NPS, "10", " fine ", Answer(score=10, text="fine")),
        (STARS, "5", "", Answer(score=5)),
        (CHOICE, "1", "", Answer(text="Ad")),
        (TEXT, "", "Because", Answer(text="Because")),
    ],
)
def test_answers_that_fit(question: Question, value: str, words: str, answer: Answer) -> None:
    assert check(question, value, words) == answer


@pytest.mark.parametrize(
    ("question", "value", "words"),
    [
        (NPS, "11", ""),
        (NPS, "-1", ""),
        (NPS, "", ""),
        (NPS, "٣", ""),
        (NPS, "1.0", ""),
        (STARS, "0", ""),
        (STARS, "6", ""),
        (CHOICE, "2", ""),
        (CHOICE, "Ad", ""),
        (TEXT, "", "  "),
        (TEXT, "", "x" * 1001),
    ],
)
def test_answers_that_do_not(question: Question, value: str, words: str) -> None:
    with pytest.raises(BadAnswer):
        check(question, value, words)


@pytest.mark.parametrize(
    ("counts", "expected"),
    [
        ({}, None),
        ({10: 1}, 100),
        ({9: 1, 6: 1}, 0),
        ({7: 5, 8: 5}, 0),
        ({0: 3, 10: 1}, -50),
    ],
)
def test_net_promoter_score(counts: dict[int, int], expected: float | None) -> None:
    assert score(NPS, counts) == expected


def test_stars_are_averaged() -> None:
    assert score(STARS, {5: 3, 1: 1}) == 4


@given(st.dictionaries(st.integers(0, 10), st.integers(1, 1000), min_size=1))
def test_the_score_stays_in_its_range(counts: dict[int, int]) -> None:
    found = score(NPS, counts)
    assert found is not None
    assert -100 <= found <= 100


def test_options_of_each_kind() -> None:
    assert [option.label for option in options(NPS)] == [str(n) for n in range(11)]
    assert [option.value for option in options(STARS)] == ["1", "2", "3", "4", "5"]
    assert [option.label for option in options(CHOICE)] == ["Friend", "Ad"]
    assert options(TEXT) == ()
