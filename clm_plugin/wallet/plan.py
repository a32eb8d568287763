"""The frozen plan of a programme: what engines run on. Pure; no Django, no StreamField.

Money is in minor units of the programme's currency; moments are aware datetimes.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from clm_plugin.wallet.purchase import PricedLine

RefundPolicy = Literal["lot", "debt", "reduce_refund"]
"""What happens to bonus of a refunded order that was spent: only what is left of the lot goes back;
or the rest is a debt that later bonus pays; or the rest comes off the refund."""
EarnKind = Literal["per_full", "percent", "event"]
Once = Literal["ever", "year", "each"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """Products and categories; a product is chosen with its variants."""

    products: tuple[str, ...] = ()
    categories: tuple[str, ...] = ()

    def holds(self, line: PricedLine) -> bool:
        """Whether a line is of these products or categories."""
        return (
            line.product_id in self.products
            or line.parent_id in self.products
            or not set(self.categories).isdisjoint(line.category_ids)
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Exclusions:
    """What does not count when earning, or cannot be paid when spending."""

    choice: Choice = field(default_factory=Choice)
    gift_cards: bool = True
    discounted: bool = False
    shipping: bool = True
    tax: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Multiplier:
    """Lines that count several times when earning: ``percent`` 200 is double."""

    percent: int
    choice: Choice


@dataclass(frozen=True, slots=True, kw_only=True)
class EarnRule:
    """One way of earning. ``id`` is the authored block's own, stable over edits.

    ``per_full``: ``amount_minor`` for every full ``per_minor`` of one order. ``percent``:
    ``basis_points`` of what counts (100 are one per cent). ``event``: ``amount_minor`` for an event
    of that type, about ``about`` where given (a kind of life event, a survey).
    """

    id: str
    kind: EarnKind
    amount_minor: int = 0
    per_minor: int = 0
    basis_points: int = 0
    event: str = ""
    about: str = ""
    once: Once = "ever"
    waits_for_order: bool = False
    """Nothing is granted before an order of hers, and then with that order's pending time."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Caps:
    """The most somebody earns; None for no such cap."""

    order_minor: int | None = None
    period_minor: int | None = None
    period_days: int = 30
    customer_minor: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class SpendRules:
    exclusions: Exclusions = field(default_factory=Exclusions)
    min_order_minor: int = 0
    max_percent: int = 100
    """Of what may be paid with credit."""
    max_minor: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Combines:
    """What a programme goes together with."""

    earn_with_codes: bool = True
    spend_with_codes: bool = True
    spend_with_others: bool = True
    """In one basket with credit of other programmes."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Expiry:
    """``days``: so many days after opening, to the end of the day. ``window``: with the redeem
    window. ``never``."""

    kind: Literal["days", "window", "never"] = "never"
    days: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Rounding:
    direction: Literal["down", "half_up"] = "down"
    unit_minor: int = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Programme:
    """A published programme, compiled. ``version`` counts publishes of this key."""

    key: str
    version: int
    name: str
    currency: str
    earn: tuple[EarnRule, ...] = ()
    earn_exclusions: Exclusions = field(default_factory=Exclusions)
    multipliers: tuple[Multiplier, ...] = ()
    min_order_minor: int = 0
    caps: Caps = field(default_factory=Caps)
    spend: SpendRules = field(default_factory=SpendRules)
    combines: Combines = field(default_factory=Combines)
    rounding: Rounding = field(default_factory=Rounding)
    pending_days: int = 0
    expiry: Expiry = field(default_factory=Expiry)
    earn_from: datetime | None = None
    earn_until: datetime | None = None
    redeem_from: datetime | None = None
    redeem_until: datetime | None = None
    zone: str = "UTC"
    """The shop's: days begin and end by its clock, and dates are printed in it."""
    budget_minor: int | None = None
    """All that may ever be issued; then a hard stop."""
    refund_policy: RefundPolicy = "lot"
    grace_days: int = 14
    withdrawn: bool = False
    """Taken offline: it earns nothing any more, and what was granted can still be spent."""

    @property
    def order_rules(self) -> tuple[EarnRule, ...]:
        return tuple(rule for rule in self.earn if rule.kind != "event")

    @property
    def event_rules(self) -> tuple[EarnRule, ...]:
        return tuple(rule for rule in self.earn if rule.kind == "event")

    def earns_at(self, at: datetime) -> bool:
        """Whether the earn window is open."""
        return not self.withdrawn and inside(at, self.earn_from, self.earn_until)


def inside(at: datetime, start: datetime | None, end: datetime | None) -> bool:
    """Whether a moment is in a half-open window; None is open on that side."""
    return (start is None or start <= at) and (end is None or at < end)


@dataclass(frozen=True, slots=True, kw_only=True)
class LeftOut:
    """A line, or with an empty ``title`` all of it, that did not count, and why.

    ``reason`` is an English sentence marked for translation, to be filled with ``values``;
    names that end in ``_minor`` are amounts.
    """

    title: str
    code: str
    reason: str
    values: tuple[tuple[str, int], ...] = ()
