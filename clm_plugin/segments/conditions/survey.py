"""The answer to a survey."""

from __future__ import annotations

from dataclasses import dataclass

from clm_plugin.segments.data import Condition
from clm_plugin.segments.fields import checked, choice, text

OPS = ("set", "unset", "eq", "ne", "contains", "gt", "gte", "lt", "lte", "older", "newer")


@dataclass(frozen=True, kw_only=True)
class AnsweredSurvey(Condition):
    """The latest answer to a survey: the trait ``survey.<key>``. A number is compared with the
    score, text with the answer; ``older`` and ``newer`` with the time of the answer, in days."""

    kind = "survey"
    survey: str = text(limit=57)
    op: str = choice(OPS, default="set")
    value: str | int | float | None = checked(lambda value, name: value, None)
