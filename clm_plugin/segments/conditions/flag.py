"""The flags of the lifecycle."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Q
from django.utils.translation import gettext as _

from clm_plugin.segments.data import Condition, Labels, Subject
from clm_plugin.segments.expressions import OnRow, on_standing
from clm_plugin.segments.facets import FLAG as FACET
from clm_plugin.segments.fields import choice, yes_no

ADVOCATE, CHURN_RISK = "advocate", "churn_risk"


@dataclass(frozen=True, kw_only=True)
class Flagged(Condition):
    """Recommends the shop (``advocate``), or is about to leave it (``churn_risk``)."""

    kind = "flag"
    flag: str = choice((ADVOCATE, CHURN_RISK))
    is_set: bool = yes_no(default=True)

    def q(self, now: datetime) -> OnRow:
        found = on_standing(Q(**{self.flag: True}))
        return found if self.is_set else ~found

    def holds(self, subject: Subject, now: datetime) -> bool:
        return self._flag(subject) == self.is_set

    def sentence(self, labels: Labels) -> str:
        if self.flag == ADVOCATE:
            return _("recommend the shop") if self.is_set else _("do not recommend the shop")
        return _("are about to leave") if self.is_set else _("are not about to leave")

    def why(self, subject: Subject, now: datetime, labels: Labels) -> str:
        return _("yes") if self._flag(subject) else _("no")

    def _flag(self, subject: Subject) -> bool:
        return subject.advocate if self.flag == ADVOCATE else subject.churn_risk

    @property
    def facets(self) -> frozenset[str]:
        return frozenset({FACET})
