"""Identity and folding as they cross the door; no Django."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime

ANALYTICS = "analytics"
PERSONALISATION = "personalisation"
MARKETING = "marketing"
PURPOSES = (ANALYTICS, PERSONALISATION, MARKETING)
"""What is agreed to. Marketing is agreed to channel by channel, the others as a whole."""
MAIL = "mail"
CHANNELS = (MAIL, "push", "sms", "phone", "post")


def consent_key(word: str, channel: str = "") -> tuple[str, str]:
    """Purpose and channel of a word in a consent event.

    ``("marketing", "push")`` is itself; a channel's bare name means marketing by it (``"mail"``
    gives ``("marketing", "mail")``), as events before the consent log said it.
    """
    if word in CHANNELS:
        return MARKETING, word
    if word == MARKETING:
        return MARKETING, channel[:16] or MAIL
    return word[:32], ""


BUILT_IN = ("email", "first_name", "language", "country", "time_zone", "phone")
"""Traits that every shop has, all text, by the rule ``strongest``; the rest are declared."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Merge:
    """Two profiles that turned out to be one person.

    ``edge`` are the two profiles whose names were linked: these two, or some that had been merged
    into them before.
    """

    survivor: int
    merged: int
    reason: str
    edge: tuple[int, int] = (0, 0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Resolution:
    """Whose the events of a batch are: actor -> profile id, after ``merges``.

    ``owner_of`` are the profiles of known orders that the events are about, whoever acts.
    """

    profile_of: Mapping[str, int]
    created: frozenset[int] = frozenset()
    merges: tuple[Merge, ...] = ()
    owner_of: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class FactRow:
    """The facts of a profile that stages are made of, and what it is called."""

    profile_id: int
    known: bool
    product_views: int = 0
    orders: int = 0
    first_order_at: datetime | None = None
    last_order_at: datetime | None = None
    gap_days: float | None = None
    main_category: str = ""
    basket_id: str = ""
    basket_items: int = 0
    basket_minor: int = 0
    basket_at: datetime | None = None
    spend_minor: int = 0
    praises: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Folded:
    """What folding a batch touched."""

    profiles: frozenset[int] = field(default_factory=frozenset)
    orders: frozenset[str] = field(default_factory=frozenset)


@dataclass(frozen=True, slots=True, kw_only=True)
class LifeKind:
    """A kind of life event that a form may ask for."""

    key: str
    label: str
    needs_date: bool
    yearly: bool
    sensitive: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class LifeDate:
    """What a person told of one kind."""

    kind: str
    on: date | None
    declared_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class LifeFact:
    """A life event of a person that holds now.

    ``next_on`` is when a dated one comes next. ``sensitive`` ones (health, pregnancy, faith) may
    decide what a person is spared; no mail, page or reason shown to her may ever name them.
    """

    kind: str
    label: str
    source: str
    on: date | None
    next_on: date | None
    declared_at: datetime
    ends_at: datetime | None
    sensitive: bool
