"""Plans, people and co-purchases for tests of widgets and endpoints."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

from clm_plugin.campaigns.api import Audience, Guardrails, Plan, Step, Trigger, forget_plans
from clm_plugin.campaigns.compile import plan_to_json
from clm_plugin.models import (
    CompiledPlan,
    CoPurchase,
    Facts,
    Identifier,
    PlanSet,
    Profile,
    Standing,
)
from clm_plugin.recommendations.api import forget

NOW = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)


def bundle_plan(campaign: str = "together", **changes: Any) -> Plan:
    content = {"heading": "Often bought together", "max_items": 2}
    return _plan(
        campaign,
        Trigger(kind="slot", slot="product-bundle"),
        Step(id="step-bundle", kind="bundle", content=content | changes.pop("content", {})),
        **changes,
    )


def popup_plan(campaign: str = "stay", **changes: Any) -> Plan:
    content = {
        "heading": "Before you go",
        "body": "<p>Tea is on us: <b>free delivery</b> today.</p>",
        "button": "See the gifts",
        "link": "/gifts/",
    }
    trigger = Trigger(kind="exit_signal", min_product_views=3, empty_basket=True)
    return _plan(
        campaign,
        changes.pop("trigger", trigger),
        Step(id="step-popup", kind="popup", content=content | changes.pop("content", {})),
        **changes,
    )


def _plan(campaign: str, trigger: Trigger, step: Step, **changes: Any) -> Plan:
    return Plan(
        campaign=campaign,
        version=1,
        name=campaign.title(),
        trigger=trigger,
        audience=changes.pop("audience", Audience()),
        steps=(step,),
        guardrails=changes.pop("guardrails", Guardrails(repeat_after=timedelta(days=7))),
        **changes,
    )


def make_live(*plans: Plan) -> None:
    """Put these plans, and no others, into service."""
    CompiledPlan.objects.all().delete()
    CompiledPlan.objects.bulk_create(
        CompiledPlan(campaign=p.campaign, version=1, plan=plan_to_json(p), compiled_at=NOW)
        for p in plans
    )
    row, _ = PlanSet.objects.get_or_create(id=1)
    row.version += 1
    row.save()
    forget_plans()
    forget()


def make_person(actor: str = "", *, stage: str = "acquire", **facts: Any) -> tuple[int, str]:
    """A profile that is nobody's holdout; returns its id and its actor."""
    from clm_plugin.experiments.api import is_held_out

    while True:
        profile = Profile.objects.create(created_at=NOW)
        if not is_held_out(profile.pk):
            break
    actor = actor or f"visitor:{uuid4().hex}"
    Identifier.objects.create(actor=actor, profile=profile, created_at=NOW)
    Facts.objects.create(profile=profile, **{"product_views": 3, **facts})
    Standing.objects.create(profile=profile, stage=stage, since=NOW)
    return profile.pk, actor


def make_together(product_id: str, *others: str, orders: int = 28) -> None:
    """Say that orders with ``product_id`` often held the others, best first."""
    CoPurchase.objects.bulk_create(
        CoPurchase(
            product_id=product_id,
            other_id=other,
            rank=rank,
            together=orders - rank,
            support=0.02,
            confidence=0.3,
            lift=4.0,
            score=1.0 / rank,
        )
        for rank, other in enumerate(others, 1)
    )
