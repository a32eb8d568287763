"""Frozen plans and decisions: what engines run on. No Django, no StreamField."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Literal
from uuid import UUID

Channel = Literal["mail", "overlay", "inline"]
TriggerKind = Literal[
    "basket_idle",
    "exit_signal",
    "slot",
    "stage_entered",
    "stage_left",
    "stage_dwell",
    "segment_entered",
    "segment_left",
    "event",
]


@dataclass(frozen=True, slots=True, kw_only=True)
class Trigger:
    """What starts a campaign.

    ``basket_idle``: a non-empty basket rested for ``idle``. ``exit_signal``: the browser saw the
    shopper about to leave, after ``min_product_views``, with ``empty_basket``. ``slot``: a page
    asks for the slot named ``slot``.

    ``stage_entered``, ``stage_left``: a move into or out of one of ``stages`` (from one of
    ``came_from``, if given). ``stage_dwell``: she is still in the stage ``after`` that long.
    ``segment_entered``, ``segment_left``: likewise for ``segments``. ``event``: an event of type
    ``event`` (a custom one by ``name``) and, for the lack of an action, none of type ``unless``
    until ``after`` has passed.
    """

    kind: TriggerKind
    idle: timedelta = timedelta(minutes=30)
    min_product_views: int = 0
    empty_basket: bool = False
    slot: str = ""
    stages: tuple[str, ...] = ()
    came_from: tuple[str, ...] = ()
    segments: tuple[str, ...] = ()
    event: str = ""
    name: str = ""
    unless: str = ""
    after: timedelta = timedelta(0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Audience:
    """Whom it is for; an empty ``stages`` means everybody.

    ``segments``: in at least one of these; ``not_segments``: in none of these.
    """

    stages: tuple[str, ...] = ()
    segments: tuple[str, ...] = ()
    not_segments: tuple[str, ...] = ()
    min_orders: int = 0
    max_orders: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One step of the journey. ``id`` is the StreamField block's own id, stable over edits.

    ``content`` is what was authored, compiled to plain values; its keys belong to the kind:
    ``mail``: subject, preheader, heading, body (safe HTML), button, link; ``popup``: heading, body,
    button, link; ``bundle``: heading, max_items; ``survey`` (and a mail that
    asks one): survey, question; ``wait``: minutes. A mail and a popup may carry an ``offer`` (its
    key).
    """

    id: str
    kind: Literal["wait", "mail", "popup", "bundle", "survey"]
    content: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Guardrails:
    bought_within: timedelta = timedelta(0)
    """Not for who ordered inside this time (0: no such rule)."""
    repeat_after: timedelta = timedelta(days=7)
    """One person meets the campaign at most once in this time (mail and overlays)."""
    send_by: timedelta = timedelta(hours=24)
    """A mail that could not leave by then is dropped."""
    holdout: float = 0.0
    """Share of the audience kept as this campaign's control group."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """A published campaign, compiled."""

    campaign: str
    version: int
    name: str
    trigger: Trigger
    audience: Audience
    steps: tuple[Step, ...]
    guardrails: Guardrails
    priority: int = 50
    """Higher wins where two want the same place."""

    def step_after(self, step_id: str) -> Step | None:
        """The step behind ``step_id`` ("" gives the first); None at the end or if it is gone."""
        ids = ["", *(step.id for step in self.steps)]
        at = ids.index(step_id) if step_id in ids else len(ids)
        return self.steps[at] if at < len(self.steps) else None

    def step(self, step_id: str) -> Step | None:
        return next((step for step in self.steps if step.id == step_id), None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """What a decision needs to know of a profile, read in one query. Money in minor units."""

    profile_id: int
    customer_id: str = ""
    email: str = ""
    first_name: str = ""
    language: str = ""
    time_zone: str = ""
    stage: str = ""
    product_views: int = 0
    orders: int = 0
    basket_id: str = ""
    basket_items: int = 0
    basket_minor: int = 0
    basket_at: datetime | None = None
    last_order_at: datetime | None = None
    mail_consent: bool = False
    segments: frozenset[str] = frozenset()
    """Keys of the segments she is in; read only where a live plan asks for them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Contact:
    """An earlier yes to this person on one channel, and what she did with it."""

    campaign: str
    channel: Channel
    at: datetime
    dismissed_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """Yes or no, and the rule that decided, with its inputs of that moment (JSON values)."""

    yes: bool
    rule: str
    inputs: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """A verdict on one campaign for one person at one place; becomes a receipt."""

    id: UUID
    profile_id: int
    campaign: str
    plan_version: int
    channel: Channel
    place: str
    """The slot, or the step's id."""
    verdict: Verdict
    decided_at: datetime
    object_id: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Intent:
    """A yes for a mail: what messages must deliver, once. ``key`` is the idempotency key."""

    key: str
    decision: Decision
    person: Person
    plan: Plan
    step: Step
    object_id: str
    send_by: datetime
