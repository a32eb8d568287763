"""Who somebody is and what she said: accounts, consent, traits, surveys, life events."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from clm_plugin.events.payload import Payload


@dataclass(frozen=True, kw_only=True)
class CustomerRegistered(Payload):
    type = "customer.registered"
    email: str = ""
    first_name: str = ""
    language: str = ""


@dataclass(frozen=True, kw_only=True)
class CustomerLoggedIn(Payload):
    type = "customer.logged_in"
    email: str = ""
    first_name: str = ""
    language: str = ""


@dataclass(frozen=True, kw_only=True)
class CustomerLoggedOut(Payload):
    type = "customer.logged_out"


@dataclass(frozen=True, kw_only=True)
class ConsentGiven(Payload):
    """``purposes``: analytics, personalisation, marketing (by ``channel``), or a channel's bare
    name for marketing by it. ``place`` is where it was asked; ``proof`` what was shown."""

    type = "consent.given"
    purposes: tuple[str, ...] = ()
    text_version: str = ""
    channel: str = ""
    place: str = ""
    proof: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class ConsentWithdrawn(Payload):
    type = "consent.withdrawn"
    purposes: tuple[str, ...] = ()
    text_version: str = ""
    channel: str = ""
    place: str = ""
    proof: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class ProfileIdentified(Payload):
    """A trusted source names traits of a person: built-in ones and those the shop declared."""

    type = "profile.identified"
    traits: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class ContactVerified(Payload):
    """The shop saw proof that an address or a number is the actor's own (a link or code came back).

    The proof joins what is known under them to her: other devices, and orders as a guest.
    """

    type = "contact.verified"
    email: str = ""
    phone: str = ""


@dataclass(frozen=True, kw_only=True)
class GroupIdentified(Payload):
    """A person belongs to a company, household or club."""

    type = "group.identified"
    group_id: str
    traits: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class SurveyAnswered(Payload):
    """``answer`` is text; ``score`` is the number of an NPS or star question, -1 without one."""

    type = "survey.answered"
    survey: str
    question: str = ""
    answer: str = ""
    score: int = -1


@dataclass(frozen=True, kw_only=True)
class LifeEventDeclared(Payload):
    """``date`` is ISO 8601 (``2026-05-01``), or empty when only the fact is known."""

    type = "life_event.declared"
    kind: str
    date: str = ""


@dataclass(frozen=True, kw_only=True)
class LifeEventWithdrawn(Payload):
    type = "life_event.withdrawn"
    kind: str


@dataclass(frozen=True, kw_only=True)
class HistorySummed(Payload):
    """What is left of an actor's events that retention took out of the log: their sum.

    ``counts`` by fact; ``products`` by id, each its views and last time; ``categories`` by id,
    views; ``channels``, the first and the last; ``basket``, the latest state; ``traits``, what
    logins told of her.
    """

    type = "history.summed"
    first_seen: str = ""
    counts: Mapping[str, Any] = field(default_factory=dict)
    products: Mapping[str, Any] = field(default_factory=dict)
    categories: Mapping[str, Any] = field(default_factory=dict)
    channels: Mapping[str, Any] = field(default_factory=dict)
    basket: Mapping[str, Any] = field(default_factory=dict)
    traits: Mapping[str, Any] = field(default_factory=dict)
