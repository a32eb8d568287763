"""A published offer, compiled: what engines run on. Pure; amounts in minor units."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

Kind = Literal["percent", "amount", "free_shipping", "gift", "store_credit", "multiplier", "trial"]
Given = Literal["everybody", "grant", "code"]
Combines = Literal["alone", "named", "all"]
Entitlement = Literal["", "free_shipping", "membership"]

AT_CHECKOUT: frozenset[Kind] = frozenset({"percent", "amount", "free_shipping", "gift"})
"""Kinds that change an order; the others give something beside it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Effect:
    """What an offer gives; which fields count depends on ``kind``.

    ``percent`` is in hundredths of a per cent (1,250 is 12.5 %), ``factor`` in hundredths (200 is
    twice). ``amount_minor``: off the basket, or the store credit. ``most_minor``: the most that a
    percentage takes off. ``product_id`` and ``quantity``: the gift (a sample is one). ``days``: how
    long an entitlement lasts, or store credit can be spent (0: as the programme says).
    """

    kind: Kind
    percent: int = 0
    amount_minor: int = 0
    most_minor: int | None = None
    product_id: str = ""
    quantity: int = 1
    programme: str = ""
    factor: int = 100
    entitlement: Entitlement = ""
    days: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Conditions:
    """All of these must hold; empty means no such condition.

    ``min_basket_minor`` counts the goods that are left after other offers, tax included.
    ``products`` and ``categories``: only these lines are taken down (a parent stands for its
    variants); ``not_products`` and ``not_categories`` never are. ``full_price_only``: lines that
    the shop itself has discounted are left out.
    """

    min_basket_minor: int = 0
    products: tuple[str, ...] = ()
    categories: tuple[str, ...] = ()
    not_products: tuple[str, ...] = ()
    not_categories: tuple[str, ...] = ()
    full_price_only: bool = False
    first_order: bool = False
    stages: tuple[str, ...] = ()
    segments: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """How often, and for how much in all; None: no such limit. A day is the offer's zone's."""

    total: int | None = None
    per_profile: int | None = None
    per_day: int | None = None
    budget_minor: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Offer:
    """A published offer. ``title`` and ``terms`` are what shoppers read."""

    key: str
    version: int
    name: str
    title: str
    terms: str = ""
    effect: Effect
    currency: str
    given: Given = "code"
    conditions: Conditions = Conditions()
    limits: Limits = Limits()
    combines: Combines = "alone"
    combines_with: tuple[str, ...] = ()
    priority: int = 50
    """Higher is taken first where offers combine, and wins a draw."""
    opens_at: datetime | None = None
    closes_at: datetime | None = None
    zone: str = "UTC"
    """IANA name of the zone in which days are counted and times are printed."""
    lasts_days: int | None = None
    """A grant ends so many days after it was given; None: with the offer."""

    def is_open(self, now: datetime) -> bool:
        """Whether it can be given and used now; the end itself is outside."""
        return (self.opens_at is None or self.opens_at <= now) and (
            self.closes_at is None or now < self.closes_at
        )
