"""Identity and folding as they cross the door; no Django."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

MAIL = "mail"
ANALYTICS = "analytics"
PERSONALISATION = "personalisation"
PURPOSES = (ANALYTICS, PERSONALISATION, MAIL)

BUILT_IN = ("email", "first_name", "language", "country", "time_zone", "phone")
"""Traits that every shop has, all text, by the rule ``strongest``; the rest are declared."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Merge:
    """Two profiles that turned out to be one person."""

    survivor: int
    merged: int
    reason: str


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


@dataclass(frozen=True, slots=True, kw_only=True)
class Folded:
    """What folding a batch touched."""

    profiles: frozenset[int] = field(default_factory=frozenset)
    orders: frozenset[str] = field(default_factory=frozenset)
