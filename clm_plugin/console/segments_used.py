"""Where a segment is used: campaigns that are live, and other segments."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.contrib.admin.utils import quote
from django.urls import reverse
from django.utils.translation import gettext as _

from clm_plugin.campaigns.models import Campaign, CompiledPlan
from clm_plugin.segments.models import CompiledSegment, Segment


@dataclass(frozen=True, slots=True, kw_only=True)
class Use:
    what: str
    name: str
    url: str


def used_by(key: str) -> list[Use]:
    """Live campaigns and published segments that ask for this one; four queries at most."""
    plans = CompiledPlan.objects.values_list("campaign", "plan")
    campaigns = [campaign for campaign, plan in plans if _mentions(plan, key)]
    refers = CompiledSegment.objects.values_list("key", "refers")
    others = [other for other, keys in refers if key in keys]
    found = []
    if campaigns:
        for campaign in Campaign.objects.filter(key__in=campaigns).only("pk", "name"):
            url = reverse("clm_campaigns:edit", args=(quote(campaign.pk),))
            found.append(Use(what=_("Campaign"), name=campaign.name, url=url))
    if others:
        for segment in Segment.objects.filter(key__in=others).only("pk", "name"):
            url = reverse("clm_segments:people", args=(segment.pk,))
            found.append(Use(what=_("Segment"), name=segment.name, url=url))
    return found


def _mentions(plan: Any, key: str) -> bool:
    """Whether a plan's trigger, audience or exit names the segment."""
    if isinstance(plan, dict):
        return any(
            (name in ("segments", "not_segments") and isinstance(value, list) and key in value)
            or _mentions(value, key)
            for name, value in plan.items()
        )
    return isinstance(plan, list) and any(_mentions(value, key) for value in plan)
