"""The answer to a survey."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Q
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from clm_plugin.segments.conditions.trait import (
    check_value,
    shown,
    trait_holds,
    trait_q,
    trait_words,
    turns,
)
from clm_plugin.segments.data import Condition, Labels, Need, Subject
from clm_plugin.segments.facets import TRAITS as FACET
from clm_plugin.segments.fields import checked, choice, text
from clm_plugin.segments.parts import TRAITS, TraitWord
from clm_plugin.segments.phrases import ago

_SENTENCES = {
    "set": gettext_lazy("answered the survey %(survey)s"),
    "unset": gettext_lazy("did not answer the survey %(survey)s"),
    "eq": gettext_lazy("answered “%(value)s” to the survey %(survey)s"),
    "ne": gettext_lazy("did not answer “%(value)s” to the survey %(survey)s"),
    "contains": gettext_lazy("answered with “%(value)s” in it to the survey %(survey)s"),
    "gt": gettext_lazy("gave more than %(value)s in the survey %(survey)s"),
    "gte": gettext_lazy("gave at least %(value)s in the survey %(survey)s"),
    "lt": gettext_lazy("gave less than %(value)s in the survey %(survey)s"),
    "lte": gettext_lazy("gave at most %(value)s in the survey %(survey)s"),
    "older": gettext_lazy("answered the survey %(survey)s at least %(value)s days ago"),
    "newer": gettext_lazy("answered the survey %(survey)s in the last %(value)s days"),
}
OPS = tuple(_SENTENCES)


@dataclass(frozen=True, kw_only=True)
class AnsweredSurvey(Condition):
    """The latest answer to a survey: the trait ``survey.<key>``. A number is compared with the
    score, text with the answer; ``older`` and ``newer`` with the time of the answer, in days."""

    kind = "survey"
    survey: str = text(limit=57)
    op: str = choice(OPS, default="set")
    value: str | int | float | None = checked(lambda value, name: value, None)

    def check(self) -> None:
        check_value(self.op, self.value)

    @property
    def key(self) -> str:
        return f"survey.{self.survey}"

    def q(self, now: datetime) -> Q:
        return trait_q(self.key, self.op, self.value, now, moment="told_at")

    def holds(self, subject: Subject, now: datetime) -> bool:
        return trait_holds(self._word(subject), self.op, self.value, now, told=True)

    def next_change(self, subject: Subject, now: datetime) -> datetime | None:
        word = self._word(subject)
        return None if word is None else turns(word.told_at, self.op, self.value, now)

    def sentence(self, labels: Labels) -> str:
        name = labels.surveys.get(self.survey) or f"“{self.survey}”"
        return str(_SENTENCES[self.op]) % {"survey": name, "value": shown(self.op, self.value)}

    def why(self, subject: Subject, now: datetime, labels: Labels) -> str:
        word = self._word(subject)
        if word is None:
            return _("did not answer")
        return _("answered %(answer)s, %(ago)s") % {
            "answer": trait_words(word),
            "ago": ago(word.told_at, now),
        }

    def _word(self, subject: Subject) -> TraitWord | None:
        word: TraitWord | None = subject.parts["traits"].get(self.key)
        return word

    @property
    def facets(self) -> frozenset[str]:
        return frozenset({FACET})

    @property
    def needs(self) -> tuple[Need, ...]:
        return (Need(part=TRAITS, key=self.key),)
