"""Touchpoints over the stages: who speaks to whom, by which channel; where nobody, where two."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import TYPE_CHECKING

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from clm_plugin.campaigns.api import Plan
from clm_plugin.console.wording import money, whole
from clm_plugin.insights.api import CampaignNumbers
from clm_plugin.lifecycle.api import Stage, stage_label

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise

CHANNELS: dict[str, _StrPromise] = {
    "mail": gettext_lazy("Mail"),
    "site": gettext_lazy("On the page"),
    "paid": gettext_lazy("Paid channels"),
}
_CHANNEL_OF = {"mail": "mail"}
_PAID = ("search", "ads", "social", "affiliates")
_TRIGGERS: dict[str, _StrPromise] = {
    "basket_idle": gettext_lazy("Basket left behind"),
    "exit_signal": gettext_lazy("About to leave"),
    "slot": gettext_lazy("A page asks for its slot"),
    "stage_entered": gettext_lazy("Comes into a stage"),
    "stage_left": gettext_lazy("Leaves a stage"),
    "stage_dwell": gettext_lazy("Stays in a stage"),
    "segment_entered": gettext_lazy("Comes into a segment"),
    "segment_left": gettext_lazy("Leaves a segment"),
    "event": gettext_lazy("Does something"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Lane:
    """A touchpoint and the stages it is for, one truth value a column."""

    key: str
    name: str
    channel: str
    starts: str
    url: str
    covers: tuple[bool, ...]
    stages: str
    numbers: CampaignNumbers | None = None
    spend: str = ""
    people_url: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Cell:
    """A channel at a stage: ``many`` touchpoints; ``state`` is gap, clash, met or free."""

    stage: str
    many: int
    state: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Channel:
    key: str
    name: str
    cells: tuple[Cell, ...]
    lanes: tuple[Lane, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """Something to look at: a ``gap`` or a ``clash``, in words."""

    kind: str
    title: str
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Touchpoints:
    channels: tuple[Channel, ...]
    findings: tuple[Finding, ...]

    @property
    def any(self) -> bool:
        return any(channel.lanes for channel in self.channels)


@dataclass(frozen=True, slots=True, kw_only=True)
class Live:
    """A live campaign as the board needs it."""

    plan: Plan
    url: str
    numbers: CampaignNumbers
    people_url: str


def lay_over(
    live: Sequence[Live],
    stages: Sequence[Stage],
    people: Mapping[str, int],
    spend: Mapping[str, int],
    currency: str,
) -> Touchpoints:
    """Campaigns and paid channels over the stages, with gaps and collisions. Pure but for words."""
    lanes = [lane for each in live for lane in _lanes(each, stages)]
    lanes += [_paid(name, minor, stages, currency) for name, minor in sorted(spend.items())]
    clashes = _clashes(live, stages)
    gaps = _gaps(lanes, stages, people, has_spend=bool(spend))
    at = {(channel, stage) for channel, stage, _finding in clashes}
    missing = {(channel, stage) for channel, stage, _finding in gaps}
    channels = []
    for key, name in CHANNELS.items():
        own = tuple(lane for lane in lanes if lane.channel == key)
        cells = tuple(
            _cell(key, stage.key, sum(lane.covers[n] for lane in own), at, missing)
            for n, stage in enumerate(stages)
        )
        if own or any(cell.state == "gap" for cell in cells):
            channels.append(Channel(key=key, name=str(name), cells=cells, lanes=own))
    findings = [finding for _c, _s, finding in clashes] + _told(gaps)
    return Touchpoints(channels=tuple(channels), findings=tuple(dict.fromkeys(findings)))


def _cell(
    channel: str, stage: str, many: int, clashes: set[tuple[str, str]], gaps: set[tuple[str, str]]
) -> Cell:
    state = "met" if many else "free"
    if (channel, stage) in clashes:
        state = "clash"
    elif (channel, stage) in gaps:
        state = "gap"
    return Cell(stage=stage_label(stage), many=many, state=state)


def channels_of(plan: Plan) -> tuple[str, ...]:
    """By what a campaign speaks: ``mail``, ``site``."""
    kinds = [step.kind for step in plan.steps if step.kind != "wait"]
    return tuple(dict.fromkeys(_CHANNEL_OF.get(kind, "site") for kind in kinds))


def stages_of(plan: Plan, stages: Sequence[Stage]) -> tuple[bool, ...]:
    """Whether a campaign is for each stage: its audience, and the stages its trigger watches."""
    wanted = set(plan.audience.stages)
    if plan.trigger.kind in ("stage_entered", "stage_dwell") and plan.trigger.stages:
        watched = set(plan.trigger.stages)
        wanted = wanted & watched if wanted else watched
    return tuple(not wanted or stage.key in wanted for stage in stages)


def _lanes(live: Live, stages: Sequence[Stage]) -> list[Lane]:
    plan, covers = live.plan, stages_of(live.plan, stages)
    names = [stage_label(stage.key) for stage, hit in zip(stages, covers, strict=True) if hit]
    return [
        Lane(
            key=plan.campaign,
            name=plan.name,
            channel=channel,
            starts=starts_when(plan),
            url=live.url,
            covers=covers,
            stages=_("Everybody") if all(covers) else ", ".join(names) or _("Nobody"),
            numbers=live.numbers,
            people_url=live.people_url,
        )
        for channel in channels_of(plan)
    ]


def _paid(name: str, minor: int, stages: Sequence[Stage], currency: str) -> Lane:
    """A channel that money was spent on, over the stages whose model names its kind."""
    kind = next((kind for kind in _PAID if kind in name.lower()), "")
    covers = tuple(kind in stage.channels if kind else n == 0 for n, stage in enumerate(stages))
    hit = [stage_label(s.key) for s, covered in zip(stages, covers, strict=True) if covered]
    return Lane(
        key=name, name=name, channel="paid", starts="", url="", covers=covers,
        stages=", ".join(hit), spend=money(minor, currency),
    )  # fmt: skip


def starts_when(plan: Plan) -> str:
    """What starts a campaign, in words."""
    trigger = plan.trigger
    name = str(_TRIGGERS.get(trigger.kind, trigger.kind))
    detail = trigger.slot or trigger.event
    return f"{name} ({detail})" if detail else name


def _clashes(live: Sequence[Live], stages: Sequence[Stage]) -> list[tuple[str, str, Finding]]:
    """(channel, stage, finding) wherever two campaigns answer the same moment by one channel."""
    found = []
    for one, other in combinations(live, 2):
        shared = set(channels_of(one.plan)) & set(channels_of(other.plan))
        if not shared or not _same_moment(one.plan, other.plan):
            continue
        both = [
            stage.key
            for stage, a, b in zip(
                stages, stages_of(one.plan, stages), stages_of(other.plan, stages), strict=True
            )
            if a and b
        ]
        for channel in sorted(shared):
            finding = _clash(one.plan, other.plan, channel, both)
            found += [(channel, stage, finding) for stage in both]
    return found


def _same_moment(one: Plan, other: Plan) -> bool:
    """Whether both start at the same thing, for people that could be the same."""
    a, b = one.trigger, other.trigger
    if (a.kind, a.slot, a.event, a.name, a.unless) != (b.kind, b.slot, b.event, b.name, b.unless):
        return False
    watched = (set(a.stages), set(b.stages)), (set(a.segments), set(b.segments))
    if any(mine and theirs and not mine & theirs for mine, theirs in watched):
        return False
    mine, theirs = one.audience, other.audience
    if set(mine.segments) & set(theirs.not_segments) or set(theirs.segments) & set(
        mine.not_segments
    ):
        return False
    most = [each.max_orders if each.max_orders is not None else 10**9 for each in (mine, theirs)]
    return max(mine.min_orders, theirs.min_orders) <= min(most)


def _clash(one: Plan, other: Plan, channel: str, stages: Sequence[str]) -> Finding:
    words = {
        "one": one.name, "other": other.name, "channel": str(CHANNELS[channel]),
        "starts": starts_when(one), "first": one.priority, "second": other.priority,
        "stages": ", ".join(stage_label(stage) for stage in stages),
    }  # fmt: skip
    text = _("Both start at the same moment (%(starts)s), for %(stages)s.") % words + " "
    if one.priority == other.priority:
        text += _(
            "Both have priority %(first)s, so their keys decide who goes first: raise one of them,"
            " or give them different stages."
        )
    else:
        text += _(
            "The higher priority goes first (%(first)s against %(second)s); caps hold the other"
            " back."
        )
    return Finding(
        kind="clash",
        title=_("“%(one)s” and “%(other)s” meet (%(channel)s)") % words,
        text=text % words,
    )


def _gaps(
    lanes: Sequence[Lane], stages: Sequence[Stage], people: Mapping[str, int], *, has_spend: bool
) -> list[tuple[str, str, int]]:
    """(channel, stage, people) wherever a channel that the model wants does not reach anybody."""
    found: list[tuple[str, str, int]] = []
    for n, stage in enumerate(stages):
        count = people.get(stage.key, 0)
        if not count:
            continue
        met = {lane.channel for lane in lanes if lane.covers[n]}
        missing: list[str] = [
            each for each in ("mail", "site") if each in stage.channels and each not in met
        ]
        # Without any import nobody knows what was spent where: no gap, but no knowledge either.
        if has_spend and "paid" not in met and set(_PAID) & set(stage.channels):
            missing.append("paid")
        found += [(channel, stage.key, count) for channel in missing]
    return found


def _told(gaps: Sequence[tuple[str, str, int]]) -> list[Finding]:
    """One finding a stage."""
    by_stage: dict[str, list[str]] = {}
    counts = {}
    for channel, stage, count in gaps:
        by_stage.setdefault(stage, []).append(str(CHANNELS[channel]))
        counts[stage] = count
    return [
        Finding(
            kind="gap",
            title=_("%(stage)s: nobody speaks by %(channels)s")
            % {"stage": stage_label(stage), "channels": ", ".join(channels)},
            text=_("The lifecycle model wants it, %(n)s people stand there, no touchpoint does it.")
            % {"n": whole(counts[stage])},
        )
        for stage, channels in by_stage.items()
    ]
