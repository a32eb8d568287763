"""The door of surveys."""

from clm_plugin.surveys.data import (
    Answer,
    Bar,
    Comment,
    Group,
    Option,
    Question,
    Results,
    question_from,
)
from clm_plugin.surveys.operations import answer
from clm_plugin.surveys.queries import (
    answer_counts,
    given,
    has_answered,
    question,
    results,
    survey_names,
)
from clm_plugin.surveys.rules import BadAnswer, options

__all__ = [
    "Answer",
    "BadAnswer",
    "Bar",
    "Comment",
    "Group",
    "Option",
    "Question",
    "Results",
    "answer",
    "answer_counts",
    "given",
    "has_answered",
    "options",
    "question",
    "question_from",
    "results",
    "survey_names",
]
