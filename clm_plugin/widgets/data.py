"""Questions of a page and answers to it, frozen."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Literal
from uuid import UUID

if TYPE_CHECKING:
    from clm_plugin.campaigns.api import Person, Plan, Step
    from clm_plugin.shop.api import Basket

Signal = Literal["", "exit"]

OVERLAY = "overlay"
"""The slot for what lies over the page."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Slot:
    """A place on a page; ``product`` is the shop's id of the product the page is about, or ""."""

    name: str
    product: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Ask:
    """What a page asks: all its slots at once. ``signal`` is "exit" when the shopper may leave."""

    slots: tuple[Slot, ...]
    signal: Signal = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Surroundings:
    """What a widget may need of the request, without being given the request.

    ``basket`` reads the shopper's own basket (the shop's queries), ``csrf_token`` makes the token
    of a form; both only when called. ``customer`` is the actor of the logged-in customer, whatever
    she agreed to: for what she holds, never to choose what she sees.
    """

    customer: str = ""
    basket: Callable[[], Basket | None] = lambda: None
    csrf_token: Callable[[], str] = lambda: ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """One plan's widget for one slot. ``person`` is None for a visitor without a profile."""

    plan: Plan
    step: Step
    slot: Slot
    person: Person | None
    around: Surroundings
    now: datetime
    receipt: UUID | None
    """Id of the receipt if this becomes a yes; None when none can be written."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Refusal:
    """Why a kind cannot show anything sensible here: a rule's name and its inputs."""

    rule: str
    inputs: dict[str, object] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Widget:
    """What goes into a slot: safe HTML, the receipt's id ("" without one) and the kind."""

    html: str
    receipt: str
    kind: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """Widgets by slot name, and the signals the browser shall watch for."""

    slots: dict[str, Widget] = field(default_factory=dict)
    arm: tuple[Signal, ...] = ()
