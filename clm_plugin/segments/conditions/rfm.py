"""RFM: how recently, how often and for how much somebody buys."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Q
from django.utils.translation import gettext as _

from clm_plugin.segments.columns import between, in_range
from clm_plugin.segments.data import READY, Condition, Labels, Need, Part, Readiness, Subject
from clm_plugin.segments.expressions import among
from clm_plugin.segments.facets import RFM as FACET
from clm_plugin.segments.fields import in_order, one_given, texts, whole
from clm_plugin.segments.phrases import joined, names_of, spread


def _read(ids: Sequence[int], needs: Sequence[Need], now: datetime) -> dict[int, Any]:
    from clm_plugin.segments.models import RfmScore

    rows = RfmScore.objects.filter(profile__in=ids)
    return {pid: score for pid, *score in rows.values_list("profile", "r", "f", "m", "name")}


RFM = Part("rfm", _read, None)
"""``[r, f, m, name]``."""


@dataclass(frozen=True, kw_only=True)
class Rfm(Condition):
    """One of the named segments, and every score in its range (1 to 5); buyers only."""

    kind = "rfm"
    names: tuple[str, ...] = texts(limit=32)
    r_min: int | None = whole(low=1, high=5)
    r_max: int | None = whole(low=1, high=5)
    f_min: int | None = whole(low=1, high=5)
    f_max: int | None = whole(low=1, high=5)
    m_min: int | None = whole(low=1, high=5)
    m_max: int | None = whole(low=1, high=5)

    def check(self) -> None:
        one_given("names", self.names, *(bound for _name, *ends in self._ranges for bound in ends))
        for name, low, high in self._ranges:
            in_order(low, high, f"{name}_max")

    @property
    def _ranges(self) -> tuple[tuple[str, int | None, int | None], ...]:
        return (
            ("r", self.r_min, self.r_max),
            ("f", self.f_min, self.f_max),
            ("m", self.m_min, self.m_max),
        )

    def q(self, now: datetime) -> Q:
        from clm_plugin.segments.models import RfmScore

        q = Q(name__in=self.names) if self.names else Q()
        for name, low, high in self._ranges:
            q &= between(name, low, high)
        return among(RfmScore.objects.filter(q).values("profile"))

    def holds(self, subject: Subject, now: datetime) -> bool:
        score = subject.parts["rfm"]
        if score is None or (self.names and score[3] not in self.names):
            return False
        return all(
            in_range(value, low, high)
            for value, (_name, low, high) in zip(score, self._ranges, strict=False)
        )

    def sentence(self, labels: Labels) -> str:
        from clm_plugin.segments.rfm_rules import NAMES

        words = {"r": _("recency"), "f": _("frequency"), "m": _("spend")}
        scores = [
            _("%(range)s of 5 for %(score)s") % {"range": spread(low, high), "score": words[name]}
            for name, low, high in self._ranges
            if low is not None or high is not None
        ]
        parts = []
        if self.names:
            names = names_of(self.names, {key: _(NAMES[key]) for key in NAMES})
            parts.append(_("are %(what)s by RFM") % {"what": names})
        if scores:
            parts.append(_("score %(what)s by RFM") % {"what": joined(scores, _("and"))})
        return joined(parts, _("and"))

    def why(self, subject: Subject, now: datetime, labels: Labels) -> str:
        score = subject.parts["rfm"]
        if score is None:
            return _("not scored: no order yet")
        from clm_plugin.segments.rfm_rules import NAMES

        r, f, m, name = score
        return _("%(name)s: recency %(r)s, frequency %(f)s, spend %(m)s") % {
            "name": _(NAMES.get(name, name)),
            "r": r,
            "f": f,
            "m": m,
        }

    @property
    def facets(self) -> frozenset[str]:
        return frozenset({FACET})

    @property
    def needs(self) -> tuple[Need, ...]:
        return (Need(part=RFM),)

    def ready(self) -> Readiness:
        from clm_plugin.segments.models import RfmScore

        if RfmScore.objects.exists():
            return READY
        return Readiness(ready=False, why=_("Buyers have not been scored yet."))
