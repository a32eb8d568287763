"""Predicted value (minor units) or churn (0 to 1)."""

from __future__ import annotations

from dataclasses import dataclass

from clm_plugin.segments.data import Condition
from clm_plugin.segments.fields import check_number, checked, choice


def _number(value: float | None, name: str) -> float | None:
    return None if value is None else check_number(value, name)


@dataclass(frozen=True, kw_only=True)
class Predicted(Condition):
    """Predicted value (minor units) or churn (0 to 1)."""

    kind = "prediction"
    measure: str = choice(("value", "churn"))
    at_least: float | None = checked(_number, None)
    at_most: float | None = checked(_number, None)
