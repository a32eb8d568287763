"""Questions and answers as they cross the door; no Django."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

Kind = Literal["nps", "stars", "choice", "text"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """A published survey: one question. ``choices`` only for the kind ``choice``."""

    key: str
    kind: Kind
    text: str
    choices: tuple[str, ...] = ()
    low: str = ""
    """What the lowest score means, beside the scale; ``high`` the highest."""
    high: str = ""
    follow_up: str = ""
    """A second, open question behind a score or a choice; "" for none."""
    thanks: str = ""
    ask_again_days: int = 90


def question_from(content: Mapping[str, Any]) -> Question | None:
    """The question frozen into the content of a step (``asdict``); None without one."""
    frozen = content.get("question")
    if not isinstance(frozen, Mapping):
        return None
    return Question(**{**frozen, "choices": tuple(frozen.get("choices") or ())})


@dataclass(frozen=True, slots=True)
class Option:
    """One answer to press: its value in forms and links, and what stands on it."""

    value: str
    label: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """A checked answer: ``score`` is -1 where the question has none."""

    text: str = ""
    score: int = -1


@dataclass(frozen=True, slots=True, kw_only=True)
class Bar:
    """One answer and how many people gave it; ``share`` of all answers, 0 to 1."""

    label: str
    count: int
    share: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """Answers of the people of a stage or a segment. ``score``: NPS (-100 to 100) or mean stars."""

    key: str
    answers: int
    score: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Comment:
    """An open answer, newest first in lists; ``profile_id`` None when the person is gone."""

    text: str
    score: int
    at: datetime
    profile_id: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Results:
    """What came of a survey: each person's latest answer counts once."""

    answers: int
    score: float | None
    bars: tuple[Bar, ...]
    stages: tuple[Group, ...]
    segments: tuple[Group, ...]
    comments: tuple[Comment, ...]
