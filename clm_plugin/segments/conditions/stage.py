"""The stage of the lifecycle, and how long somebody has been in it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Q
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from clm_plugin.segments.data import Condition, Labels, Subject
from clm_plugin.segments.expressions import OnRow, on_standing
from clm_plugin.segments.facets import STAGE
from clm_plugin.segments.fields import days, in_order, texts
from clm_plugin.segments.phrases import ago, names_of, spread
from clm_plugin.segments.windows import later, soonest


@dataclass(frozen=True, kw_only=True)
class InStage(Condition):
    """In one of the stages, for ``min_days`` or more and for less than ``max_days``."""

    kind = "stage"
    stages: tuple[str, ...] = texts(limit=32, needed=True)
    min_days: int | None = days()
    max_days: int | None = days()

    def check(self) -> None:
        in_order(self.min_days, self.max_days, "max_days", gap=True)

    def q(self, now: datetime) -> OnRow:
        q = Q(stage__in=self.stages)
        if self.min_days is not None:
            q &= Q(since__lte=now - timedelta(days=self.min_days))
        if self.max_days is not None:
            q &= Q(since__gt=now - timedelta(days=self.max_days))
        return on_standing(q)

    def holds(self, subject: Subject, now: datetime) -> bool:
        since = subject.stage_since
        if since is None or subject.stage not in self.stages:
            return False
        return (self.min_days is None or since <= now - timedelta(days=self.min_days)) and (
            self.max_days is None or since > now - timedelta(days=self.max_days)
        )

    def next_change(self, subject: Subject, now: datetime) -> datetime | None:
        since = subject.stage_since
        if since is None or subject.stage not in self.stages:
            return None
        ends = (self.min_days, self.max_days)
        return soonest((later(since, end) for end in ends if end is not None), now)

    def sentence(self, labels: Labels) -> str:
        text = _("are in the stage %(stage)s") % {"stage": names_of(self.stages, labels.stages)}
        if self.min_days is None and self.max_days is None:
            return text
        number = self.min_days or self.max_days or 0
        lasting = ngettext("for %(range)s day", "for %(range)s days", number)
        return f"{text} {lasting % {'range': spread(self.min_days, self.max_days, below=True)}}"

    def why(self, subject: Subject, now: datetime, labels: Labels) -> str:
        if subject.stage_since is None:
            return _("has no stage yet")
        stage = labels.stages.get(subject.stage) or subject.stage
        return _("%(stage)s, entered %(ago)s") % {
            "stage": stage,
            "ago": ago(subject.stage_since, now),
        }

    @property
    def facets(self) -> frozenset[str]:
        return frozenset({STAGE})
