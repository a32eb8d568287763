"""What starts journeys and what ends them early: events, moves between stages, segment changes.

Read-in history and moves of long ago start nothing: a back-fill, a restored worker or a change of
the model must not send a burst of mails (reliability, cases 26 and 54).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from django.db.models import Q

from clm_plugin.campaigns.about import end_gone, object_of
from clm_plugin.campaigns.models import Enrolment
from clm_plugin.campaigns.plans import live_plans, plan_version
from clm_plugin.upsert import upsert

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from django.db.models import QuerySet

    from clm_plugin.campaigns.data import Plan, Trigger
    from clm_plugin.events.api import Event
    from clm_plugin.lifecycle.api import Move
    from clm_plugin.segments.api import Change

_State = Enrolment.State
_BASKET_EMPTY = "basket_empty"
FRESH = timedelta(days=1)
"""How old a move or an event may be and still start a campaign."""
SILENT_CAUSES = frozenset({"model", "gap", "rebuild", "backfill", "merge", "unmerge"})
"""Causes of moves that are about our bookkeeping, not about the person."""
_STAGE_STAYS = ("stage_entered", "stage_dwell")
_COLUMNS = (
    "campaign",
    "profile_id",
    "object_id",
    "state",
    "step_id",
    "entered_at",
    "due_at",
    "end_rule",
)


@dataclass(frozen=True, slots=True)
class Entry:
    """One person who would start a campaign: when, because of what, and when it is due."""

    plan: Plan
    profile_id: int
    object_id: str
    at: datetime
    due_at: datetime


def react(
    events: Sequence[Event],
    profile_of: Mapping[str, int],
    *,
    now: datetime,
    moves: Sequence[Move] = (),
    changes: Sequence[Change] = (),
) -> None:
    """Let a batch of events, with the moves and changes that followed, start and end journeys."""
    plans = [p for p in live_plans(plan_version()) if p.trigger.kind not in ("exit_signal", "slot")]
    _react_to_baskets([p for p in plans if p.trigger.kind == "basket_idle"], events, profile_of)
    end_gone(plans, events, profile_of, now=now)
    if moves:
        _end_stays(plans, moves)
    if changes:
        _end_memberships(plans, changes)
    entries = [
        *_by_event([p for p in plans if p.trigger.kind == "event"], events, profile_of, now),
        *_by_move([p for p in plans if p.trigger.kind.startswith("stage_")], moves, now),
        *_by_change([p for p in plans if p.trigger.kind.startswith("segment_")], changes, now),
    ]
    if entries:
        _enrol(entries)


def _react_to_baskets(
    plans: Sequence[Plan], events: Sequence[Event], profile_of: Mapping[str, int]
) -> None:
    latest: dict[tuple[int, str], Event] = {}
    ordered: dict[int, datetime] = {}
    for event in events:
        profile = profile_of.get(event.actor)
        if profile is None:
            continue
        if event.type == "basket.changed" and event.is_live:
            latest[profile, event.payload["basket_id"]] = event
        elif event.type == "order.placed":
            ordered[profile] = event.occurred_at
            latest.pop((profile, event.payload.get("basket_id", "")), None)
    _enter(plans, latest)
    emptied = [key for key, event in latest.items() if not _items(event)]
    if emptied:
        waiting().filter(
            profile__in={pid for pid, _ in emptied}, object_id__in={b for _, b in emptied}
        ).update(state=_State.EXITED, end_rule=_BASKET_EMPTY, due_at=None)
    if ordered:
        _exit(waiting().filter(profile__in=list(ordered)), "ordered", max(ordered.values()))


def _items(event: Event) -> int:
    return sum(event.payload.get("quantities", ()))


def waiting() -> QuerySet[Enrolment]:
    """Journeys that go on."""
    return Enrolment.objects.filter(state=_State.WAITING)


def _exit(rows: QuerySet[Enrolment], rule: str, at: datetime) -> None:
    rows.update(state=_State.EXITED, end_rule=rule, due_at=None, ended_at=at)


def _enter(plans: Sequence[Plan], latest: Mapping[tuple[int, str], Event]) -> None:
    """Enrol baskets; a change of the basket starts the rest anew while the trigger matures."""
    rows = [
        (
            plan.campaign,
            pid,
            basket,
            _State.WAITING.value,
            "",
            event.occurred_at,
            event.occurred_at + plan.trigger.idle,
            "",
        )
        for plan in plans
        for (pid, basket), event in sorted(latest.items())
        if _items(event)
    ]
    # A basket that already had a step is not enrolled again; one that was emptied may come back.
    again = (
        "CASE WHEN {table}.step_id = '' AND ({table}.state = 'waiting'"
        f" OR {{table}}.end_rule = '{_BASKET_EMPTY}') THEN {{new}} ELSE {{old}} END"
    )
    upsert(
        Enrolment,
        _COLUMNS,
        rows,
        key=("campaign", "profile_id", "object_id"),
        combine=dict.fromkeys(("state", "entered_at", "due_at", "end_rule"), again),
    )


def _end_stays(plans: Sequence[Plan], moves: Sequence[Move]) -> None:
    """Whoever left the stage leaves the campaigns that are for the stay in it."""
    for plan in plans:
        if plan.trigger.kind in _STAGE_STAYS:
            left = [m for m in moves if m.from_stage in plan.trigger.stages]
            gone = [m.profile_id for m in left if m.to_stage not in plan.trigger.stages]
            if gone:
                rows = waiting().filter(campaign=plan.campaign, profile__in=gone)
                _exit(rows, "stage_left", max(m.moved_at for m in left))


def _end_memberships(plans: Sequence[Plan], changes: Sequence[Change]) -> None:
    for plan in plans:
        if plan.trigger.kind == "segment_entered":
            left = [c for c in changes if not c.entered and c.segment in plan.trigger.segments]
            if left:
                people = [change.profile_id for change in left]
                rows = waiting().filter(campaign=plan.campaign, profile__in=people)
                _exit(rows, "segment_left", max(change.changed_at for change in left))


def _by_event(
    plans: Sequence[Plan],
    events: Sequence[Event],
    profile_of: Mapping[str, int],
    now: datetime,
) -> list[Entry]:
    """Who did what starts a campaign; what stops one that waits for the lack of it."""
    wanted = {plan.trigger.event for plan in plans}
    stops = {plan.trigger.unless for plan in plans} - {""}
    found: dict[tuple[str, int], Entry] = {}
    if not wanted:
        return []
    stopped = Q()
    for event in events:
        pid = profile_of.get(event.actor)
        if pid is None or (event.type not in wanted and event.type not in stops):
            continue
        for plan in plans:
            trigger = plan.trigger
            if event.type == trigger.unless:
                entry = found.get((plan.campaign, pid))
                if entry is not None and entry.at <= event.occurred_at:
                    del found[plan.campaign, pid]
                stopped |= Q(
                    campaign=plan.campaign,
                    profile=pid,
                    step_id="",
                    entered_at__lte=event.occurred_at,
                )
            elif _starts(trigger, event) and event.is_live and event.occurred_at > now - FRESH:
                found.setdefault(
                    (plan.campaign, pid),
                    Entry(
                        plan,
                        pid,
                        object_of(event),
                        event.occurred_at,
                        event.occurred_at + trigger.after,
                    ),
                )
    if stopped:
        _exit(waiting().filter(stopped), "did_it", now)
    return list(found.values())


def _starts(trigger: Trigger, event: Event) -> bool:
    # Of custom events by their name, of what expires by the days that are left.
    name = str(event.payload.get("name") or event.payload.get("days") or "")
    return event.type == trigger.event and trigger.name.lower() in ("", name.lower())


def _by_move(plans: Sequence[Plan], moves: Iterable[Move], now: datetime) -> list[Entry]:
    entries = []
    for move in moves:
        if move.cause in SILENT_CAUSES or move.moved_at <= now - FRESH:
            continue
        for plan in plans:
            trigger = plan.trigger
            stage = move.from_stage if trigger.kind == "stage_left" else move.to_stage
            if stage in trigger.stages and (
                not trigger.came_from or move.from_stage in trigger.came_from
            ):
                name = f"stage:{stage}:{move.moved_at.timestamp():.0f}"
                due = move.moved_at + trigger.after
                entries.append(Entry(plan, move.profile_id, name, move.moved_at, due))
    return entries


def _by_change(plans: Sequence[Plan], changes: Iterable[Change], now: datetime) -> list[Entry]:
    entries = []
    for change in changes:
        if change.changed_at <= now - FRESH:
            continue
        for plan in plans:
            wanted = (plan.trigger.kind == "segment_entered") == change.entered
            if wanted and change.segment in plan.trigger.segments:
                name = f"segment:{change.segment[:40]}:{change.changed_at.timestamp():.0f}"
                at = change.changed_at
                entries.append(Entry(plan, change.profile_id, name, at, at))
    return entries


def _enrol(entries: Iterable[Entry]) -> None:
    """Start journeys, one a person and campaign at a time, and no sooner than it may repeat."""
    wanted = {(entry.plan.campaign, entry.profile_id): entry for entry in entries}
    earlier = Enrolment.objects.filter(
        campaign__in={campaign for campaign, _ in wanted}, profile__in={pid for _, pid in wanted}
    ).exclude(end_rule="did_it")
    for campaign, pid, state, entered_at in earlier.values_list(
        "campaign", "profile_id", "state", "entered_at"
    ):
        entry = wanted.get((campaign, pid))
        if entry is not None and (
            state == _State.WAITING or entered_at > entry.at - entry.plan.guardrails.repeat_after
        ):
            del wanted[campaign, pid]
    upsert(
        Enrolment,
        _COLUMNS,
        [
            (
                e.plan.campaign,
                e.profile_id,
                e.object_id,
                _State.WAITING.value,
                "",
                e.at,
                e.due_at,
                "",
            )
            for _, e in sorted(wanted.items())
        ],
        key=("campaign", "profile_id", "object_id"),
        combine={},
    )
