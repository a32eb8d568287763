"""Live plans in memory: reloaded when the version of the plan set moved on."""

from __future__ import annotations

from clm_plugin.campaigns.compile import plan_from_json
from clm_plugin.campaigns.data import Plan
from clm_plugin.campaigns.models import CompiledPlan, PlanSet

_held: tuple[int, tuple[Plan, ...]] = (-1, ())


def plan_version() -> int:
    """The version of the plan set; one query."""
    return PlanSet.objects.filter(id=1).values_list("version", flat=True).first() or 0


def live_plans(version: int) -> tuple[Plan, ...]:
    """All live plans, the highest priority first; a query only when ``version`` is news."""
    global _held
    if _held[0] != version:
        rows = CompiledPlan.objects.order_by("campaign").values_list("plan", flat=True)
        plans = sorted((plan_from_json(row) for row in rows), key=lambda plan: -plan.priority)
        _held = (version, tuple(plans))
    return _held[1]


def forget_plans() -> None:
    """Drop what is held in memory (tests, and databases that were swapped)."""
    global _held
    _held = (-1, ())
