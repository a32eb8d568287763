"""What the model of value expects of somebody."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Q
from django.utils.formats import number_format
from django.utils.translation import gettext as _

from clm_plugin.money import MAX_MINOR
from clm_plugin.segments.columns import between, in_range
from clm_plugin.segments.data import (
    READY,
    Condition,
    Labels,
    Need,
    Part,
    Readiness,
    SegmentError,
    Subject,
)
from clm_plugin.segments.expressions import among
from clm_plugin.segments.facets import PREDICTION as FACET
from clm_plugin.segments.fields import (
    check_number,
    check_whole,
    checked,
    choice,
    in_order,
    one_given,
)
from clm_plugin.segments.phrases import amount, spread

VALUE, CHURN = "value", "churn"


def _read(ids: Sequence[int], needs: Sequence[Need], now: datetime) -> dict[int, Any]:
    from clm_plugin.profiles.models import Prediction

    rows = Prediction.objects.filter(profile__in=ids)
    return {
        pid: {VALUE: value, CHURN: churn}
        for pid, value, churn in rows.values_list("profile", "value_minor", "churn")
    }


PREDICTIONS = Part("prediction", _read, None)


def _number(value: float | None, name: str) -> float | None:
    return None if value is None else check_number(value, name)


@dataclass(frozen=True, kw_only=True)
class Predicted(Condition):
    """Expected value (minor units) or probability of churn (0 to 1), both ends in the range. Who
    has no prediction is in no range."""

    kind = "prediction"
    measure: str = choice((VALUE, CHURN))
    at_least: float | None = checked(_number, None)
    at_most: float | None = checked(_number, None)

    def check(self) -> None:
        one_given("at_least", self.at_least, self.at_most)
        for name in ("at_least", "at_most"):
            end = getattr(self, name)
            if self.measure == VALUE:
                check_whole(end, name, -MAX_MINOR, MAX_MINOR)
            elif end is not None and not 0 <= end <= 1:
                raise SegmentError(name, "must be between 0 and 1")
        in_order(self.at_least, self.at_most, "at_most")

    def q(self, now: datetime) -> Q:
        from clm_plugin.profiles.models import Prediction

        column = "value_minor" if self.measure == VALUE else "churn"
        rows = Prediction.objects.filter(between(column, self.at_least, self.at_most))
        return among(rows.values("profile"))

    def holds(self, subject: Subject, now: datetime) -> bool:
        prediction = subject.parts["prediction"]
        return prediction is not None and in_range(
            prediction[self.measure], self.at_least, self.at_most
        )

    def sentence(self, labels: Labels) -> str:
        low, high = (None if x is None else self._shown(x) for x in (self.at_least, self.at_most))
        text = (
            _("have an expected value of %(range)s")
            if self.measure == VALUE
            else _("have a risk of leaving of %(range)s")
        )
        return text % {"range": spread(low, high)}

    def why(self, subject: Subject, now: datetime, labels: Labels) -> str:
        prediction = subject.parts["prediction"]
        return _("not known") if prediction is None else self._shown(prediction[self.measure])

    def _shown(self, value: float) -> str:
        return amount(int(value)) if self.measure == VALUE else f"{number_format(value * 100, 0)} %"

    @property
    def facets(self) -> frozenset[str]:
        return frozenset({FACET})

    @property
    def needs(self) -> tuple[Need, ...]:
        return (Need(part=PREDICTIONS),)

    def ready(self) -> Readiness:
        from clm_plugin.profiles.models import Prediction

        if Prediction.objects.exists():
            return READY
        return Readiness(ready=False, why=_("There are no predictions yet."))
