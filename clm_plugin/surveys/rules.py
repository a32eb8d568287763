"""What can be answered, and what answers add up to. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING

from clm_plugin.exceptions import ClmError
from clm_plugin.surveys.data import Answer, Option

if TYPE_CHECKING:
    from collections.abc import Mapping

    from clm_plugin.surveys.data import Question

MAX_TEXT = 1000
NPS = range(11)
STARS = range(1, 6)
PROMOTER, DETRACTOR = 9, 6
"""Net promoter score: promoters answer 9 or 10, detractors 0 to 6 (Reichheld, Harvard Business
Review, December 2003)."""


class BadAnswer(ClmError, ValueError):
    """An answer that the question does not have; the message says what it takes."""


def options(question: Question) -> tuple[Option, ...]:
    """The answers to press, in order; none for a question that is answered in words."""
    if question.kind == "nps":
        return tuple(Option(str(score), str(score)) for score in NPS)
    if question.kind == "stars":
        return tuple(Option(str(score), "★" * score) for score in STARS)
    if question.kind == "choice":
        return tuple(Option(str(n), label) for n, label in enumerate(question.choices))
    return ()


def check(question: Question, value: str, words: str = "") -> Answer:
    """The answer in a form's ``value``, with the open answer in ``words``. Raises BadAnswer."""
    words = words.replace("\x00", "").strip()
    if len(words) > MAX_TEXT:
        raise BadAnswer(f"at most {MAX_TEXT} characters")
    if question.kind == "text":
        if not words:
            raise BadAnswer("an answer in words")
        return Answer(text=words)
    values = [option.value for option in options(question)]
    if value not in values:
        raise BadAnswer(f"one of {', '.join(values)}")
    if question.kind == "choice":
        return Answer(text=question.choices[int(value)])
    return Answer(text=words, score=int(value))


def score(question: Question, counts: Mapping[int, int]) -> float | None:
    """NPS from -100 to 100, or the mean of stars; None without answers or without scores.

    ``counts``: how many people gave each score.
    """
    total = sum(counts.values())
    if not total or question.kind not in ("nps", "stars"):
        return None
    if question.kind == "stars":
        return sum(value * count for value, count in counts.items()) / total
    promoters = sum(count for value, count in counts.items() if value >= PROMOTER)
    detractors = sum(count for value, count in counts.items() if value <= DETRACTOR)
    return 100 * (promoters - detractors) / total
