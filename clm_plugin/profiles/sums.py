"""What a batch adds up to, per profile: the shapes that the fold fills. Pure."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID


@dataclass(slots=True)
class Sums:
    """What one profile gains by a batch."""

    first_seen_at: datetime
    last_seen_at: datetime
    counts: dict[str, int] = field(default_factory=lambda: defaultdict(int))
    registered_at: datetime | None = None
    basket: tuple[datetime, UUID, str, int, int] | None = None
    first_channel: tuple[datetime, str] | None = None
    last_channel: tuple[datetime, str] | None = None


@dataclass(slots=True)
class OrderSums:
    """What a batch tells about one order; parts may come in any order and in different batches."""

    profile_id: int | None = None
    placed_at: datetime | None = None
    currency: str = ""
    total_minor: int = 0
    margin_minor: int = 0
    items: int = 0
    refunded_minor: int = 0
    cancelled_at: datetime | None = None


@dataclass(slots=True)
class Trait:
    """What somebody told of herself, as it came, with the time; ``strong`` from an account."""

    at: datetime
    strong: bool
    source: str
    values: Mapping[str, Any]


class Said(NamedTuple):
    """What somebody said last of a kind of life event; at the same instant "not so" wins."""

    at: datetime
    is_over: bool
    date: str


class Answer(NamedTuple):
    """What somebody said to a purpose: the columns of ``Consent`` after its key."""

    at: datetime
    granted: bool
    source: str
    text_version: str
    proof: dict[str, Any]


@dataclass(slots=True)
class Fold:
    """All that a batch adds up to."""

    sums: dict[int, Sums] = field(default_factory=dict)
    orders: dict[str, OrderSums] = field(default_factory=lambda: defaultdict(OrderSums))
    items: dict[tuple[str, str], tuple[str, int, int]] = field(default_factory=dict)
    products: dict[tuple[int, str], tuple[int, datetime]] = field(default_factory=dict)
    categories: dict[tuple[int, str], int] = field(default_factory=lambda: defaultdict(int))
    traits: dict[int, list[Trait]] = field(default_factory=lambda: defaultdict(list))
    proven: set[int] = field(default_factory=set)
    life: dict[tuple[int, str], Said] = field(default_factory=dict)
    consents: dict[tuple[int, str, str], Answer] = field(default_factory=dict)
