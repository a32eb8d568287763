"""Journeys: the steps that are due, and what ends a journey before one of them."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from django.db import connection

from clm_plugin.campaigns.about import Standings, is_looked_at, look
from clm_plugin.campaigns.data import (
    Channel,
    Contact,
    Decision,
    Intent,
    Person,
    Plan,
    Step,
    Verdict,
)
from clm_plugin.campaigns.entering import waiting
from clm_plugin.campaigns.models import Enrolment
from clm_plugin.campaigns.plans import live_plans, plan_version
from clm_plugin.campaigns.queries import contacts_of_many, limits, persons, with_segments
from clm_plugin.campaigns.receipts import write_receipts
from clm_plugin.campaigns.rules import Case, judge, quiet_until
from clm_plugin.events.api import uuid7
from clm_plugin.experiments.api import in_control, is_held_out
from clm_plugin.upsert import REPLACE, upsert

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from clm_plugin.campaigns.rules import Limits

_State = Enrolment.State


@dataclass(slots=True)
class _Run:
    """One sweep's work: what it read once, and what it will write once."""

    now: datetime
    people: Mapping[int, Person]
    contacts: dict[int, list[Contact]]
    limits: Limits
    about: Standings
    decisions: list[Decision] = field(default_factory=list)
    intents: list[Intent] = field(default_factory=list)


def advance(*, now: datetime, limit: int = 500) -> tuple[list[Intent], int]:
    """Take the due steps of up to ``limit`` journeys, in the caller's transaction.

    Returns the mails to deliver and how many journeys were looked at. Receipts are written; a mail
    that meets quiet hours is held until they end.
    """
    due = waiting().filter(due_at__lte=now).order_by("due_at")
    if connection.features.has_select_for_update_skip_locked:
        due = due.select_for_update(skip_locked=True)
    enrolments = list(due[:limit])
    if not enrolments:
        return [], 0
    ids = {enrolment.profile_id for enrolment in enrolments}
    plans = {plan.campaign: plan for plan in live_plans(plan_version())}
    people = with_segments(persons(ids), plans.values())
    about = look((each.object_id for each in enrolments), now=now)
    run = _Run(now, people, contacts_of_many(ids, now=now), limits(), about)
    for enrolment in enrolments:
        _take(enrolment, plans.get(enrolment.campaign), run)
    write_receipts(run.decisions)
    upsert(
        Enrolment,
        (
            "id",
            "campaign",
            "profile_id",
            "object_id",
            "entered_at",
            "state",
            "step_id",
            "due_at",
            "ended_at",
            "end_rule",
        ),
        [
            (
                e.pk,
                e.campaign,
                e.profile_id,
                e.object_id,
                e.entered_at,
                str(e.state),
                e.step_id,
                e.due_at,
                e.ended_at,
                e.end_rule,
            )
            for e in enrolments
        ],
        key=("id",),
        combine=dict.fromkeys(("state", "step_id", "due_at", "ended_at", "end_rule"), REPLACE),
    )
    return run.intents, len(enrolments)


def _take(enrolment: Enrolment, plan: Plan | None, run: _Run) -> None:
    """Move one journey on to the next step that needs time, or to its end."""
    person = run.people.get(enrolment.profile_id)
    if plan is None or person is None:
        return _end(enrolment, run.now, "campaign_gone" if plan is None else "profile_gone")
    rule = _gone(enrolment, plan, person, run)
    if rule:
        return _end(enrolment, run.now, rule)
    step = plan.step_after(enrolment.step_id)
    while step is not None:
        if step.kind == "mail" and not _mail(enrolment, plan, step, person, run):
            return None  # held
        enrolment.step_id = step.id
        following = plan.step_after(step.id)
        if step.kind == "wait" and following is not None:
            due = enrolment.due_at or run.now
            enrolment.due_at = due + timedelta(minutes=step.content["minutes"])
            if enrolment.due_at > run.now:
                return None
        step = following
    return _end(enrolment, run.now, "finished", _State.DONE)


def _gone(enrolment: Enrolment, plan: Plan, person: Person, run: _Run) -> str:
    """Why the object of the journey is no more; "" while it is."""
    kind = plan.trigger.kind
    if kind == "basket_idle" and (
        person.basket_id != enrolment.object_id or not person.basket_items
    ):
        return "basket_gone"
    if kind in ("stage_entered", "stage_dwell") and person.stage not in plan.trigger.stages:
        return "stage_left"
    return run.about.gone(enrolment.object_id, enrolment.profile_id)


def _object_of(enrolment: Enrolment, plan: Plan) -> str:
    """What the mail looks at again when it is sent: a basket, a lot of credit, an offer."""
    is_object = plan.trigger.kind == "basket_idle" or is_looked_at(enrolment.object_id)
    return enrolment.object_id if is_object else ""


def _end(
    enrolment: Enrolment, now: datetime, rule: str, state: _State = Enrolment.State.EXITED
) -> None:
    enrolment.state, enrolment.end_rule = state, rule
    enrolment.due_at, enrolment.ended_at = None, now


def _mail(enrolment: Enrolment, plan: Plan, step: Step, person: Person, run: _Run) -> bool:
    """Decide one mail; False when it is held until quiet hours end."""
    due = enrolment.due_at or run.now
    send_by = due + plan.guardrails.send_by
    case = case_of(
        plan, person, "mail", run.contacts.get(person.profile_id, ()), run.now, run.limits
    )
    verdict = judge(case)
    if verdict.rule == "quiet_hours":
        until = quiet_until(run.now, person.time_zone or run.limits.zone, run.limits)
        if until is not None and until <= send_by:
            enrolment.due_at = until
            _decide(enrolment, plan, step, run, verdict)
            return False
    if verdict.yes and run.now > send_by:
        verdict = Verdict(yes=False, rule="too_late", inputs={"send_by": send_by.isoformat()})
    decision = _decide(enrolment, plan, step, run, verdict)
    if verdict.yes:
        run.contacts.setdefault(person.profile_id, []).append(
            Contact(campaign=plan.campaign, channel="mail", at=run.now)
        )
        run.intents.append(
            Intent(
                key=f"{plan.campaign}:{person.profile_id}:{enrolment.object_id}:{step.id}",
                decision=decision,
                person=person,
                plan=plan,
                step=step,
                object_id=_object_of(enrolment, plan),
                send_by=send_by,
            )
        )
    return True


def _decide(enrolment: Enrolment, plan: Plan, step: Step, run: _Run, verdict: Verdict) -> Decision:
    decision = Decision(
        id=uuid7(),
        profile_id=enrolment.profile_id,
        campaign=plan.campaign,
        plan_version=plan.version,
        channel="mail",
        place=step.id,
        verdict=verdict,
        decided_at=run.now,
        object_id=_object_of(enrolment, plan),
    )
    run.decisions.append(decision)
    return decision


def case_of(
    plan: Plan,
    person: Person,
    channel: Channel,
    contacts: Sequence[Contact],
    now: datetime,
    caps: Limits,
) -> Case:
    """The case of one plan and one person, with the holdouts looked up."""
    return Case(
        plan=plan,
        person=person,
        channel=channel,
        contacts=contacts,
        now=now,
        limits=caps,
        held_out=is_held_out(person.profile_id),
        in_control=in_control(plan.campaign, person.profile_id, plan.guardrails.holdout),
    )
