"""The question in a mail: each answer is a link to the page that takes it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from clm_plugin.surveys.api import Question, options, question_from

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

WORDS = "-"
"""Stands for the one link of a question that is answered in words."""


@dataclass(frozen=True, slots=True)
class AnswerLink:
    """What stands on an answer, and the mark of its link."""

    label: str
    mark: str


@dataclass(frozen=True, slots=True)
class Asked:
    """A question as the layout of mails shows it."""

    question: Question
    answers: tuple[AnswerLink, ...]


def answer_values(content: Mapping[str, Any]) -> tuple[str, ...]:
    """The values of the answers to press; a question in words has one link; none without one."""
    asked = question_from(content)
    if asked is None:
        return ()
    return tuple(option.value for option in options(asked)) or (WORDS,)


def asked_in(content: Mapping[str, Any], mark: Callable[[str], str]) -> Asked | None:
    """The question of a mail's content with a mark for each link, or None."""
    asked = question_from(content)
    if asked is None:
        return None
    labels = [option.label for option in options(asked)] or [""]
    return Asked(
        asked,
        tuple(AnswerLink(label, mark(f"answer{n}")) for n, label in enumerate(labels)),
    )
