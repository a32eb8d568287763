"""Live campaigns that speak of stages or segments which are not there: they reach nobody."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from typing import TYPE_CHECKING

from clm_plugin.campaigns.plans import live_plans, plan_version
from clm_plugin.lifecycle.api import current_model
from clm_plugin.segments.api import broken_segments, segment_names

if TYPE_CHECKING:
    from collections.abc import Iterable

    from clm_plugin.campaigns.data import Plan

logger = logging.getLogger("clm_plugin")


@dataclass(frozen=True, slots=True, kw_only=True)
class Stranded:
    """A live campaign, and the keys of the stages and segments that it asks for in vain."""

    campaign: str
    name: str
    stages: tuple[str, ...]
    segments: tuple[str, ...]


def stranded(plans: Iterable[Plan] | None = None) -> list[Stranded]:
    """The live campaigns that are stranded; three queries at most."""
    stages = set(current_model().keys)
    segments = segment_names().keys() | broken_segments().keys()
    found = []
    for plan in live_plans(plan_version()) if plans is None else plans:
        asked, groups = stages_of(plan) - stages, segments_of(plan) - segments
        if asked or groups:
            found.append(
                Stranded(
                    campaign=plan.campaign,
                    name=plan.name,
                    stages=tuple(sorted(asked)),
                    segments=tuple(sorted(groups)),
                )
            )
    return found


def tell_stranded() -> None:
    """Say so in the log: after a publish or an unpublish that nobody may have been there to see."""
    for one in stranded():
        logger.warning(
            "clm: the live campaign %s reaches nobody by stages %s and segments %s, which are not"
            " published; publish them, or change the campaign",
            one.campaign, list(one.stages), list(one.segments),
        )  # fmt: skip


def stages_of(plan: Plan) -> set[str]:
    """The stages that a campaign asks for."""
    trigger = plan.trigger
    return {*plan.audience.stages, *trigger.stages, *trigger.came_from}


def segments_of(plan: Plan) -> set[str]:
    """The segments that a campaign asks for; one to stay out of may be missing."""
    return {*plan.audience.segments, *plan.trigger.segments}
