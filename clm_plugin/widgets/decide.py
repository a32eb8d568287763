"""Which widget goes into which slot of a page: one answer for all of them.

A warm page load costs at most three statements: the person (with the number of the plan set), and
the receipts. Plans are in memory, recommendations are precomputed and remembered for a minute.

A visitor without a profile (the first page, or one who did not agree) gets widgets that are open to
everybody, without a receipt, for there is no profile a receipt could belong to; an overlay needs a
profile, for nothing else could keep it from coming again and again.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from django.db import transaction

from clm_plugin.campaigns.api import (
    Decision,
    Verdict,
    case_of,
    contacts_of,
    judge,
    limits,
    live_plans,
    person_of,
    with_segments,
    write_receipts,
)
from clm_plugin.events.api import uuid7
from clm_plugin.lifecycle.api import current_model
from clm_plugin.profiles.api import lock_profile
from clm_plugin.widgets.data import OVERLAY, Answer, Refusal, Request, Widget
from clm_plugin.widgets.kinds import KINDS, credit

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import datetime
    from uuid import UUID

    from clm_plugin.campaigns.api import Channel, Contact, Person, Plan
    from clm_plugin.widgets.data import Ask, Slot, Surroundings


def decide(ask: Ask, *, actor: str, now: datetime, around: Surroundings) -> Answer:
    """Fill the slots of a page for ``actor`` ("" for somebody about whom nothing may be kept)."""
    person, version = person_of(actor)
    plans = sorted(live_plans(version), key=lambda plan: (-plan.priority, plan.campaign))
    if person is not None:
        # What a page can show; a campaign of mails costs the page no query.
        shown = [plan for plan in plans if plan.trigger.kind in ("slot", "exit_signal")]
        person = with_segments({person.profile_id: person}, shown)[person.profile_id]
    page = _Page(person=person, now=now, around=around)
    for slot in ask.slots:
        if slot.name == credit.SLOT:
            page.fill_chip()
        elif slot.name != OVERLAY:
            page.fill(slot, [plan for plan in plans if _waits_in(plan, slot)])
    if page.decisions:
        write_receipts(page.decisions, at_leisure=True)
    exits = [plan for plan in plans if plan.trigger.kind == "exit_signal"]
    overlay = next((slot for slot in ask.slots if slot.name == OVERLAY), None)
    if overlay is None or not exits or not actor:
        return Answer(slots=page.widgets)
    if not ask.signal:
        # Armed on the plans alone: what a person does on this very page may yet make her fit.
        return Answer(slots=page.widgets, arm=("exit",))
    if person is None:
        return Answer(slots=page.widgets)
    return Answer(slots=page.widgets | _claim_overlay(overlay, exits, person, now, around))


def _claim_overlay(
    slot: Slot, plans: Sequence[Plan], person: Person, now: datetime, around: Surroundings
) -> dict[str, Widget]:
    """Decide on an overlay while holding the profile: eight tabs that ask at once get one popup."""
    with transaction.atomic():
        if not lock_profile(person.profile_id):
            return {}
        contacts = contacts_of(person.profile_id, now=now)
        page = _Page(person=person, now=now, around=around, contacts=contacts)
        page.fill(slot, plans)
        write_receipts(page.decisions)
    return page.widgets


def _waits_in(plan: Plan, slot: Slot) -> bool:
    return plan.trigger.kind == "slot" and plan.trigger.slot == slot.name


def _channel(slot: Slot) -> Channel:
    return "overlay" if slot.name == OVERLAY else "inline"


@dataclass(slots=True, kw_only=True)
class _Page:
    """The answer while it is being made."""

    person: Person | None
    now: datetime
    around: Surroundings
    contacts: Sequence[Contact] = ()
    widgets: dict[str, Widget] = field(default_factory=dict)
    decisions: list[Decision] = field(default_factory=list)

    def fill(self, slot: Slot, plans: Iterable[Plan]) -> None:
        """The first plan that says yes and has something to show wins; the rest are outbid."""
        for plan in plans:
            verdict = self._judge(plan, _channel(slot))
            receipt = uuid7()
            if verdict.yes and slot.name in self.widgets:
                verdict = Verdict(yes=False, rule="outbid")
            elif verdict.yes:
                shown = self._render(plan, slot, receipt)
                if isinstance(shown, Refusal):
                    verdict = Verdict(yes=False, rule=shown.rule, inputs=shown.inputs)
                else:
                    self.widgets[slot.name] = shown
            self._note(plan, slot, verdict, receipt)

    def fill_chip(self) -> None:
        """The system widget: no campaign, no verdict, no receipt."""
        html = credit.credit_chip(self.around.customer, now=self.now)
        if html:
            self.widgets[credit.SLOT] = Widget(html=html, receipt="", kind=credit.SLOT)

    def _judge(self, plan: Plan, channel: Channel) -> Verdict:
        if self.person is not None:
            return judge(case_of(plan, self.person, channel, self.contacts, self.now, limits()))
        audience = plan.audience
        fits = (
            not audience.min_orders
            and not audience.segments
            # of whom the shop knows nothing: she is in the first stage
            and (not audience.stages or current_model().first.key in audience.stages)
        )
        return Verdict(yes=fits, rule="newcomer")

    def _render(self, plan: Plan, slot: Slot, receipt: UUID) -> Widget | Refusal:
        step = plan.steps[0]
        known = self.person is not None
        html = KINDS[step.kind].render(
            Request(
                plan=plan,
                step=step,
                slot=slot,
                person=self.person,
                around=self.around,
                now=self.now,
                receipt=receipt if known else None,
            )
        )
        if isinstance(html, Refusal):
            return html
        return Widget(html=html, receipt=str(receipt) if known else "", kind=step.kind)

    def _note(self, plan: Plan, slot: Slot, verdict: Verdict, receipt: UUID) -> None:
        if self.person is None:
            return
        self.decisions.append(
            Decision(
                id=receipt,
                profile_id=self.person.profile_id,
                campaign=plan.campaign,
                plan_version=plan.version,
                channel=_channel(slot),
                place=slot.name,
                verdict=verdict,
                decided_at=self.now,
                object_id=slot.product,
            )
        )
