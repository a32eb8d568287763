"""From what was authored to a frozen plan, and the plan to JSON and back."""

from __future__ import annotations

import secrets
from dataclasses import asdict
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import nh3
from django.db import transaction

from clm_plugin.campaigns.data import Audience, Guardrails, Plan, Step, Trigger
from clm_plugin.surveys.api import question

if TYPE_CHECKING:
    from datetime import datetime

    from clm_plugin.campaigns.authoring import Campaign

_TAGS = {"p", "br", "b", "strong", "i", "em", "a", "ol", "ul", "li"}
_EXPIRING = {"credit_expiring": "credit.expiring", "offer_expiring": "offer.expiring"}
_DURATIONS = {"idle", "after", "bought_within", "repeat_after", "send_by"}
_TUPLES = {"stages", "came_from", "segments", "not_segments"}


def compile_campaign(campaign: Campaign, *, version: int = 0) -> Plan:
    """The frozen plan of a campaign as it stands (a draft too: previews and rehearsals use it)."""
    return Plan(
        campaign=campaign.key,
        version=version,
        name=campaign.name,
        trigger=_trigger(campaign.trigger[0]),
        audience=_audience(campaign.audience),
        steps=tuple(
            Step(id=str(block.id), kind=block.block_type, content=_content(campaign, block))
            for block in campaign.steps
        ),
        guardrails=Guardrails(
            bought_within=timedelta(days=campaign.bought_within_days),
            repeat_after=timedelta(days=campaign.repeat_days),
            send_by=timedelta(hours=campaign.send_by_hours),
            holdout=campaign.holdout_percent / 100,
        ),
        priority=campaign.priority,
    )


def _trigger(block: Any) -> Trigger:
    value = block.value
    if block.block_type in _EXPIRING:
        return Trigger(kind="event", event=_EXPIRING[block.block_type], name=value["days_left"])
    return Trigger(
        kind=block.block_type,
        idle=timedelta(minutes=value.get("idle_minutes") or 30),
        min_product_views=value.get("min_product_views") or 0,
        empty_basket=bool(value.get("empty_basket")),
        slot=value.get("slot") or "",
        stages=tuple(value.get("stages") or ()),
        came_from=tuple(value.get("came_from") or ()),
        segments=tuple(value.get("segments") or ()),
        event=value.get("event") or "",
        name=value.get("name") or "",
        unless=value.get("unless") or "",
        after=timedelta(days=value.get("days") or 0, minutes=value.get("minutes") or 0),
    )


def _audience(stream: Any) -> Audience:
    values = {block.block_type: block.value for block in stream or ()}
    orders, segments = values.get("orders") or {}, values.get("segments") or {}
    return Audience(
        stages=tuple(values["stages"]["stages"]) if "stages" in values else (),
        segments=tuple(segments.get("inside") or ()),
        not_segments=tuple(segments.get("outside") or ()),
        min_orders=orders.get("at_least") or 0,
        max_orders=orders.get("at_most"),
    )


def _content(campaign: Campaign, block: Any) -> dict[str, Any]:
    # Rich text is the only value that is not plain; it becomes clean HTML here, once.
    content = {
        name: nh3.clean(str(item), tags=_TAGS, url_schemes={"http", "https", "mailto"})
        if hasattr(item, "source")
        else item
        for name, item in block.value.items()
    }
    if block.block_type == "mail" and campaign.trigger[0].block_type != "basket_idle":
        # There is no basket to show or to lead back to.
        content |= {"show_basket": False, "link": content.get("link") or "/"}
    asked = question(content["survey"]) if content.get("survey") else None
    if asked is not None:
        # Frozen with the plan; publishing the survey anew compiles the campaign anew.
        content["question"] = asdict(asked)
    return content


def plan_to_json(plan: Plan) -> dict[str, Any]:
    """A plan as JSON values; durations in seconds."""

    def plain(value: Any) -> Any:
        if isinstance(value, timedelta):
            return value.total_seconds()
        if isinstance(value, dict):
            return {key: plain(item) for key, item in value.items()}
        return [plain(item) for item in value] if isinstance(value, list | tuple) else value

    result: dict[str, Any] = plain(asdict(plan))
    return result


def plan_from_json(data: dict[str, Any]) -> Plan:
    """The plan that ``plan_to_json`` wrote."""

    def timed(part: dict[str, Any]) -> dict[str, Any]:
        return {k: timedelta(seconds=v) if k in _DURATIONS else v for k, v in part.items()}

    def listed(part: dict[str, Any]) -> dict[str, Any]:
        return {k: tuple(v) if k in _TUPLES else v for k, v in part.items()}

    return Plan(
        campaign=data["campaign"],
        version=data["version"],
        name=data["name"],
        trigger=Trigger(**listed(timed(data["trigger"]))),
        audience=Audience(**listed(data["audience"])),
        steps=tuple(Step(**step) for step in data["steps"]),
        guardrails=Guardrails(**timed(data["guardrails"])),
        priority=data["priority"],
    )


def publish_plan(campaign: Campaign, *, now: datetime) -> Plan:
    """Compile a published campaign and make its plan the live one."""
    from clm_plugin.campaigns.models import CompiledPlan

    with transaction.atomic():
        old = CompiledPlan.objects.select_for_update().filter(campaign=campaign.key).first()
        plan = compile_campaign(campaign, version=(old.version if old else 0) + 1)
        CompiledPlan.objects.update_or_create(
            campaign=campaign.key,
            defaults={"version": plan.version, "plan": plan_to_json(plan), "compiled_at": now},
        )
        _bump()
    return plan


def recompile_asking(survey: str, *, now: datetime) -> list[str]:
    """Compile live campaigns anew whose steps ask this survey; returns their keys."""
    from clm_plugin.campaigns.authoring import Campaign

    asking = [
        campaign
        for campaign in Campaign.objects.filter(live=True)
        if any(step.value.get("survey") == survey for step in campaign.steps)
    ]
    for campaign in asking:
        publish_plan(campaign, now=now)
    return [campaign.key for campaign in asking]


def withdraw_plan(key: str) -> None:
    """Take a campaign's plan out of service (unpublished or deleted)."""
    from clm_plugin.campaigns.models import CompiledPlan

    with transaction.atomic():
        CompiledPlan.objects.filter(campaign=key).delete()
        _bump()


def _bump() -> None:
    from clm_plugin.campaigns.models import PlanSet

    PlanSet.objects.update_or_create(id=1, defaults={"version": 1 + secrets.randbits(62)})
