"""Writing an answer down: as an event, from which the person's trait follows."""

from __future__ import annotations

from typing import TYPE_CHECKING
from zlib import crc32

from clm_plugin.events.api import NewEvent, record
from clm_plugin.surveys.rules import check

if TYPE_CHECKING:
    from datetime import datetime

    from clm_plugin.surveys.data import Question


def answer(
    question: Question, value: str, words: str, *, actor: str, about: str, now: datetime
) -> bool:
    """Record an answer; False when this very one is known already. Raises BadAnswer.

    ``about`` names the occasion (a receipt, a mail): the same answer on the same occasion counts
    once, another one replaces it as the person's latest word.
    """
    given = check(question, value, words)
    told = crc32(f"{given.score}\x1f{given.text}".encode())
    return record(
        NewEvent(
            type="survey.answered",
            actor=actor,
            payload={
                "survey": question.key,
                "question": question.text,
                "answer": given.text,
                "score": given.score,
            },
            occurred_at=now,
            source="plugin",
            object_id=question.key,
            key=f"survey:{question.key}:{about}:{told:08x}",
        )
    )
